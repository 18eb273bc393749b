using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>A field selector: only the fields that the server knows for the kind.</summary>
internal sealed class FieldQuery
{
    private static readonly Dictionary<Resource, string[]> s_fields = new()
    {
        // pkg/apis/core/v1/conversion.go and the kinds' strategies.
        [Kinds.Pods] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        [Kinds.Nodes] = ["spec.unschedulable"],
        [Kinds.Namespaces] = ["status.phase"],
        [Kinds.Secrets] = ["type"],
        [Kinds.Services] = ["spec.clusterIP", "spec.type"],
        [Kinds.Jobs] = ["status.successful"],
        [Kinds.ReplicaSets] = ["status.replicas"],
        [Kinds.ReplicationControllers] = ["status.replicas"],
        [Kinds.Events] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
    };

    private readonly List<(string Field, string Value, bool Equal)> _terms = [];

    private FieldQuery()
    {
    }

    /// <summary>True when it selects everything.</summary>
    public bool IsEmpty => _terms.Count == 0;

    /// <summary>Reads the text of a query: <c>metadata.name=web,status.phase!=Running</c>.</summary>
    /// <exception cref="StatusException">It cannot be read, or the kind has no such field to select by (400).</exception>
    public static FieldQuery Parse(string? text, Resource resource)
    {
        var query = new FieldQuery();
        foreach (string term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            bool equal = true;
            int at = term.IndexOf("!=", StringComparison.Ordinal);
            int length = 2;
            if (at >= 0) equal = false;
            else if ((at = term.IndexOf("==", StringComparison.Ordinal)) < 0) (at, length) = (term.IndexOf('=', StringComparison.Ordinal), 1);
            if (at < 0) throw Refusals.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            string field = term[..at];
            bool known = field is "metadata.name" || (field is "metadata.namespace" && resource.Namespaced) || (s_fields.TryGetValue(resource, out string[]? fields) && fields.Contains(field));
            if (!known) throw Refusals.BadRequest(resource.IsCustom || s_fields.ContainsKey(resource) ? $"field label not supported: {field}" : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
            query._terms.Add((field, Unescape(term[(at + length)..]), equal));
        }

        return query;
    }

    /// <summary>True when the object meets every term.</summary>
    public bool Matches(StoredObject stored)
    {
        if (_terms.Count == 0) return true;
        JsonObject? parsed = null;
        foreach ((string field, string value, bool equal) in _terms)
        {
            string has = field switch
            {
                "metadata.name" => stored.Name,
                "metadata.namespace" => stored.Namespace ?? "",
                "spec.nodeName" => stored.NodeName ?? "",
                "status.phase" => stored.Phase ?? "",
                _ => Read(parsed ??= stored.Parse(), field),
            };
            if ((has == value) != equal) return false;
        }

        return true;
    }

    private static string Read(JsonObject json, string field)
    {
        if (field == "source") return json.Text("source", "component") ?? "";
        if (field == "status.successful") field = "status.succeeded";
        JsonNode? node = ((JsonNode)json).At(field.Split('.'));
        if (node is null) return field is "spec.unschedulable" or "spec.hostNetwork" ? "false" : field.EndsWith("eplicas", StringComparison.Ordinal) || field == "status.succeeded" ? "0" : "";
        return node.ToString();
    }

    private static string Unescape(string value) => value.Replace("\\,", ",", StringComparison.Ordinal).Replace("\\=", "=", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
}
