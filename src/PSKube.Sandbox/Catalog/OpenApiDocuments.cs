using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Catalog;

/// <summary>
/// As much of OpenAPI v3 as kubectl asks for before it changes anything: which kinds there are, and that their patches can be
/// validated by the server. There are no schemas.
/// </summary>
/// <remarks>cli-runtime's <c>pkg/resource/query_param_verifier_v3.go</c>.</remarks>
internal static class OpenApiDocuments
{
    /// <summary>The first minor version that serves these documents.</summary>
    public const int Since = 24;

    private static readonly string[] s_parameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    /// <summary><c>/openapi/v3</c>: where the document of each group and version is.</summary>
    public static JsonObject Root(ResourceCatalog catalog)
    {
        var paths = new JsonObject();
        foreach (string path in catalog.All.Select(PathOf).Distinct()) paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}" };
        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>The document of a group and version; null when there is none.</summary>
    public static JsonObject? Version(ResourceCatalog catalog, string path)
    {
        ServedResource[] served = [.. catalog.All.Where(one => PathOf(one) == path)];
        if (served.Length == 0) return null;
        var paths = new JsonObject();
        foreach (ServedResource one in served)
        {
            string address = one.Resource.Namespaced ? $"/{path}/namespaces/{{namespace}}/{one.Resource.Plural}/{{name}}" : $"/{path}/{one.Resource.Plural}/{{name}}";
            paths[address] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray([.. s_parameters.Select(name => new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } })]),
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                    ["x-kubernetes-action"] = "patch",
                    ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = one.Resource.Group, ["version"] = one.Version, ["kind"] = one.Resource.Kind },
                },
            };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = $"v1.{catalog.Minor}.0" },
            ["paths"] = paths,
        };
    }

    private static string PathOf(ServedResource served) => served.Resource.Group.Length == 0 ? $"api/{served.Version}" : $"apis/{served.Resource.Group}/{served.Version}";
}
