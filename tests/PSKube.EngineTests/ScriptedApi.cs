using System.Text.Json.Nodes;
using PSKube.FaultServer;
using PSKube.Resources;

namespace PSKube.EngineTests;

/// <summary>
/// As much of a Kubernetes API as the commands of these tests need. Lists of pods and things have a second page that never comes, and
/// watches, logs and remote commands stay open. What is called late is never ready.
/// </summary>
internal static class ScriptedApi
{
    /// <summary>True of a request whose answer stays open.</summary>
    public static bool IsOpen(SeenRequest request) => request.Path.EndsWith("/log", StringComparison.Ordinal) || request.Path.EndsWith("/exec", StringComparison.Ordinal) || request.Target.Contains("watch=true", StringComparison.Ordinal) || request.Target.Contains("continue=next", StringComparison.Ordinal);

    /// <summary>Answers.</summary>
    public static ScriptedReply Answer(SeenRequest request)
    {
        if (request.Path.EndsWith("/exec", StringComparison.Ordinal)) return Exec();
        if (IsOpen(request)) return ScriptedReply.Open(Told(request));
        if (Discovery(request.Path) is { } document) return ScriptedReply.Ok(document);
        if (request.Method == "DELETE") return ScriptedReply.Ok("""{"kind":"Status","status":"Success"}""");
        string[] parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (request.Method == "POST") return new ScriptedReply(201, Created(request.Body, parts[^1]));
        ResourceKind? kind = Kind(parts[^1]);
        if (parts[^1] is "pods" or "things") return ScriptedReply.Ok(Paged(parts));
        if (kind is not null) return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[{{Object(kind, "a")}},{{Object(kind, "ready")}},{{Object(kind, "late")}}]}""");
        if (parts[^1] == "scale") return ScriptedReply.Ok("""{"kind":"Scale","metadata":{"resourceVersion":"7"},"spec":{"replicas":2}}""");
        return parts.Length > 2 && Kind(parts[^2]) is { } own ? ScriptedReply.Ok(Object(own, parts[^1])) : ScriptedReply.Ok("{}");
    }

    private static ScriptedReply Exec() => ScriptedExec.Reply(ScriptedExec.Version5, async exec =>
    {
        await exec.WriteAsync("first\n");
        await exec.WaitForHangUpAsync();
        throw new IOException("The client hung up.");
    });

    private static string Told(SeenRequest request)
    {
        if (request.Path.EndsWith("/log", StringComparison.Ordinal)) return "2026-01-02T03:04:05Z a\n";
        if (request.Path.EndsWith("/events", StringComparison.Ordinal)) return """{"type":"ADDED","object":{"kind":"Event","apiVersion":"v1","metadata":{"name":"e","namespace":"default","uid":"e","resourceVersion":"6"},"involvedObject":{"kind":"Pod","name":"p"}}}""" + "\n";
        return "";
    }

    private static string? Discovery(string path) => path switch
    {
        "/api" => """{"versions":["v1"]}""",
        "/apis" => """{"groups":[{"name":"apps","versions":[{"version":"v1"}]},{"name":"batch","versions":[{"version":"v1"}]},{"name":"autoscaling","versions":[{"version":"v2"}]},{"name":"example.com","versions":[{"version":"v1"}]}]}""",
        "/api/v1" => Resources("", "v1"),
        "/apis/apps/v1" => Resources("apps", "v1"),
        "/apis/batch/v1" => Resources("batch", "v1"),
        "/apis/autoscaling/v2" => """{"resources":[{"name":"horizontalpodautoscalers","kind":"HorizontalPodAutoscaler","namespaced":true,"verbs":["list","get"]}]}""",
        "/apis/example.com/v1" => """{"resources":[{"name":"things","singularName":"thing","kind":"Thing","namespaced":true,"verbs":["list","get","watch"]}]}""",
        "/version" => """{"major":"1","minor":"30","gitVersion":"v1.30.0"}""",
        _ => null,
    };

    private static string Resources(string group, string version) => $$"""{"resources":[{{string.Join(',', BuiltInKinds.Everything.Where(kind => kind.Group == group && kind.Version == version).Select(kind => $$"""{"name":"{{kind.Plural}}","singularName":"{{kind.Singular}}","kind":"{{kind.Kind}}","namespaced":{{(kind.Namespaced ? "true" : "false")}},"verbs":["list","get","watch","delete","patch"]}"""))}}]}""";

    private static ResourceKind? Kind(string plural) => BuiltInKinds.Everything.FirstOrDefault(kind => kind.Plural == plural);

    private static string Paged(string[] parts)
    {
        if (parts.Contains("waits")) return $$"""{"metadata":{"resourceVersion":"5"},"items":[{{Object(BuiltInKinds.Pod, "ready", "waits")}},{{Object(BuiltInKinds.Pod, "late", "waits")}}]}""";
        ResourceKind kind = parts[^1] == "pods" ? BuiltInKinds.Pod : BuiltInKinds.ConfigMap;
        return $$"""{"metadata":{"resourceVersion":"5","continue":"next"},"items":[{{string.Join(',', Enumerable.Range(0, 20).Select(i => Object(kind, $"p{i}")))}}]}""";
    }

    private static string Created(string body, string plural)
    {
        JsonNode sent = JsonNode.Parse(body)!;
        return Object(Kind(plural) ?? BuiltInKinds.ConfigMap, sent["metadata"]?["name"]?.ToString() ?? "made");
    }

    private static string Object(ResourceKind kind, string name, string ns = "default")
    {
        bool late = name.StartsWith("late", StringComparison.Ordinal) || name.Contains('-', StringComparison.Ordinal);
        string selector = kind == BuiltInKinds.Service ? """{"app":"a"}""" : """{"matchLabels":{"app":"a"}}""";
        string template = """{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"a","image":"x"}]}}""";
        string spec = kind == BuiltInKinds.Pod ? """{"nodeName":"n","containers":[{"name":"a","image":"x"}]}""" : kind == BuiltInKinds.PersistentVolumeClaim ? "{}" : $$$"""{"replicas":2,"selector":{{{selector}}},"template":{{{template}}} }""";
        string status = kind == BuiltInKinds.Pod
            ? $$$"""{"phase":"{{{(late ? "Pending" : "Running")}}}","conditions":[{"type":"Ready","status":"{{{!late}}}"}],"containerStatuses":[{"name":"a","containerID":"c","restartCount":0,"state":{"running":{} } }] }"""
            : late ? """{"observedGeneration":1,"replicas":1,"updatedReplicas":1}""" : """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}""";
        string more = kind == BuiltInKinds.ConfigMap || kind == BuiltInKinds.Secret || kind == BuiltInKinds.Event ? "" : $",\"spec\":{spec},\"status\":{status}";
        return $$$"""{"kind":"{{{kind.Kind}}}","apiVersion":"{{{kind.ApiVersion}}}","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","uid":"u-{{{name}}}","resourceVersion":"4","generation":1}{{{more}}} }""";
    }
}
