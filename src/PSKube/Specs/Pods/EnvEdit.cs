using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>Sets and removes environment variables, as <c>kubectl set env</c> does (<c>pkg/cmd/set/set_env.go</c>).</summary>
internal sealed record EnvEdit
{
    /// <summary>Variables with their values, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values { get; init; } = [];

    /// <summary>The variables to take out.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>A secret whose entries become variables.</summary>
    public string? Secret { get; init; }

    /// <summary>A config map whose entries become variables.</summary>
    public string? ConfigMap { get; init; }

    /// <summary>Only these entries, each as a variable of its own; none for all, as they are when the container starts.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>What the names of variables from entries begin with.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The containers; none for all main containers, as kubectl.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>The change.</summary>
    /// <exception cref="KubeException">A name is none (<c>KubeInvalidName</c>), or nothing is to be done.</exception>
    public PodEdit Build()
    {
        bool references = Secret is not null || ConfigMap is not null;
        if (Values.Count == 0 && Remove.Count == 0 && !references) throw PodTemplateBuilder.Invalid("Nothing is to be set: give -Env, -FromSecret, -FromConfigMap or -Remove.");
        if (!references && (Keys.Count > 0 || Prefix.Length > 0)) throw PodTemplateBuilder.Invalid("-Key and -Prefix are for what comes from -FromSecret or -FromConfigMap.");
        foreach (string name in Values.Select(pair => pair.Key).Concat(Remove)) ContainerBuilder.CheckVariable(name);
        if (Prefix.Length > 0) ContainerBuilder.CheckVariable(Prefix);
        if (Values.Select(pair => pair.Key).Intersect(Remove).FirstOrDefault() is { } both) throw PodTemplateBuilder.Invalid($"'{both}' is to be set and removed; only one can be.");
        foreach ((_, string source) in Sources()) NameRules.CheckSubdomain(source, "name of a secret or config map");
        return podSpec => PodContainers.Patch(PodContainers.Named(podSpec, Containers), Fields);
    }

    /// <summary>The name that kubectl gives a variable made of an entry's key.</summary>
    public static string VariableName(string key) => new([.. key.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);

    private JsonObject Fields(PodContainers.Found found)
    {
        var fields = new JsonObject();
        PodPatch.Put(found.Container, fields, "env", "name", Variables(), [.. Remove]);
        if (Keys.Count > 0 || (Secret is null && ConfigMap is null)) return fields;
        // This list has no key to merge by: it is sent as a whole.
        var all = (found.Container["envFrom"] as JsonArray)?.DeepClone() as JsonArray ?? [];
        foreach ((string kind, string name) in Sources())
        {
            var source = new JsonObject { [kind == "secretKeyRef" ? "secretRef" : "configMapRef"] = new JsonObject { ["name"] = name } };
            if (Prefix.Length > 0) source["prefix"] = Prefix;
            if (!all.Any(other => JsonNode.DeepEquals(other, source))) all.Add(source);
        }

        fields["envFrom"] = all;
        return fields;
    }

    /// <summary>The variables, each once; one that was a value is none any more when it becomes a reference, and the other way round.</summary>
    private IEnumerable<JsonObject> Variables()
    {
        IEnumerable<JsonObject> references = from source in Sources()
                                             from key in Keys
                                             select Variable(Prefix + VariableName(key), null, new JsonObject { [source.Kind] = new JsonObject { ["name"] = source.Name, ["key"] = key } });
        IEnumerable<JsonObject> values = Values.Select(pair => Variable(pair.Key, pair.Value.Length == 0 ? null : pair.Value, null));
        return references.Concat(values).GroupBy(variable => variable["name"]!.ToString()).Select(group => group.Last());
    }

    private static JsonObject Variable(string name, string? value, JsonObject? from) => new() { ["name"] = name, ["value"] = value, ["valueFrom"] = from };

    private IEnumerable<(string Kind, string Name)> Sources()
    {
        if (Secret is not null) yield return ("secretKeyRef", Secret);
        if (ConfigMap is not null) yield return ("configMapKeyRef", ConfigMap);
    }
}
