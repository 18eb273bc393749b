using System.Globalization;

namespace PSKube.Sandbox.Protobuf;

/// <summary>What a field's value is.</summary>
internal enum ProtobufKind
{
    /// <summary>Another message of the table.</summary>
    Message,

    /// <summary>A text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A whole number of 32 bits.</summary>
    Int,

    /// <summary>A whole number of 64 bits.</summary>
    Long,

    /// <summary>A number.</summary>
    Double,

    /// <summary>Bytes, which are base64 in JSON.</summary>
    Bytes,

    /// <summary>A moment of seconds (<c>metav1.Time</c>).</summary>
    Time,

    /// <summary>A moment of microseconds (<c>metav1.MicroTime</c>).</summary>
    MicroTime,

    /// <summary>A <c>resource.Quantity</c>.</summary>
    Quantity,

    /// <summary>An <c>intstr.IntOrString</c>.</summary>
    IntOrString,

    /// <summary>JSON (<c>runtime.RawExtension</c>, <c>metav1.FieldsV1</c>, <c>apiextensions.JSON</c>).</summary>
    Raw,
}

/// <summary>One field of a message.</summary>
/// <param name="Name">Its name in JSON; empty for one whose fields stand in the JSON of the message around it.</param>
/// <param name="Kind">What its value, or each of its values, is.</param>
/// <param name="Message">The message that it is; null for other kinds.</param>
/// <param name="IsList">True for a list.</param>
/// <param name="IsMap">True for a map of texts.</param>
/// <param name="DropsZero">True when JSON goes without it when it is "", 0 or false.</param>
internal sealed record ProtobufField(string Name, ProtobufKind Kind, ProtobufMessage? Message, bool IsList, bool IsMap, bool DropsZero);

/// <summary>One message: its fields by their numbers.</summary>
/// <param name="name">Its name in Go.</param>
internal sealed class ProtobufMessage(string name)
{
    private readonly Dictionary<int, ProtobufField> _fields = [];

    /// <summary>Its name in Go.</summary>
    public string Name { get; } = name;

    /// <summary>The fields by their numbers.</summary>
    public IReadOnlyDictionary<int, ProtobufField> Fields => _fields;

    /// <summary>Adds a field while the table is read; messages may hold each other.</summary>
    public void Add(int number, ProtobufField field) => _fields.Add(number, field);
}

/// <summary>The messages of the API's types; <c>ProtobufFields.txt</c> has them and says where they are from.</summary>
internal static class ProtobufMessages
{
    private static readonly Lazy<Dictionary<string, ProtobufMessage>> s_messages = new(Read);

    /// <summary>The message of a kind; null for one that has none.</summary>
    public static ProtobufMessage? Find(string apiVersion, string kind) => s_messages.Value.GetValueOrDefault($"{apiVersion}.{kind}");

    private static Dictionary<string, ProtobufMessage> Read()
    {
        var messages = new Dictionary<string, ProtobufMessage>(StringComparer.Ordinal);
        using Stream stream = typeof(ProtobufMessages).Assembly.GetManifestResourceStream("ProtobufFields.txt")!;
        using var reader = new StreamReader(stream);
        string version = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('[')) version = line[1..^1];
            if (line.Length == 0 || line[0] is '#' or '[') continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            ProtobufMessage message = Named(messages, version, line[..colon]);
            foreach (string note in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = note.IndexOf('=', StringComparison.Ordinal);
                message.Add(int.Parse(note.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture), Field(messages, version, note[(equals + 1)..]));
            }
        }

        return messages;
    }

    /// <summary>A field as its note says: <c>replicas:int</c>, <c>labels%</c>, <c>paused:bool-</c>.</summary>
    private static ProtobufField Field(Dictionary<string, ProtobufMessage> messages, string version, string note)
    {
        bool drops = note.EndsWith('-'), isList = note.EndsWith('*'), isMap = note.EndsWith('%');
        if (drops || isList || isMap) note = note[..^1];
        int colon = note.IndexOf(':', StringComparison.Ordinal);
        string type = colon < 0 ? "text" : note[(colon + 1)..];

        // Scalars and the types with a JSON form of their own start with a small letter, and no apiVersion is one of their names.
        if (Enum.TryParse(type, ignoreCase: true, out ProtobufKind kind) && char.IsAsciiLetterLower(type[0])) return new ProtobufField(colon < 0 ? note : note[..colon], kind, null, isList, isMap, drops);
        int dot = type.LastIndexOf('.');
        ProtobufMessage message = dot < 0 ? Named(messages, version, type) : Named(messages, type[..dot], type[(dot + 1)..]);
        return new ProtobufField(note[..colon], ProtobufKind.Message, message, isList, isMap, drops);
    }

    private static ProtobufMessage Named(Dictionary<string, ProtobufMessage> messages, string version, string name)
    {
        string key = $"{version}.{name}";
        if (!messages.TryGetValue(key, out ProtobufMessage? message)) messages[key] = message = new ProtobufMessage(name);
        return message;
    }
}
