using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Store;

/// <summary>
/// One object at one version, never changed. It is kept as the bytes that a client gets, so that fifty thousand pods take the
/// room of their text and a list is put together without looking into it.
/// </summary>
internal sealed class StoredObject
{
    private StoredObject(Resource resource, byte[] json, int head, JsonObject read, long version)
    {
        Resource = resource;
        Json = json;
        Head = head;
        Version = version;
        Namespace = read.Text("metadata", "namespace");
        Name = read.Text("metadata", "name") ?? "";
        Uid = read.Text("metadata", "uid") ?? "";
        Labels = read.Map("metadata", "labels");
        Owners = [.. read.Objects("metadata", "ownerReferences").Select(owner => owner.Text("uid")).OfType<string>()];
        IsBeingDeleted = read.At("metadata", "deletionTimestamp") is not null;
        NodeName = resource == Kinds.Pods ? read.Text("spec", "nodeName") : null;
        Phase = read.Text("status", "phase");
    }

    /// <summary>What it is.</summary>
    public Resource Resource { get; }

    /// <summary>The namespace; null for a kind that has none.</summary>
    public string? Namespace { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The uid.</summary>
    public string Uid { get; }

    /// <summary>The resourceVersion.</summary>
    public long Version { get; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The uids of its owners.</summary>
    public IReadOnlyList<string> Owners { get; }

    /// <summary>True between the request to delete it and its end.</summary>
    public bool IsBeingDeleted { get; }

    /// <summary>The node of a pod; null for none.</summary>
    public string? NodeName { get; }

    /// <summary>The phase in its status; null for none.</summary>
    public string? Phase { get; }

    /// <summary>The whole object in its stored version: UTF-8 JSON that begins with kind and apiVersion.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The object as an item of a list of its kind: the JSON without kind and apiVersion, which such items do not carry, and without the opening brace.</summary>
    public ReadOnlyMemory<byte> Item => Json[Head..];

    private int Head { get; }

    /// <summary>A copy to read or change.</summary>
    public JsonObject Parse() => (JsonObject)JsonNode.Parse(Json.Span, null, s_deep)!;

    /// <summary>Stores an object: in the server's order of fields, with its version.</summary>
    public static StoredObject From(Resource resource, JsonObject json, long version)
    {
        json.Child("metadata")["resourceVersion"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var buffer = new ArrayBufferWriter<byte>(1024);
        int head;
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", resource.Kind);
            writer.WriteString("apiVersion", resource.StoredApiVersion);
            writer.Flush();
            head = buffer.WrittenCount + 1;
            foreach ((string name, JsonNode? value) in json)
            {
                if (name is "kind" or "apiVersion") continue;
                writer.WritePropertyName(name);
                if (value is null) writer.WriteNullValue();
                else value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return new StoredObject(resource, buffer.WrittenSpan.ToArray(), head, json, version);
    }

    // What a request may bring, and what patches may add to it, must be read again: one object that cannot be fails every request.
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1000 };
    private static readonly JsonWriterOptions s_options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
