using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;

namespace PSKube.Sandbox.Server;

/// <summary>The refusals of an API server, word for word.</summary>
/// <remarks>Wording and shape: apimachinery's <c>pkg/api/errors/errors.go</c>.</remarks>
internal static class Refusals
{
    /// <summary>404: no object of that name.</summary>
    public static StatusException NotFound(Resource resource, string name) => new(404, "NotFound", $"{resource.QualifiedName} \"{name}\" not found") { Details = Details(resource.Group, resource.Plural, name) };

    /// <summary>404: no such address.</summary>
    public static StatusException NoSuchResource() => new(404, "NotFound", "the server could not find the requested resource") { Details = [] };

    /// <summary>409: the name is taken.</summary>
    public static StatusException AlreadyExists(Resource resource, string name) => new(409, "AlreadyExists", $"{resource.QualifiedName} \"{name}\" already exists") { Details = Details(resource.Group, resource.Plural, name) };

    /// <summary>409: the object is not as the client believes.</summary>
    public static StatusException Conflict(Resource resource, string name, string why) => new(409, "Conflict", $"Operation cannot be fulfilled on {resource.QualifiedName} \"{name}\": {why}") { Details = Details(resource.Group, resource.Plural, name) };

    /// <summary>409: somebody has changed the object since the client read it.</summary>
    public static StatusException Stale(Resource resource, string name) => Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>400: the request makes no sense.</summary>
    public static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>403: not now, or not so.</summary>
    public static StatusException Forbidden(Resource resource, string name, string why) => new(403, "Forbidden", $"{resource.QualifiedName} \"{name}\" is forbidden: {why}") { Details = Details(resource.Group, resource.Plural, name) };

    /// <summary>405: the resource cannot do that.</summary>
    public static StatusException MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { Details = [] };

    /// <summary>410: the version is forgotten.</summary>
    public static StatusException Expired(string message) => new(410, "Expired", message);

    /// <summary>415: a body of another type.</summary>
    public static StatusException UnsupportedMediaType(string accepted) => new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    /// <summary>415: a patch of a type that there is not.</summary>
    public static StatusException UnsupportedPatch() => new(415, "UnsupportedMediaType", "415: Unsupported Media Type") { Details = [] };

    /// <summary>422: the object breaks the rules of its kind.</summary>
    public static StatusException Invalid(string group, string kind, string name, IReadOnlyList<Cause> causes)
    {
        var list = new JsonArray();
        foreach (Cause cause in causes)
        {
            var json = new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message };
            if (cause.Field is not null) json["field"] = cause.Field;
            list.Add(json);
        }

        JsonObject details = Details(group, kind, name);
        details["causes"] = list;
        string[] told = [.. causes.Select(cause => cause.Field is null ? cause.Message : $"{cause.Field}: {cause.Message}").Distinct()];
        string all = told.Length == 1 ? told[0] : $"[{string.Join(", ", told)}]";
        string whose = group.Length == 0 ? kind : $"{kind}.{group}";
        return new StatusException(422, "Invalid", $"{whose} \"{name}\" is invalid: {all}") { Details = details };
    }

    /// <summary>501: real servers can do it and the sandbox cannot.</summary>
    public static StatusException NotInTheSandbox(string what) => new(501, "NotImplemented", $"the sandbox cannot {what}; see about_PSKube_Sandbox for what it leaves out");

    /// <summary>501: real servers have such objects and the sandbox has not.</summary>
    public static StatusException NoSuchKind(ApiAddress address, string kind) => new(501, "NotImplemented", $"the sandbox has no {kind} ({(address.Group.Length == 0 ? "" : address.Group + "/")}{address.Version}); see about_PSKube_Sandbox for what it leaves out") { Details = Details(address.Group, address.Resource, address.Name ?? "") };

    private static JsonObject Details(string group, string kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (group.Length > 0) details["group"] = group;
        if (kind.Length > 0) details["kind"] = kind;
        return details;
    }
}
