using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Who controls an object.</summary>
/// <param name="Group">The group of its kind.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid.</param>
internal sealed record ControllerReference(string Group, string Kind, string Name, string Uid);

/// <summary>Pod templates: what is made of them, and when two are the same.</summary>
internal static class Templates
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private static readonly ConditionalWeakTable<StoredObject, StrongBox<ControllerReference?>> s_controllers = [];

    /// <summary>Fields that a typed client writes empty and another leaves out: empty is the same as not there.</summary>
    private static readonly HashSet<string> s_emptyIsNone = ["resources", "securityContext", "metadata", "annotations", "labels", "nodeSelector", "strategy", "limits", "requests"];

    /// <summary>The controller of an object; null for none.</summary>
    public static ControllerReference? ControllerOf(StoredObject one)
    {
        if (one.Owners.Count == 0) return null;
        return s_controllers.GetValue(one, static stored =>
        {
            JsonObject? reference = stored.Parse().Objects("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller") == true);
            if (reference is null) return new StrongBox<ControllerReference?>(null);
            string version = reference.Text("apiVersion") ?? "";
            int slash = version.IndexOf('/', StringComparison.Ordinal);
            return new StrongBox<ControllerReference?>(new ControllerReference(slash < 0 ? "" : version[..slash], reference.Text("kind") ?? "", reference.Text("name") ?? "", reference.Text("uid") ?? ""));
        }).Value;
    }

    /// <summary>The reference with which an object says that it is controlled by another.</summary>
    public static JsonObject Reference(StoredObject owner) => new()
    {
        ["apiVersion"] = owner.Resource.StoredApiVersion,
        ["kind"] = owner.Resource.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    /// <summary>A pod as a template wants it, still without a name.</summary>
    public static JsonObject Pod(JsonNode? template, StoredObject owner)
    {
        var metadata = new JsonObject();
        foreach (string name in (string[])["labels", "annotations", "finalizers"])
        {
            if (template.At("metadata", name) is { } value) metadata[name] = value.DeepClone();
        }

        metadata["ownerReferences"] = new JsonArray(Reference(owner));
        return new JsonObject { ["metadata"] = metadata, ["spec"] = template.At("spec") is JsonObject spec ? spec.DeepClone() : new JsonObject() };
    }

    /// <summary>The hash of a template, in the form of Kubernetes': the digits of 32 bits of FNV-1a, written so that they make no words.</summary>
    /// <param name="template">The template, or whatever else.</param>
    /// <param name="collisions">How often another template had the same hash.</param>
    public static string Hash(JsonNode? template, long? collisions)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(Canonical(template, "pod-template-hash")))
        {
            hash = (hash ^ one) * 16777619;
        }

        if (collisions is { } count)
        {
            for (int at = 0; at < 8; at++) hash = (hash ^ (byte)(count >> (8 * at))) * 16777619;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{hash}").Aggregate(new StringBuilder(), (text, digit) => text.Append(Alphabet[digit % Alphabet.Length])).ToString();
    }

    /// <summary>True when two templates mean the same pods, whatever their hash labels say.</summary>
    public static bool Same(JsonNode? one, JsonNode? other) => Canonical(one, "pod-template-hash") == Canonical(other, "pod-template-hash");

    /// <summary>A node as text that is the same whenever it means the same: sorted, without what is empty.</summary>
    public static string Canonical(JsonNode? node, string? withoutLabel = null)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, node, withoutLabel);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Sets a label.</summary>
    public static void Label(JsonObject json, string key, string value) => json.Child("metadata").Child("labels")[key] = value;

    private static void Write(Utf8JsonWriter writer, JsonNode? node, string? without)
    {
        switch (node)
        {
            case JsonObject json:
                writer.WriteStartObject();
                foreach ((string name, JsonNode? value) in json.OrderBy(field => field.Key, StringComparer.Ordinal))
                {
                    if (value is null or JsonArray { Count: 0 } || name == without || (value is JsonObject { Count: 0 } && s_emptyIsNone.Contains(name))) continue;
                    writer.WritePropertyName(name);
                    Write(writer, value, without);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (JsonNode? item in list) Write(writer, item, without);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
