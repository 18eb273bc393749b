using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Protobuf;

/// <summary>Messages as the JSON that encoding/json makes of their Go types.</summary>
/// <remarks>
/// Only what is in the bytes gets into the JSON: the generated Marshal functions write every field that is no pointer, even when it
/// is zero, and where they write nothing (empty lists and maps) encoding/json writes nothing or null, which decoding drops anyway.
/// </remarks>
internal static class ProtobufDecoder
{
    /// <summary>How deep messages may lie in each other. The API's own stay far below; schemas, which may hold themselves, need some.</summary>
    public const int MaxDepth = 100;

    /// <summary>How deep the JSON may be that the whole becomes, as in a body of JSON.</summary>
    private const int MaxJsonDepth = 256;

    private const long FirstSecond = -62135596800, LastSecond = 253402300799;

    /// <summary>The message as JSON.</summary>
    /// <exception cref="ProtobufException">The bytes are no such message.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> bytes, ProtobufMessage message)
    {
        JsonObject json = [];
        Fields(bytes, message, json, 1);
        return json;
    }

    private static void Fields(ReadOnlySpan<byte> bytes, ProtobufMessage message, JsonObject json, int depth)
    {
        if (depth > MaxDepth) throw new ProtobufException("exceeded max depth");

        // Maps come entry by entry and are put together first: a JsonObject is slow at setting a name that it has.
        Dictionary<string, Dictionary<string, JsonNode?>>? maps = null;
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (!message.Fields.TryGetValue(number, out ProtobufField? field))
            {
                reader.Skip(wire);
            }
            else if (field.IsMap)
            {
                Expect(wire, WireType.Bytes, field);
                maps ??= new Dictionary<string, Dictionary<string, JsonNode?>>(StringComparer.Ordinal);
                if (!maps.TryGetValue(field.Name, out Dictionary<string, JsonNode?>? map)) maps[field.Name] = map = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
                Entry(reader.Bytes(), field, map, depth);
            }
            else if (field.IsList)
            {
                if (json[field.Name] is not JsonArray list) json[field.Name] = list = [];
                if (wire == WireType.Bytes && IsNumber(field.Kind)) Packed(reader.Bytes(), field, list);
                else list.Add(Value(ref reader, wire, field, null, depth));
            }
            else if (field.Name.Length == 0)
            {
                Expect(wire, WireType.Bytes, field);
                Fields(reader.Bytes(), field.Message!, json, depth + 1);
            }
            else
            {
                JsonNode? before = json[field.Name];
                JsonNode? value = Value(ref reader, wire, field, before, depth);
                if (value is null || (field.DropsZero && IsZero(value))) json.Remove(field.Name);
                else if (!ReferenceEquals(value, before)) json[field.Name] = value;
            }
        }

