using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Resources;

/// <summary>
/// Objects to JSON and back: <c>k8s.Models</c> types where the model has the kind, otherwise a PSObject that keeps every
/// field in its order, tagged <c>PSKube.Resource</c>.
/// </summary>
internal static class ResourceJson
{
    /// <summary>The type name of every object that the model has no type for; the views and members of such objects hang on it.</summary>
    public const string GenericTypeName = "PSKube.Resource";

    /// <summary>What has been found; there are no more of them than models, whatever names are asked for.</summary>
    private static readonly ConcurrentDictionary<(string Group, string Version, string Kind), Type> ModelTypes = new();

    private static readonly Lazy<JsonSerializerOptions> LazyOptions = new(MakeOptions);

    /// <summary>The model's own JSON rules, with room for deep objects and without its lossy number guessing.</summary>
    public static JsonSerializerOptions Options => LazyOptions.Value;

    /// <summary>The model type of a kind, or null when the model has none.</summary>
    /// <remarks>The name is derived, so that no command has to look through the whole model assembly.</remarks>
    public static Type? ModelType(string group, string version, string kind)
    {
        if (ModelTypes.TryGetValue((group, version, kind), out Type? known)) return known;
        if (version.Length == 0 || kind.Length == 0) return null;
        string prefix = char.ToUpperInvariant(version[0]) + version[1..];
        foreach (string name in (string[])[prefix + kind, $"Core{version}{kind}", $"Events{version}{kind}", $"Discovery{version}{kind}", $"Storage{version}{kind}"])
        {
            Type? type = typeof(V1Pod).Assembly.GetType("k8s.Models." + name, throwOnError: false);
            if (type is null || !typeof(IKubernetesObject).IsAssignableFrom(type)) continue;
            var entity = (KubernetesEntityAttribute?)Attribute.GetCustomAttribute(type, typeof(KubernetesEntityAttribute));
            if (entity is not null && entity.Group == group && entity.ApiVersion == version && entity.Kind == kind) return ModelTypes[(group, version, kind)] = type;
        }

        return null;
    }

    /// <summary>The model type of a kind, or null when the model has none.</summary>
    public static Type? ModelType(ResourceKind kind) => ModelType(kind.Group, kind.Version, kind.Kind);

    /// <summary>The model type of what an object says of itself, or null.</summary>
    public static Type? ModelType(string apiVersion, string kind)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ModelType("", apiVersion, kind) : ModelType(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <summary>Turns one object's JSON into what the pipeline carries: a model object, or a tagged PSObject for other kinds.</summary>
    /// <exception cref="JsonException">The JSON does not fit the kind.</exception>
    /// <exception cref="FormatException">A date or quantity in it cannot be read.</exception>
    public static object Decode(JsonElement json, string apiVersion, string kind)
    {
        Type? type = ModelType(apiVersion, kind);
        return type is null ? ToPSObject(json, apiVersion, kind) : Stamp(json.Deserialize(type, Options), apiVersion, kind);
    }

    /// <summary>As <see cref="Decode(JsonElement, string, string)"/>, for the text of one object whose model type is known.</summary>
    public static object Decode(ReadOnlySpan<byte> json, Type type, string apiVersion, string kind) => Stamp(JsonSerializer.Deserialize(json, type, Options), apiVersion, kind);

    private static object Stamp(object? value, string apiVersion, string kind)
    {
        var model = (IKubernetesObject)value!;
        model.ApiVersion = apiVersion;
        model.Kind = kind;
        return model;
    }

    /// <summary>As <see cref="Decode(JsonElement, string, string)"/>, for a document that names its own kind.</summary>
    public static object Decode(JsonNode json)
    {
        string apiVersion = json["apiVersion"]?.GetValue<string>() ?? "";
        string kind = json["kind"]?.GetValue<string>() ?? "";
        return Decode(json.Deserialize<JsonElement>(), apiVersion, kind);
    }

    /// <summary>Turns whatever a user pipes (a model object, one of our generic objects, a deserialized object, a hashtable) into JSON.</summary>
    /// <exception cref="KubeException">The value has no JSON form (<c>KubeInputInvalid</c>).</exception>
    public static JsonNode? ToJson(object? value)
    {
        return ToJson(value, 0);
    }

    /// <summary>As <see cref="ToJson(object?)"/>, for a value that has to be an object.</summary>
    public static JsonObject ToJsonObject(object value)
    {
        return ToJson(value) as JsonObject
            ?? throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidData, $"A Kubernetes object was expected, not a {TypeName(value)}.");
    }

