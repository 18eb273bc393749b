using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What metadata must be like: names, labels, annotations, owners, finalizers; and selectors of labels.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <remarks>apimachinery's <c>pkg/api/validation/objectmeta.go</c> and <c>pkg/apis/meta/v1/validation</c>.</remarks>
internal sealed class MetadataValidation(Problems problems)
{
    private readonly NameFormats _names = new(problems.Minor);

    /// <summary>The formats of names in the server's version.</summary>
    public NameFormats Names => _names;

    /// <summary>The metadata of a new object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="namespaced">True when its kind has namespaces.</param>
    /// <param name="format">What its name must be like.</param>
    /// <param name="known">True for Kubernetes' own kinds: their finalizers without a domain are known ones.</param>
    public void Create(JsonObject json, bool namespaced, Func<string, IEnumerable<string>> format, bool known = true)
    {
        JsonNode? metadata = json["metadata"];
        if (metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            // The dash before the characters to come is fine (maskTrailingDash).
            string masked = prefix.Length > 1 && prefix[^1] == '-' ? prefix[..^2] + 'a' : prefix;
            problems.Each("metadata.generateName", prefix, format(masked));
        }

        if (metadata.Text("name") is { Length: > 0 } name) problems.Each("metadata.name", name, format(name));
        else problems.Required("metadata.name", "name or generateName is required");
        if (namespaced)
        {
            if (metadata.Text("namespace") is { Length: > 0 } ns) problems.Each("metadata.namespace", ns, _names.DnsLabel(ns));
            else problems.Required("metadata.namespace");
        }

        problems.NonNegative("metadata.generation", metadata.Number("generation"));
        Common(metadata);
        Finalizers(metadata);
        if (known) KnownFinalizers(metadata);
    }

    /// <summary>The metadata of a changed object.</summary>
    public void Update(JsonObject json, JsonObject old, bool known = true)
    {
        JsonNode? metadata = json["metadata"];
        if (old.At("metadata", "deletionTimestamp") is not null)
        {
            HashSet<string?> before = [.. (old.At("metadata", "finalizers") as JsonArray ?? []).Select(one => one.Text())];
            string[] added = [.. (metadata.At("finalizers") as JsonArray ?? []).Select(one => one.Text() ?? "").Where(one => !before.Contains(one)).Order(StringComparer.Ordinal)];
            if (added.Length > 0) problems.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers {GoText.Strings(added)}");
        }

        Common(metadata);
        if (known) KnownFinalizers(metadata);
    }

    /// <summary>A map of labels, or of what looks like labels.</summary>
    public void Labels(string field, JsonNode? labels)
    {
        foreach ((string key, JsonNode? value) in labels as JsonObject ?? [])
        {
            problems.Each(field, key, _names.QualifiedName(key));
            string text = value.Text() ?? "";
            problems.Each(field, text, _names.LabelValue(text));
        }
    }

    /// <summary>A map of annotations.</summary>
    public void Annotations(string field, JsonNode? annotations)
    {
        long size = 0;
        foreach ((string key, JsonNode? value) in annotations as JsonObject ?? [])
        {
            problems.Each(field, key, _names.QualifiedName(key.ToLowerInvariant()));
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value.Text() ?? "");
        }

        if (size > 256 * 1024) problems.TooLong(field, 256 * 1024);
    }

    /// <summary>A selector of labels.</summary>
    public void Selector(string field, JsonNode? selector)
    {
        Labels($"{field}.matchLabels", selector.At("matchLabels"));
        int i = 0;
        foreach (JsonObject one in selector.Objects("matchExpressions"))
        {
            string at = $"{field}.matchExpressions[{i++}]";
            bool values = one["values"] is JsonArray { Count: > 0 };
            switch (one.Text("operator"))
            {
                case "In" or "NotIn":
                    if (!values) problems.Required($"{at}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                    break;
                case "Exists" or "DoesNotExist":
                    if (values) problems.Forbidden($"{at}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    break;
                default:
                    problems.Invalid($"{at}.operator", one.Text("operator"), "not a valid selector operator");
                    break;
            }

            problems.Each($"{at}.key", one.Text("key"), _names.QualifiedName(one.Text("key") ?? ""));
        }
    }

    /// <summary>True when a selector selects labels; an empty one selects all, none selects nothing.</summary>
    public static bool Selects(JsonNode? selector, JsonNode? labels)
    {
        if (selector is null) return false;
        foreach ((string key, JsonNode? value) in selector.At("matchLabels") as JsonObject ?? [])
        {
            if (labels.Text(key) != value.Text()) return false;
        }

        foreach (JsonObject one in selector.Objects("matchExpressions"))
        {
            string? label = labels.Text(one.Text("key") ?? "");
            bool listed = label is not null && one["values"] is JsonArray values && values.Any(value => value.Text() == label);
            bool fits = one.Text("operator") switch
            {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => label is not null,
                "DoesNotExist" => label is null,
                _ => false,
            };
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>True when a selector means something: its operators are known and have the values that they need.</summary>
    public static bool IsSelector(JsonNode? selector) => selector.Objects("matchExpressions").All(one => one.Text("operator") switch
    {
        "In" or "NotIn" => one["values"] is JsonArray { Count: > 0 },
        "Exists" or "DoesNotExist" => one["values"] is not JsonArray { Count: > 0 },
        _ => false,
    });

    private void Common(JsonNode? metadata)
    {
        Labels("metadata.labels", metadata.At("labels"));
        Annotations("metadata.annotations", metadata.At("annotations"));
        string? controller = null;
        foreach (JsonObject owner in metadata.Objects("ownerReferences"))
        {
            foreach (string name in s_owner)
            {
                if (owner.Text(name) is null or "") problems.Invalid($"metadata.ownerReferences.{name}", "", $"{(name == "apiVersion" ? "version" : name)} must not be empty");
            }

            if (owner.Flag("controller") != true) continue;
            if (controller is not null) problems.InvalidAs("metadata.ownerReferences", metadata.At("ownerReferences")!.ToJsonString(), $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {owner.Text("name")}");
            else controller = owner.Text("name");
        }
    }

    private static readonly string[] s_owner = ["apiVersion", "kind", "name", "uid"];

    private void Finalizers(JsonNode? metadata)
    {
        foreach (JsonNode? one in metadata.At("finalizers") as JsonArray ?? []) problems.Each("metadata.finalizers", one.Text(), _names.QualifiedName(one.Text() ?? ""));
    }

    private void KnownFinalizers(JsonNode? metadata)
    {
        if (metadata.At("finalizers") is not JsonArray finalizers) return;
        for (int i = 0; i < finalizers.Count; i++)
        {
            string name = finalizers[i].Text() ?? "";
            problems.Each($"metadata.finalizers[{i}]", name, _names.QualifiedName(name));
            if (!name.Contains('/', StringComparison.Ordinal) && name is not ("kubernetes" or "orphan" or "foregroundDeletion")) problems.Invalid($"metadata.finalizers[{i}]", name, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }
}