        foreach ((string name, Dictionary<string, JsonNode?> map) in maps ?? [])
        {
            if (json[name] is JsonObject before) foreach ((string key, JsonNode? value) in before.ToArray()) map.TryAdd(key, value?.DeepClone());
            json[name] = new JsonObject(map);
        }
    }

    /// <summary>One entry of a map: a message of a key and a value, either of which may be missing.</summary>
    private static void Entry(ReadOnlySpan<byte> bytes, ProtobufField field, Dictionary<string, JsonNode?> map, int depth)
    {
        string key = "";
        JsonNode? value = null;
        bool hasValue = false;
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (number == 1)
            {
                Expect(wire, WireType.Bytes, field);
                key = Encoding.UTF8.GetString(reader.Bytes());
            }
            else if (number == 2)
            {
                value = Value(ref reader, wire, field, null, depth);
                hasValue = true;
            }
            else
            {
                reader.Skip(wire);
            }
        }

        map[key] = hasValue ? value : Missing(field);
    }

    /// <summary>The value of a map's entry that has none; all of the API's maps are of these kinds.</summary>
    private static JsonNode? Missing(ProtobufField field) => field.Kind switch
    {
        ProtobufKind.Text or ProtobufKind.Bytes => "",
        ProtobufKind.Quantity => "0",
        ProtobufKind.Message => Finished(field.Message!, []),
        _ => null,
    };

    private static void Packed(ReadOnlySpan<byte> bytes, ProtobufField field, JsonArray list)
    {
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd) list.Add(Value(ref reader, field.Kind == ProtobufKind.Double ? WireType.Fixed64 : WireType.Varint, field, null, 0));
    }

    private static JsonNode? Value(ref ProtobufReader reader, WireType wire, ProtobufField field, JsonNode? before, int depth)
    {
        Expect(wire, field.Kind switch
        {
            ProtobufKind.Bool or ProtobufKind.Int or ProtobufKind.Long => WireType.Varint,
            ProtobufKind.Double => WireType.Fixed64,
            _ => WireType.Bytes,
        }, field);
        switch (field.Kind)
        {
            case ProtobufKind.Bool:
                return reader.Varint() != 0;
            case ProtobufKind.Int:
                return unchecked((int)reader.Varint());
            case ProtobufKind.Long:
                return unchecked((long)reader.Varint());
            case ProtobufKind.Double:
                double real = BitConverter.UInt64BitsToDouble(reader.Fixed64());
                return double.IsFinite(real) ? real : throw new ProtobufException($"json: unsupported value: {(double.IsNaN(real) ? "NaN" : real > 0 ? "+Inf" : "-Inf")}");
        }

        ReadOnlySpan<byte> bytes = reader.Bytes();
        return field.Kind switch
        {
            ProtobufKind.Text => Encoding.UTF8.GetString(bytes),
            ProtobufKind.Bytes => Convert.ToBase64String(bytes),
            ProtobufKind.Time => Moment(bytes, "yyyy-MM-dd'T'HH:mm:ss'Z'", isFine: false),
            ProtobufKind.MicroTime => Moment(bytes, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", isFine: true),
            ProtobufKind.Quantity => Quantity(bytes),
            ProtobufKind.IntOrString => IntOrString(bytes),
            ProtobufKind.Raw => Raw(bytes),
            _ => Message(bytes, field.Message!, before, depth),
        };
    }

    /// <summary>A message; one that comes in several parts is one of all their fields.</summary>
    private static JsonNode? Message(ReadOnlySpan<byte> bytes, ProtobufMessage message, JsonNode? before, int depth)
    {
        JsonObject json = HasOwnForm(message) ? [] : before as JsonObject ?? [];
        Fields(bytes, message, json, depth + 1);
        return Finished(message, json);
    }

    private static bool HasOwnForm(ProtobufMessage message) => message.Name.StartsWith("JSONSchemaPropsOr", StringComparison.Ordinal);

    /// <summary>The messages whose JSON is one of their fields (apiextensions' <c>pkg/apis/apiextensions/v1/marshal.go</c>).</summary>
    private static JsonNode? Finished(ProtobufMessage message, JsonObject json)
    {
        switch (message.Name)
        {
            case "JSONSchemaPropsOrBool":
                return Part("schema") ?? Part("allows") ?? false;
            case "JSONSchemaPropsOrArray":
                return Part("jSONSchemas") ?? Part("schema");
            case "JSONSchemaPropsOrStringArray":
                return Part("property") ?? Part("schema");
            default:
                return json;
        }

        JsonNode? Part(string name)
        {
            JsonNode? part = json[name];
            json.Remove(name);
            return part;
        }
    }

    /// <summary>A moment (<c>time_proto.go</c>, <c>micro_time_proto.go</c>): nothing is none; Time goes without its fraction.</summary>
    private static JsonNode? Moment(ReadOnlySpan<byte> bytes, string format, bool isFine)
    {
        if (bytes.IsEmpty) return null;
        long seconds = 0, nanos = 0;
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (number == 1 && wire == WireType.Varint) seconds = unchecked((long)reader.Varint());
            else if (number == 2 && wire == WireType.Varint) nanos = unchecked((int)reader.Varint());
            else reader.Skip(wire);
        }

        if (seconds is < FirstSecond or > LastSecond || nanos is < 0 or > 999_999_999) throw new ProtobufException("the moment is out of range");
        if (seconds == FirstSecond && nanos == 0) return null;
        DateTimeOffset moment = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(isFine ? nanos / 1000 * 10 : 0);
        return moment.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Quantity(ReadOnlySpan<byte> bytes)
    {
        string text = "0";
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (number == 1 && wire == WireType.Bytes) text = Encoding.UTF8.GetString(reader.Bytes());
            else reader.Skip(wire);
        }

        return text;
    }

    /// <summary>A number or a text, whichever the first field says (<c>util/intstr/intstr.go</c>).</summary>
    private static JsonNode IntOrString(ReadOnlySpan<byte> bytes)
    {
        long type = 0;
        int number = 0;
        string text = "";
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int field, WireType wire) = reader.Tag();
            if (field == 1 && wire == WireType.Varint) type = unchecked((long)reader.Varint());
            else if (field == 2 && wire == WireType.Varint) number = unchecked((int)reader.Varint());
            else if (field == 3 && wire == WireType.Bytes) text = Encoding.UTF8.GetString(reader.Bytes());
            else reader.Skip(wire);
        }

        return type switch
        {
            0 => number,
            1 => text,
            _ => throw new ProtobufException("impossible IntOrString.Type"),
        };
    }

    private static JsonNode? Raw(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            (int number, WireType wire) = reader.Tag();
            if (number == 1 && wire == WireType.Bytes) raw = reader.Bytes();
            else reader.Skip(wire);
        }

        if (raw.IsEmpty) return null;
        try
        {
            // A message in a list is two levels of JSON.
            return GoJson.Parse(raw, new JsonDocumentOptions { MaxDepth = MaxJsonDepth - (2 * MaxDepth) });
        }
        catch (JsonException failure)
        {
            throw new ProtobufException($"json: {failure.Message}");
        }
    }

    private static bool IsNumber(ProtobufKind kind) => kind is ProtobufKind.Bool or ProtobufKind.Int or ProtobufKind.Long or ProtobufKind.Double;

    private static bool IsZero(JsonNode value) => value is JsonValue one && ((one.TryGetValue(out string? text) && text.Length == 0) || (one.TryGetValue(out bool flag) && !flag) || (one.TryGetValue(out int small) && small == 0) || (one.TryGetValue(out long wide) && wide == 0) || (one.TryGetValue(out double real) && real == 0));

    private static void Expect(WireType found, WireType expected, ProtobufField field)
    {
        if (found == expected) return;
        string name = field.Name.Length > 0 ? field.Name : field.Message!.Name;
        throw new ProtobufException($"proto: wrong wireType = {(int)found} for field {char.ToUpperInvariant(name[0])}{name[1..]}");
    }
}
