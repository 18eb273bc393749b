using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;

namespace PSKube.Sandbox.Server;

/// <summary>What a server says of itself: discovery, version, health.</summary>
internal sealed class ServerPages(ResourceCatalog catalog, string gitVersion)
{
    private static readonly string[] s_checks = ["ping", "log", "etcd", "poststarthook/start-kube-apiserver-admission-initializer", "poststarthook/generic-apiserver-start-informers"];

    /// <summary>The page at an address; null when the address is none of a page.</summary>
    public ApiResponse? Find(ApiRequest request)
    {
        IReadOnlyList<string> path = request.Segments;
        ApiResponse? page = path switch
        {
            ["version"] => ApiResponse.Json(Version()),
            ["api"] => Aggregated(request, true) ?? ApiResponse.Json(DiscoveryDocuments.Legacy("10.96.0.1:443")),
            ["apis"] => Aggregated(request, false) ?? ApiResponse.Json(DiscoveryDocuments.Groups(catalog)),
            ["api", var version] => Document(DiscoveryDocuments.Version(catalog, "", version)),
            ["apis", var group] => Document(DiscoveryDocuments.Group(catalog, group)),
            ["apis", var group, var version] => Document(DiscoveryDocuments.Version(catalog, group, version)),
            ["openapi", "v3"] when catalog.Minor >= OpenApiDocuments.Since => ApiResponse.Json(OpenApiDocuments.Root(catalog)),
            ["openapi", "v3", ..] when catalog.Minor >= OpenApiDocuments.Since => Document(OpenApiDocuments.Version(catalog, string.Join('/', path.Skip(2)))),
            ["healthz" or "readyz" or "livez", ..] => Health(request),
            [] => ApiResponse.Json(new JsonObject { ["paths"] = new JsonArray("/api", "/api/v1", "/apis", "/healthz", "/livez", "/readyz", "/version") }),
            _ => null,
        };
        return page is null || request.Method is "GET" or "HEAD" ? page : throw Refusals.MethodNotAllowed();
    }

    private static ApiResponse Document(JsonObject? json) => ApiResponse.Json(json ?? throw Refusals.NoSuchResource());

    private ApiResponse? Aggregated(ApiRequest request, bool core)
    {
        foreach (string accepted in request.Accept.Split(','))
        {
            if (!accepted.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)) return null;
            foreach ((string version, int since) in DiscoveryDocuments.AggregatedVersions)
            {
                if (catalog.Minor >= since && accepted.Contains($"v={version};", StringComparison.Ordinal))
                {
                    ApiResponse answer = ApiResponse.Json(DiscoveryDocuments.Aggregated(catalog, core, version));
                    return new ApiResponse { Body = answer.Body, ContentType = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" };
                }
            }
        }

        return null;
    }

    private JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = catalog.Minor.ToString(CultureInfo.InvariantCulture),
        ["gitVersion"] = gitVersion,
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "",
        ["platform"] = "pskube/sandbox",
    };

    private static ApiResponse Health(ApiRequest request)
    {
        string what = request.Segments[0];
        if (request.Segments.Count > 1) return s_checks.Contains(string.Join('/', request.Segments.Skip(1))) ? ApiResponse.Text("ok") : ApiResponse.Text("404 page not found\n", 404);
        if (!request.Query.Any(pair => pair.Key == "verbose")) return ApiResponse.Text("ok");
        var text = new StringBuilder();
        foreach (string check in s_checks) text.Append("[+]").Append(check).Append(" ok\n");
        return ApiResponse.Text(text.Append(what).Append(" check passed\n").ToString());
    }
}
