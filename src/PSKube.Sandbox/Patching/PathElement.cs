using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Patching;

/// <summary>One step of a field's path: a field, an item of a keyed list, or a value of a set.</summary>
/// <remarks>Order and text are those of structured-merge-diff's <c>fieldpath/element.go</c> and <c>serialize-pe.go</c>.</remarks>
internal sealed class PathElement : IComparable<PathElement>
{
    // Go escapes <, > and & in JSON, and nothing else that is not ASCII.
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly KeyValuePair<string, JsonNode?>[] _keys;
    private readonly JsonNode? _value;

    private PathElement(string text, KeyValuePair<string, JsonNode?>[]? keys = null, JsonNode? value = null)
    {
        Text = text;
        _keys = keys ?? [];
        _value = value;
    }

    /// <summary>As fieldsV1 has it: <c>f:name</c>, <c>k:{"name":"x"}</c>, <c>v:"x"</c>, <c>i:0</c>.</summary>
    public string Text { get; }

    /// <summary>The field's name; null for an item of a list.</summary>
    public string? Field => Text[0] == 'f' ? Text[2..] : null;

    /// <summary>True for an item of a keyed list.</summary>
    public bool IsKey => Text[0] == 'k';

    /// <summary>A field.</summary>
    public static PathElement ForField(string name) => new("f:" + name);

    /// <summary>The item of a keyed list that has these values in its key fields.</summary>
    public static PathElement ForKey(IEnumerable<KeyValuePair<string, JsonNode?>> keys)
    {
        KeyValuePair<string, JsonNode?>[] sorted = [.. keys.OrderBy(key => key.Key, StringComparer.Ordinal)];
        return new PathElement($"k:{{{string.Join(',', sorted.Select(key => $"{Json(JsonValue.Create(key.Key))}:{Json(key.Value)}"))}}}", sorted);
    }

    /// <summary>A value of a set.</summary>
    public static PathElement ForValue(JsonNode? value) => new("v:" + Json(value), null, value);

    /// <summary>Reads an element of fieldsV1; null for a kind of element that is not known, which servers pass over too.</summary>
    public static PathElement? Parse(string text)
    {
        if (text.Length < 2 || text[1] != ':') return null;
        try
        {
            return text[0] switch
            {
                'f' => new PathElement(text),
                'k' => JsonNode.Parse(text[2..]) is JsonObject keys ? ForKey(keys) : null,
                'v' => ForValue(JsonNode.Parse(text[2..])),
                'i' when int.TryParse(text.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => new PathElement(text),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public int CompareTo(PathElement? other)
    {
        if (other is null) return 1;
        if (Text[0] != other.Text[0]) return Rank(Text[0]) - Rank(other.Text[0]);
        switch (Text[0])
        {
            case 'k':
                for (int i = 0; i < _keys.Length && i < other._keys.Length; i++)
                {
                    int order = string.CompareOrdinal(_keys[i].Key, other._keys[i].Key);
                    if (order == 0) order = Compare(_keys[i].Value, other._keys[i].Value);
                    if (order != 0) return order;
                }

                return _keys.Length - other._keys.Length;
            case 'v':
                return Compare(_value, other._value);
            case 'i':
                return int.Parse(Text.AsSpan(2), CultureInfo.InvariantCulture).CompareTo(int.Parse(other.Text.AsSpan(2), CultureInfo.InvariantCulture));
            default:
                return string.CompareOrdinal(Text, other.Text);
        }
    }

    /// <summary>As messages have it: <c>.spec</c>, <c>[name="x"]</c>, <c>[="x"]</c>.</summary>
    public override string ToString() => Text[0] switch
    {
        'f' => "." + Text[2..],
        'k' => $"[{string.Join(',', _keys.Select(key => $"{key.Key}={Json(key.Value)}"))}]",
        'v' => $"[={Json(_value)}]",
        _ => $"[{Text[2..]}]",
    };

    private static int Rank(char kind) => kind switch { 'f' => 0, 'k' => 1, 'v' => 2, _ => 3 };

    private static string Json(JsonNode? node)
    {
        string text = node is null ? "null" : node.ToJsonString(s_json);
        return text.AsSpan().IndexOfAny('<', '>', '&') < 0 ? text : text.Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal);
    }

    /// <summary>Numbers before texts before truth values (<c>value/value.go</c>, Compare).</summary>
    private static int Compare(JsonNode? one, JsonNode? other)
    {
        int kind = Kind(one) - Kind(other);
        if (kind != 0) return kind;
        return Kind(one) switch
        {
            0 => double.Parse(one!.ToJsonString(), CultureInfo.InvariantCulture).CompareTo(double.Parse(other!.ToJsonString(), CultureInfo.InvariantCulture)),
            1 => string.CompareOrdinal(one!.GetValue<string>(), other!.GetValue<string>()),
            _ => string.CompareOrdinal(Json(one), Json(other)),
        };
    }

    private static int Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Number => 0,
        JsonValueKind.String => 1,
        JsonValueKind.True or JsonValueKind.False => 2,
        JsonValueKind.Array => 3,
        JsonValueKind.Object => 4,
        _ => 5,
    };
}
