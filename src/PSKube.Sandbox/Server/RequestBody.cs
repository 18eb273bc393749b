using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Server;

/// <summary>Reads what a request carries.</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 256 };

    /// <summary>The body as JSON.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">The kind of object that it should be.</param>
    /// <param name="apiVersion">The version that a body of protobuf is of when it names none; empty for none.</param>
    /// <exception cref="StatusException">It is neither JSON nor protobuf (400), or of another type (415).</exception>
    public static JsonNode? Read(ApiRequest request, string what, string apiVersion = "")
    {
        if (request.ContentType == ProtobufBody.MediaType) return ProtobufBody.Read(request.Body.Span, what, apiVersion);
        if (request.ContentType.Length > 0 && !request.ContentType.EndsWith("json", StringComparison.Ordinal) && !request.ContentType.EndsWith("apply-patch+yaml", StringComparison.Ordinal))
        {
            throw Refusals.UnsupportedMediaType($"application/json, {ProtobufBody.MediaType}");
        }

        try
        {
            return request.Body.IsEmpty ? null : GoJson.Parse(request.Body.Span, s_options);
        }
        catch (JsonException failure)
        {
            throw Refusals.BadRequest(request.ContentType.EndsWith("yaml", StringComparison.Ordinal) ? "the sandbox reads apply patches that are written as JSON" : $"the object provided is unrecognized (must be of type {what}): couldn't get version/kind; json parse error: {Unread(request.Body.Span, failure)}");
        }
    }

    /// <summary>The body as an object of the kind that the address names, in its stored version.</summary>
    /// <exception cref="StatusException">It is none (400).</exception>
    public static JsonObject Object(ApiRequest request, ServedResource served)
    {
        string kind = served.Resource.Kind;
        if (Read(request, kind, served.ApiVersion) is not JsonObject json) throw Refusals.BadRequest("the object provided is unrecognized (must be of type " + kind + "): couldn't get version/kind; json parse error: unexpected end of JSON input");
        string saidKind = json.Text("kind") ?? kind;
        string saidVersion = json.Text("apiVersion") ?? served.ApiVersion;
        if (saidKind != kind || saidVersion != served.ApiVersion) throw OtherKind(served, saidVersion, saidKind);
        return served.Conversion is { } conversion ? conversion.ToStored(json) : json;
    }

    /// <summary>An object of another kind than the address': of one that there is, or of none.</summary>
    private static StatusException OtherKind(ServedResource served, string apiVersion, string kind)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? "" : apiVersion[..slash];
        string why = Kinds.All.Any(one => one.Group == group && one.Kind == kind && one.Versions.Any(version => one.ApiVersion(version.Name) == apiVersion))
            ? $"converting ({apiVersion[(slash + 1)..]}.{kind}) to ({Package(served.Resource.Group)}.{served.Resource.Kind}): unknown conversion"
            : $"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"";
        return Refusals.BadRequest($"{kind} in version \"{apiVersion[(slash + 1)..]}\" cannot be handled as a {served.Resource.Kind}: {why}");
    }

    /// <summary>The Go package of a group's internal types.</summary>
    private static string Package(string group) => group.Length == 0 ? "core" : group.Split('.')[0];

    /// <summary>What Go's encoding/json says of a text that is no JSON.</summary>
    private static string Unread(ReadOnlySpan<byte> body, JsonException failure)
    {
        string text = System.Text.Encoding.UTF8.GetString(body);
        long at = failure.BytePositionInLine ?? 0;
        for (long line = failure.LineNumber ?? 0; line > 0; line--) at += body[(int)at..].IndexOf((byte)'\n') + 1;
        if (at >= body.Length) return $"unexpected end of JSON input ({text})";
        string expected = failure.Message.Contains("property name", StringComparison.Ordinal) ? "looking for beginning of object key string"
            : failure.Message.Contains("start of a value", StringComparison.Ordinal) ? "looking for beginning of value"
            : failure.Message.Contains("end of the JSON", StringComparison.Ordinal) ? "after top-level value" : "after object key:value pair";
        return $"invalid character '{(char)body[(int)at]}' {expected} ({text})";
    }

    /// <summary>How the change is made: the query's dryRun, fieldManager, fieldValidation and force.</summary>
    /// <exception cref="StatusException">A value is not one of those allowed (422).</exception>
    public static WriteOptions Options(ApiRequest request, ServedResource served, int minor, string optionsKind, string? subresource = null)
    {
        if (request.All("dryRun") is { Count: > 0 } dryRun && dryRun.Any(value => value is not ("All" or "")))
        {
            throw Refusals.Invalid("meta.k8s.io", optionsKind, "", [new Cause("FieldValueNotSupported", "dryRun", $"Unsupported value: []string{{{string.Join(", ", dryRun.Select(value => $"\"{value}\""))}}}: supported values: \"All\"")]);
        }

        FieldValidation validation = minor < 25 ? FieldValidation.Ignore : request["fieldValidation"] switch
        {
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            null or "Warn" => FieldValidation.Warn,
            { } other => throw Refusals.Invalid("meta.k8s.io", optionsKind, "", [new Cause("FieldValueNotSupported", "fieldValidation", $"Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\"")]),
        };

        // What a server does not know in protobuf it passes over: that serializer has no strict form.
        if (request.ContentType == ProtobufBody.MediaType) validation = FieldValidation.Ignore;
        return new WriteOptions(request["fieldManager"] ?? Manager(request.UserAgent))
        {
            DryRun = request["dryRun"] == "All",
            Force = request.IsSet("force"),
            FieldValidation = validation,
            Subresource = subresource,
            ApiVersion = served.ApiVersion,
            IsRequest = true,
        };
    }

    /// <summary>How an object is deleted: the body's DeleteOptions, else the query's.</summary>
    public static DeleteOptions Deletion(ApiRequest request)
    {
        JsonObject? body = Read(request, "DeleteOptions", "v1") as JsonObject;
        bool dryRun = request["dryRun"] == "All" || (body?["dryRun"] as JsonArray)?.Any(value => value.Text() == "All") == true;
        string? policy = body.Text("propagationPolicy") ?? request["propagationPolicy"];
        bool? orphans = body.Flag("orphanDependents") ?? (request["orphanDependents"] is { } text ? text == "true" : null);
        if (policy is not (null or "Background" or "Foreground" or "Orphan")) throw Refusals.Invalid("meta.k8s.io", "DeleteOptions", "", [new Cause("FieldValueNotSupported", "propagationPolicy", $"Unsupported value: \"{policy}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"")]);
        return new DeleteOptions
        {
            GracePeriodSeconds = body.Number("gracePeriodSeconds") ?? (long.TryParse(request["gracePeriodSeconds"], out long grace) ? grace : null),
            PropagationPolicy = policy ?? (orphans == true ? "Orphan" : null),
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun = dryRun,
        };
    }

    /// <summary>The manager of a client that names none: the first word of its user agent (<c>endpoints/handlers/create.go</c>).</summary>
    private static string Manager(string userAgent)
    {
        int end = userAgent.IndexOf('/', StringComparison.Ordinal);
        string name = end < 0 ? userAgent : userAgent[..end];
        return name.Length == 0 ? "unknown" : name[..Math.Min(name.Length, 128)];
    }
}