    private static JsonNode? ToJson(object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new KubeException("KubeInputInvalid", ErrorCategory.LimitsExceeded, $"The object is nested more than {MaxDepth} levels deep, or refers to itself.");
        }

        if (value is PSObject wrapped)
        {
            object inner = wrapped.BaseObject;
            if (DeserializedModel(wrapped) is { } model) return FromDeserialized(wrapped, model, depth);
            if (inner is not PSCustomObject && inner is not PSObject) return ToJson(inner, depth);
            var json = new JsonObject();
            foreach (PSPropertyInfo property in wrapped.Properties)
            {
                // Type and format files add members for people; only what is stored on the object is data.
                if (property.MemberType is PSMemberTypes.NoteProperty or PSMemberTypes.Property) json[property.Name] = ToJson(property.Value, depth + 1);
            }

            return json;
        }

        switch (value)
        {
            case null or DBNull:
                return null;
            case double number when !double.IsFinite(number):
                throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidData, $"{number.ToString(CultureInfo.InvariantCulture)} has no place in a Kubernetes object: JSON cannot hold it.");
            case System.Numerics.BigInteger number:
                return JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));
            case JsonNode node:
                return node.DeepClone();
            case JsonElement element:
                return JsonSerializer.SerializeToNode(element);
            case string text:
                return JsonValue.Create(text);
            case bool flag:
                return JsonValue.Create(flag);
            case int number:
                return JsonValue.Create(number);
            case long number:
                return JsonValue.Create(number);
            case double number:
                return JsonValue.Create(number);
            case decimal number:
                return JsonValue.Create(number);
            case SwitchParameter flag:
                return JsonValue.Create(flag.IsPresent);
            case DateTime or DateTimeOffset or IntOrString or ResourceQuantity or byte[]:
                return JsonSerializer.SerializeToNode(value, value.GetType(), Options);
            case Enum or Uri or Guid or char or Version:
                return JsonValue.Create(value.ToString());
            case IDictionary map:
                var mapped = new JsonObject();
                foreach (DictionaryEntry entry in map) mapped[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = ToJson(entry.Value, depth + 1);
                return mapped;
        }

        Type type = value.GetType();
        if (type.Namespace == "k8s.Models") return JsonSerializer.SerializeToNode(value, type, Options);
        if (type.IsPrimitive) return JsonSerializer.SerializeToNode(value, type);
        if (value is IEnumerable list)
        {
            var items = new JsonArray();
            foreach (object? item in list) items.Add(ToJson(item, depth + 1));
            return items;
        }

        throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidData, $"A value of type {type.FullName} has no place in a Kubernetes object; use text, numbers, booleans, hashtables and arrays.");
    }

    private const int MaxDepth = 100;
    private const string DeserializedPrefix = "Deserialized.k8s.Models.";

    /// <summary>The model type that an object was before it came from a job, another machine or a file.</summary>
    private static Type? DeserializedModel(PSObject value)
    {
        string? name = value.TypeNames.FirstOrDefault(type => type.StartsWith(DeserializedPrefix, StringComparison.Ordinal) && !type.Contains('#', StringComparison.Ordinal));
        return name is null ? null : typeof(V1Pod).Assembly.GetType("k8s.Models." + name[DeserializedPrefix.Length..]);
    }

    /// <summary>Reads back the model's own fields, under their JSON names; members that views added are not data.</summary>
    private static JsonNode? FromDeserialized(PSObject value, Type model, int depth)
    {
        if (model == typeof(ResourceQuantity)) return JsonValue.Create(value.ToString());
        if (model == typeof(IntOrString)) return JsonSerializer.SerializeToNode((IntOrString)(value.Properties["Value"]?.Value?.ToString() ?? value.ToString()), Options);
        var json = new JsonObject();
        foreach (System.Text.Json.Serialization.Metadata.JsonPropertyInfo field in Options.GetTypeInfo(model).Properties)
        {
            string clrName = (field.AttributeProvider as System.Reflection.MemberInfo)?.Name ?? field.Name;
            if (value.Properties[clrName]?.Value is { } inner) json[field.Name] = ToJson(inner, depth + 1);
        }

        return json;
    }

    /// <summary>A PSObject that keeps every field and its order; nested objects are PSObjects, lists are arrays.</summary>
    public static PSObject ToPSObject(JsonElement json, string apiVersion, string kind)
    {
        PSObject result = ToPSObject(json);
        SetFirst(result, "kind", kind);
        SetFirst(result, "apiVersion", apiVersion);
        result.TypeNames.Insert(0, GenericTypeName);
        result.TypeNames.Insert(0, $"{GenericTypeName}#{apiVersion}/{kind}");
        return result;
    }

    private static void SetFirst(PSObject target, string name, string value)
    {
        // Items of a list carry no apiVersion and kind on the wire (kubernetes/kubernetes#63676).
        if (value.Length > 0 && target.Properties[name] is null) target.Properties.Add(new PSNoteProperty(name, value));
    }

    private static PSObject ToPSObject(JsonElement json)
    {
        var result = new PSObject();
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (property.Name.Length == 0) continue;
            result.Properties.Add(new PSNoteProperty(property.Name, ToValue(property.Value)), preValidated: true);
        }

        return result;
    }

    private static object? ToValue(JsonElement json)
    {
        return json.ValueKind switch
        {
            JsonValueKind.Object => ToPSObject(json),
            JsonValueKind.Array => json.EnumerateArray().Select(ToValue).ToArray(),
            JsonValueKind.String => json.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when json.TryGetInt64(out long whole) => whole,
            // Decimal keeps 1.10 and every digit that fits; what does not fit is a double in Kubernetes too.
            JsonValueKind.Number when json.TryGetDecimal(out decimal exact) => exact,
            JsonValueKind.Number => json.GetDouble(),
            _ => null,
        };
    }

    private static string TypeName(object value) => (value is PSObject wrapped ? wrapped.BaseObject : value).GetType().Name;

    private static JsonSerializerOptions MakeOptions()
    {
        // The client offers no reader for its options; the callback receives the live instance and we only copy it.
        JsonSerializerOptions? live = null;
        KubernetesJson.AddJsonOptions(options => live = options);
        var copy = new JsonSerializerOptions(live!) { MaxDepth = 256, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        copy.Converters.Insert(0, new ExactIntOrStringConverter());
        copy.Converters.Insert(0, new Quantity.Converter());
        copy.Converters.Insert(0, new LeapSecondConverter((JsonConverter<DateTime>)live!.GetConverter(typeof(DateTime))));
        return copy;
    }

    /// <summary>Reads 23:59:60, which RFC 3339 allows and .NET does not know, as the second after 23:59:59.</summary>
    private sealed class LeapSecondConverter(JsonConverter<DateTime> plain) : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 19 } text || text[16..19] != ":60") return plain.Read(ref reader, typeToConvert, options);
            return DateTime.TryParse(string.Concat(text.AsSpan(0, 16), ":59", text.AsSpan(19)), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal, out DateTime before) ? before.AddSeconds(1) : throw new FormatException();
        }

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => plain.Write(writer, value, options);
    }

    /// <summary>Keeps text text: the client's own converter writes <c>"080"</c> as the number 80.</summary>
    private sealed class ExactIntOrStringConverter : JsonConverter<IntOrString>
    {
        public override IntOrString? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            return reader.TokenType switch
            {
                JsonTokenType.Number => reader.GetInt64(),
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Null => null,
                _ => throw new JsonException("A number or a text was expected."),
            };
        }

        public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
        {
            // The model keeps both forms as text, so a number is what reads back as exactly the same digits.
            if (int.TryParse(value.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                && number.ToString(CultureInfo.InvariantCulture) == value.Value)
            {
                writer.WriteNumberValue(number);
            }
            else
            {
                writer.WriteStringValue(value.Value);
            }
        }
    }
}
