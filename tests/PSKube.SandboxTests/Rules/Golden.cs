using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.SandboxTests.Rules;

/// <summary>
/// Requests that a real API server 1.20.2 was sent and its answers: what depends on the moment or on chance (uids, times,
/// versions, addresses) is taken out or made one.
/// </summary>
internal static class Golden
{
    private const string Namespace = "rules-test";

    /// <summary>The cases of a file.</summary>
    public static IEnumerable<object[]> Names(string file) => Read(file).Select(one => new object[] { one.Text("name")! });

    /// <summary>The bodies that were created, with their kinds.</summary>
    public static IEnumerable<(Resource Resource, JsonObject Body)> Bodies(string file) =>
        from one in Read(file)
        from step in one.Objects("steps")
        where step["create"] is JsonObject
        select (Kinds.All.Single(kind => kind.QualifiedName == one.Text("of")), (JsonObject)step["create"]!);

    /// <summary>Plays a case and compares each answer.</summary>
    public static void Play(string file, string name)
    {
        JsonObject golden = Read(file).Single(one => one.Text("name") == name);
        Resource resource = Kinds.All.Single(kind => kind.QualifiedName == golden.Text("of"));
        ObjectRegistry registry = Registry(20);
        string? ns = resource.Namespaced ? Namespace : null;
        foreach (JsonObject setup in golden.Objects("setup")) registry.Create(Kinds.All.Single(kind => kind.QualifiedName == setup.Text("of")), Namespace, ((JsonObject)setup["body"]!).Copy(), new WriteOptions("test"));
        JsonObject? current = null;
        foreach (JsonObject step in golden.Objects("steps"))
        {
            JsonObject answer;
            long code;
            try
            {
                StoredObject stored;
                if (step["create"] is JsonObject body)
                {
                    stored = registry.Create(resource, ns, body.Copy(), new WriteOptions("test"));
                    code = 201;
                }
                else
                {
                    string? subresource = step["status"] is null ? null : "status";
                    JsonObject changed = Merge(current!, (JsonObject)(step["change"] ?? step["status"])!);
                    stored = registry.Update(resource, ns, current!.Text("metadata", "name")!, changed, new WriteOptions("test") { Subresource = subresource });
                    code = 200;
                }

                answer = stored.Parse();
                current = answer.Copy();
            }
            catch (StatusException refusal)
            {
                code = refusal.Code;
                answer = refusal.ToStatus();
                JsonObject full = answer;
                answer = [];
                foreach (string field in new[] { "reason", "message", "details" }) answer[field] = full[field].Copy();
                if (full["details"] is null) answer.Remove("details");
            }

            bool later = step["change"] is not null && (resource.Group == "apps" || resource == Kinds.Pods);
            string expected = Tidy((JsonObject)step["answer"]!, later), actual = Tidy(answer, later);
            Assert.Equal($"{step.Number("code")} {expected}", $"{code} {actual}");
        }
    }

    /// <summary>A registry of a server that has the namespace of the cases.</summary>
    public static ObjectRegistry Registry(int minor)
    {
        var store = new ObjectStore();
        store.Put(Kinds.Namespaces, Object(null, Namespace, new JsonObject { ["status"] = new JsonObject { ["phase"] = "Active" } }));
        store.Put(Kinds.Secrets, Object(Namespace, "default-token-token", new JsonObject { ["type"] = "kubernetes.io/service-account-token" }));
        store.Put(Kinds.ServiceAccounts, Object(Namespace, "default", new JsonObject { ["secrets"] = new JsonArray(new JsonObject { ["name"] = "default-token-token" }) }));
        JsonObject standard = Object(null, "standard", []);
        standard.Child("metadata").Child("annotations")["storageclass.kubernetes.io/is-default-class"] = "true";
        store.Put(Kinds.StorageClasses, standard);
        return new ObjectRegistry(store, new KindRules(minor), new Admission(store, minor));
    }

    private static JsonObject Object(string? ns, string name, JsonObject rest)
    {
        JsonObject metadata = rest.Child("metadata");
        metadata["name"] = name;
        metadata["uid"] = Guid.NewGuid().ToString();
        if (ns is not null) metadata["namespace"] = ns;
        return rest;
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, JsonObject[]> s_files = new();

    private static JsonObject[] Read(string file) => s_files.GetOrAdd(file, static file => [.. Parse(file)]);

    private static IEnumerable<JsonObject> Parse(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Rules", "golden", file)))!.AsArray().OfType<JsonObject>();

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        JsonObject merged = target.Copy();
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null) merged.Remove(name);
            else merged[name] = value is JsonObject inner ? Merge(merged[name] as JsonObject ?? [], inner) : value.DeepClone();
        }

        return merged;
    }

    /// <summary>What is the same whenever it is asked for. Controllers of the real server may already have set the status of an object that is changed.</summary>
    private static string Tidy(JsonObject json, bool withoutStatus)
    {
        JsonObject tidy = json.Copy();
        if (withoutStatus) tidy.Remove("status");
        FirstLines(tidy);
        if (tidy["metadata"] is JsonObject metadata)
        {
            foreach (string field in new[] { "uid", "creationTimestamp", "resourceVersion", "managedFields", "selfLink" }) metadata.Remove(field);
        }

        if (tidy.At("spec", "clusterIP").Text() is { Length: > 0 } address && address != "None")
        {
            tidy.Child("spec")["clusterIP"] = "ADDRESS";
            tidy.Child("spec")["clusterIPs"] = new JsonArray("ADDRESS");
        }

        int number = 0;
        foreach (JsonObject port in tidy.Objects("spec", "ports"))
        {
            if (port.Number("nodePort") is not null) port["nodePort"] = $"PORT {number++}";
        }

        if (tidy.Text("kind") == "CustomResourceDefinition") tidy.Remove("status");
        if (tidy.Text("apiVersion") is { } version) tidy["apiVersion"] = version.Replace("v1beta1", "v1").Replace("v2beta2", "v2");
        string text = tidy.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        text = System.Text.RegularExpressions.Regex.Replace(text, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID");
        text = System.Text.RegularExpressions.Regex.Replace(text, "A-[a-z0-9]{5}", "A-RANDOM");

        // How json-iterator tells the way to a wrong value depends on what it read last; and 1.20 calls ingresses by their first group.
        text = System.Text.RegularExpressions.Regex.Replace(text, @"((\[\])?v1\.[A-Za-z.]+: |[A-Z]\w+: (?=unmarshalerDecoder))", "");
        text = text.Replace("Ingress.extensions", "Ingress.networking.k8s.io").Replace("\"group\": \"extensions\"", "\"group\": \"networking.k8s.io\"");
        return System.Text.RegularExpressions.Regex.Replace(text, "default-token-[a-zA-Z0-9]{5}", "default-token-token");
    }

    /// <summary>Where a message goes on below its first line, it shows Go's own print of both objects.</summary>
    private static void FirstLines(JsonObject json)
    {
        foreach ((string name, JsonNode? value) in json.ToArray())
        {
            if (value is JsonObject inner) FirstLines(inner);
            foreach (JsonObject item in value is JsonArray ? json.Objects(name) : []) FirstLines(item);
            if (name == "message" && value.Text() is { } text && text.Contains('\n', StringComparison.Ordinal)) json[name] = text[..text.IndexOf('\n', StringComparison.Ordinal)];
        }
    }
}
