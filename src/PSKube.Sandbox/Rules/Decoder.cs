using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Rules;

/// <summary>
/// Reads an object as the server reads it into the types of its kind, in place: unknown fields go, nulls go, quantities and
/// moments get their one form, and a value of a wrong type is an error.
/// </summary>
/// <param name="resource">The kind.</param>
/// <param name="root">The object.</param>
/// <param name="minor">The minor version of the server that is played.</param>
internal sealed class Decoder(Resource resource, JsonObject root, int minor)
{
    private readonly List<object> _path = [];
    private readonly List<string> _unknown = [];
    private readonly List<string> _words = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="StatusException">400: a value is of a wrong type, or an unknown field is not allowed.</exception>
    public void Decode(ModelType model, FieldValidation mode, List<string> warnings)
    {
        Object(model, root);
        if (minor < 25 || _unknown.Count == 0) return;
        string[] told = [.. _unknown.Select(path => $"unknown field \"{path}\"")];
        if (mode == FieldValidation.Warn) warnings.AddRange(told);
        if (mode == FieldValidation.Strict) throw Refuse($"strict decoding error: {string.Join(", ", told)}");
    }

    private void Object(ModelType model, JsonObject json)
    {
        foreach ((string name, JsonNode? value) in json.ToArray())
        {
            if (!model.Fields.TryGetValue(name, out ModelType? type))
            {
                _unknown.Add(Where(name));
                json.Remove(name);
                continue;
            }

            if (value is null)
            {
                json.Remove(name);
                continue;
            }

            _path.Add(name);
            JsonNode? read = Value(type, value, model, name);
            if (!ReferenceEquals(read, value)) json[name] = read;
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>The value as the server has it: itself, or another node in its place.</summary>
    private JsonNode? Value(ModelType type, JsonNode value, ModelType owner, string name)
    {
        JsonValueKind kind = value.GetValueKind();
        switch (type.Shape)
        {
            case ModelShape.Text when kind != JsonValueKind.String:
            case ModelShape.Flag when kind is not (JsonValueKind.True or JsonValueKind.False):
            case ModelShape.Integer or ModelShape.Long or ModelShape.Real when kind != JsonValueKind.Number:
            case ModelShape.Bytes or ModelShape.Time when kind != JsonValueKind.String:
            case ModelShape.Object or ModelShape.Map when kind != JsonValueKind.Object:
            case ModelShape.List when kind != JsonValueKind.Array:
                throw WrongType(type, value, owner, name);
            case ModelShape.Integer or ModelShape.Long:
                string number = value.ToJsonString();
                if (!long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) || (type.Shape == ModelShape.Integer && whole != (int)whole)) throw WrongNumber(type, value, number, owner, name);
                return value;
            case ModelShape.Quantity:
                return Canonical(value, owner, name);
            case ModelShape.IntOrString when kind is not (JsonValueKind.String or JsonValueKind.Number) || (kind == JsonValueKind.Number && value.Number() is null):
                throw Broken($"json: cannot unmarshal {Word(kind)} into Go value of type int32", value, owner, name);
            case ModelShape.Time:
                return Moment(value, owner, name);
            case ModelShape.Bytes:
                return Bytes(value, owner, name);
            case ModelShape.Object:
                Object(type, (JsonObject)value);
                return value;
            case ModelShape.Map:
                Map(type, (JsonObject)value, owner, name);
                return value;
            case ModelShape.List:
                List(type, (JsonArray)value, owner, name);
                return value;
            default:
                return value;
        }
    }

    private void Map(ModelType type, JsonObject map, ModelType owner, string name)
    {
        if (type.Element is not { } element) return;
        foreach ((string key, JsonNode? value) in map.ToArray())
        {
            _path.Add(key);
            JsonNode? read = value is null ? Zero(element) : Value(element, value, owner, name);
            if (!ReferenceEquals(read, value)) map[key] = read;
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void List(ModelType type, JsonArray list, ModelType owner, string name)
    {
        if (type.Element is not { } element) return;
        for (int i = 0; i < list.Count; i++)
        {
            _path.Add(i);
            JsonNode? value = list[i];
            JsonNode? read = value is null ? Zero(element) : Value(element, value, owner, name);
            if (!ReferenceEquals(read, value)) list[i] = read;
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>What null becomes within a list or a map, where it cannot be left out.</summary>
    private static JsonNode? Zero(ModelType type) => type.Shape switch
    {
        ModelShape.Text => "",
        ModelShape.Integer or ModelShape.Long => 0,
        ModelShape.Flag => false,
        ModelShape.Quantity => "0",
        ModelShape.Object => new JsonObject(),
        _ => null,
    };

    private JsonNode Canonical(JsonNode value, ModelType owner, string name)
    {
        string text = value.GetValueKind() == JsonValueKind.String ? value.Text()! : value.ToJsonString();
        if (!Quantity.TryParse(text.Trim(), out Quantity quantity, out string error)) throw Broken(error, value, owner, name);
        string canonical = quantity.ToString();
        return value.GetValueKind() == JsonValueKind.String && canonical == text ? value : JsonValue.Create(canonical);
    }

    private JsonNode Moment(JsonNode value, ModelType owner, string name)
    {
        string text = value.Text()!;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) || text.Length < 20 || text[10] != 'T')
        {
            throw Broken($"parsing time {GoText.Quote(text)} as \"2006-01-02T15:04:05Z07:00\": cannot parse {GoText.Quote(text)} as \"2006\"", value, owner, name);
        }

        // Leases and events have moments of microseconds (MicroTime).
        bool fine = name is "eventTime" or "renewTime" or "acquireTime" or "lastObservedTime";
        string canonical = moment.UtcDateTime.ToString(fine ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return canonical == text ? value : JsonValue.Create(canonical);
    }

    private JsonNode Bytes(JsonNode value, ModelType owner, string name)
    {
        string text = value.Text()!;
        Span<byte> buffer = text.Length < 1024 ? stackalloc byte[text.Length] : new byte[text.Length];
        if (Convert.TryFromBase64String(text, buffer, out _)) return value;
        int at = 0;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '+' or '/')) at++;
        throw Broken($"illegal base64 data at input byte {at}", value, owner, name);
    }

    private StatusException WrongType(ModelType type, JsonNode value, ModelType owner, string name)
    {
        JsonValueKind kind = value.GetValueKind();
        if (minor >= 23) return Refuse($"json: cannot unmarshal {Word(kind)} into Go struct field {ApiFields.Plain(owner)}.{Fields()} of type {GoType(type)}");
        char first = value.ToJsonString()[0];
        string told = type.Shape switch
        {
            ModelShape.Text or ModelShape.Time or ModelShape.Bytes => $"ReadString: expects \" or n, but found {first}",
            ModelShape.Flag => $"ReadBool: expect t or f, but found {first}",
            ModelShape.Integer => "readUint32: unexpected character: \uFFFD",
            ModelShape.Long => "readUint64: unexpected character: \uFFFD",
            ModelShape.List => $"decode slice: expect [ or n, but found {first}",
            ModelShape.Map => $"ReadMapCB: expect {{ or n, but found {first}",
            _ => $"readObjectStart: expect {{ or n, but found {first}",
        };
        return Located(told, value, 1, owner, name);
    }

    private StatusException WrongNumber(ModelType type, JsonNode value, string number, ModelType owner, string name)
    {
        if (minor >= 23) return Refuse($"json: cannot unmarshal number {number} into Go struct field {ApiFields.Plain(owner)}.{Fields()} of type {GoType(type)}");
        int digits = number.TakeWhile(one => char.IsAsciiDigit(one) || one == '-').Count();
        string told = digits < number.Length ? "assertInteger: can not decode float as int" : type.Shape == ModelShape.Integer ? "readUint32: overflow" : "readUint64: overflow";
        return Located(told, value, digits, owner, name);
    }

    /// <summary>A value that a type of its own reads: a quantity, a moment, bytes.</summary>
    private StatusException Broken(string told, JsonNode value, ModelType owner, string name)
    {
        if (minor >= 23) return Refuse(told);
        string how = told.StartsWith("illegal base64", StringComparison.Ordinal) ? "decode base64" : "unmarshalerDecoder";
        return Located($"{how}: {told}", value, value.ToJsonString(s_plain).Length, owner, name);
    }

    /// <summary>The words of json-iterator, which servers before 1.23 use: the way of Go names to the value, and what stands around it.</summary>
    private StatusException Located(string told, JsonNode value, int read, ModelType owner, string name)
    {
        string own = value.ToJsonString(s_plain);
        if (value.Parent is JsonArray list) list[value.GetElementIndex()] = Mark;
        else if (value.Parent is JsonObject parent) parent[value.GetPropertyName()] = Mark;
        string text = root.ToJsonString(s_plain);
        int start = text.IndexOf($"\"{Mark}\"", StringComparison.Ordinal);
        text = text.Replace($"\"{Mark}\"", own, StringComparison.Ordinal);
        int head = start + read, from = Math.Max(0, head - 10), wide = Math.Max(0, head - 50);
        string near = text[from..Math.Min(text.Length, head + 10)], around = text[wide..Math.Min(text.Length, head + 50)];
        return Refuse($"{GoPath(owner, name)}: {told}, error found in #{head - from} byte of ...|{near}|..., bigger context ...|{around}|...");
    }

    private const string Mark = "@value@";
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string GoPath(ModelType owner, string name)
    {
        _words.Clear();
        ModelType? type = resource.Model;
        foreach (object step in _path)
        {
            if (type is null) break;
            if (step is string field && type.Shape == ModelShape.Object)
            {
                _words.Add($"{GoType(type)}.{GoName(field)}");
                type = type.Fields.GetValueOrDefault(field);
                if (type is { Shape: ModelShape.List, Element.Shape: ModelShape.Object }) _words.Add(GoType(type));
            }
            else
            {
                type = type.Element;
            }
        }

        return _words.Count > 0 ? string.Join(": ", _words) : $"{GoType(owner)}.{GoName(name)}";
    }

    private static string GoName(string field) => field switch
    {
        "metadata" => "ObjectMeta",
        "apiVersion" => "APIVersion",
        "uid" => "UID",
        _ => char.ToUpperInvariant(field[0]) + field[1..],
    };

    private static string GoType(ModelType type) => type.Shape switch
    {
        ModelShape.Text => "string",
        ModelShape.Integer => "int32",
        ModelShape.Long => "int64",
        ModelShape.Real => "float64",
        ModelShape.Flag => "bool",
        ModelShape.Time => "v1.Time",
        ModelShape.Bytes => "[]uint8",
        ModelShape.List => $"[]{GoType(type.Element!)}",
        ModelShape.Map => $"map[string]{GoType(type.Element!)}",
        ModelShape.Quantity => "resource.Quantity",
        ModelShape.IntOrString => "intstr.IntOrString",
        _ => $"{(type.Type.Name.StartsWith("V2", StringComparison.Ordinal) ? "v2" : "v1")}.{ApiFields.Plain(type)}",
    };

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "bool",
    };

    /// <summary>The path of field names, without places in lists, as encoding/json tells it.</summary>
    private string Fields() => string.Join(".", _path.OfType<string>());

    private string Where(string name)
    {
        var path = new System.Text.StringBuilder();
        foreach (object step in _path)
        {
            if (step is int index) path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            else path.Append(path.Length > 0 ? "." : "").Append(step);
        }

        return path.Append(path.Length > 0 ? "." : "").Append(name).ToString();
    }

    private StatusException Refuse(string why)
    {
        string version = resource.Versions.FirstOrDefault(one => one.Since <= minor && minor < one.Until)?.Name ?? resource.StoredVersion;
        return Refusals.BadRequest($"{resource.Kind} in version \"{version}\" cannot be handled as a {resource.Kind}: {why}");
    }
}
