using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Protobuf;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Server;

/// <summary>Bodies in Kubernetes' protobuf, in which client-go's typed clients, and so kubectl, send objects of Kubernetes' own kinds.</summary>
/// <remarks>apimachinery's <c>pkg/runtime/serializer/protobuf/protobuf.go</c>; the refusals' words: apiserver's <c>endpoints/handlers/rest.go</c>.</remarks>
internal static class ProtobufBody
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    /// <summary>The API server's limit (<c>MaxRequestBodyBytes</c>). It counts here: two bytes of a message may become an object.</summary>
    private const int MaxLength = 3 * 1024 * 1024;

    private const string MetaVersion = "meta.k8s.io/v1";

    private static ReadOnlySpan<byte> Prefix => "k8s\0"u8;

    /// <summary>The body as JSON; null for none.</summary>
    /// <param name="body">The body.</param>
    /// <param name="kind">The kind that the address asks for, which is also that of a body that names none.</param>
    /// <param name="apiVersion">Its version; empty when it has none.</param>
    /// <exception cref="StatusException">It is no such body (400), or of a kind that has no protobuf (406), or too long (413).</exception>
    public static JsonObject? Read(ReadOnlySpan<byte> body, string kind, string apiVersion)
    {
        if (body.IsEmpty) return null;
        if (body.Length > MaxLength) throw new StatusException(413, "RequestEntityTooLarge", $"Request entity too large: limit is {MaxLength}");
        if (!body.StartsWith(Prefix)) throw Unrecognized("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]", body, kind);
        if (body.Length == Prefix.Length) throw Unrecognized("empty body", body, kind);
        JsonObject head;
        ReadOnlySpan<byte> raw;
        try
        {
            head = Open(body[Prefix.Length..], out raw);
        }
        catch (ProtobufException failure)
        {
            throw Unrecognized(failure.Message, body, kind);
        }

        head.Default("kind", kind);
        head.Default("apiVersion", apiVersion);
        string saidKind = head.Text("kind")!, saidVersion = head.Text("apiVersion")!;
        if (saidVersion.Length == 0) throw Unrecognized("Object 'apiVersion' is missing", body, kind);
        ProtobufMessage? message = ProtobufMessages.Find(saidVersion, saidKind);

        // Every group has the options of requests as kinds of its own versions, too (metav1.AddToGroupVersion).
        if (message is null && saidKind.EndsWith("Options", StringComparison.Ordinal)) message = ProtobufMessages.Find(MetaVersion, saidKind);
        if (message is null) return saidKind == kind && saidVersion == apiVersion ? throw NoProtobuf() : head;
        try
        {
            // The message has no kind and apiVersion of its own; they go first, as JSON has them.
            foreach ((string name, JsonNode? value) in ProtobufDecoder.Decode(raw, message)) head[name] = value.Copy();
            return head;
        }
        catch (ProtobufException failure)
        {
            throw Refusals.BadRequest($"{saidKind} in version \"{saidVersion[(saidVersion.IndexOf('/', StringComparison.Ordinal) + 1)..]}\" cannot be handled as a {kind}: {failure.Message}");
        }
    }

    /// <summary>The envelope (<c>runtime.Unknown</c>): what kind it says that it holds, and the bytes of it.</summary>
    private static JsonObject Open(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> raw)
    {
        JsonObject head = [];
        raw = default;
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (number is 1 or 2 && wire != WireType.Bytes) throw new ProtobufException($"proto: wrong wireType = {(int)wire} for field {(number == 1 ? "TypeMeta" : "Raw")}");
            if (number == 1) Head(reader.Bytes(), head);
            else if (number == 2) raw = reader.Bytes();
            else reader.Skip(wire);
        }

        return head;
    }

    private static void Head(ReadOnlySpan<byte> bytes, JsonObject head)
    {
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (number is not (1 or 2))
            {
                reader.Skip(wire);
                continue;
            }

            if (wire != WireType.Bytes) throw new ProtobufException($"proto: wrong wireType = {(int)wire} for field {(number == 1 ? "APIVersion" : "Kind")}");
            string text = Encoding.UTF8.GetString(reader.Bytes());
            if (text.Length > 0) head[number == 1 ? "apiVersion" : "kind"] = text;
        }
    }

    /// <summary>A custom kind's body: only Kubernetes' own kinds have a protobuf.</summary>
    private static StatusException NoProtobuf() => new(406, "NotAcceptable", "object *unstructured.Unstructured does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message");

    private static StatusException Unrecognized(string why, ReadOnlySpan<byte> body, string kind)
    {
        string start = Convert.ToHexString(body[..Math.Min(body.Length, 30)]).ToLowerInvariant() + (body.Length > 30 ? " ..." : "");
        return Refusals.BadRequest($"the object provided is unrecognized (must be of type {kind}): {why} ({start})");
    }
}
