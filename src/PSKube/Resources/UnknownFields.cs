using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PSKube.Resources;

/// <summary>Finds fields that the model of a kind does not have: mostly slips of the pen, which would be lost silently.</summary>
internal static class UnknownFields
{
    private static readonly ConcurrentDictionary<Type, Shape> Shapes = new();

    /// <summary>The paths of unknown fields, such as <c>spec.template.spec.containers[0].imag</c>; none for kinds without a model.</summary>
    public static IReadOnlyList<string> Of(JsonElement json, ResourceHeader header) => ResourceJson.ModelType(header.ApiVersion, header.Kind) is { } type ? Of(json, type) : [];

    /// <summary>The paths of fields that a part of an object, such as a container, does not have.</summary>
    public static IReadOnlyList<string> Of(JsonElement json, Type part)
    {
        List<string>? unknown = null;
        Walk(json, part, ref unknown);
        return unknown ?? [];
    }

    private static void Walk(JsonElement json, Type type, ref List<string>? unknown)
    {
        Shape shape = Shapes.GetOrAdd(type, Shape.Of);
        if (shape.Fields is { } fields && json.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty field in json.EnumerateObject())
            {
                string name = field.Name;
                if (fields.TryGetValue(name, out Type? known)) Walk(field.Value, known, name, ref unknown);
                else (unknown ??= []).Add(name);
            }
        }
        else if (shape.Element is { } element && json.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in json.EnumerateArray())
            {
                int before = unknown?.Count ?? 0;
                Walk(item, element, ref unknown);
                if (unknown?.Count > before) Prefix(unknown, before, string.Create(CultureInfo.InvariantCulture, $"[{index}]"));
                index++;
            }
        }
        else if (shape.Value is { } value && json.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty entry in json.EnumerateObject()) Walk(entry.Value, value, entry.Name, ref unknown);
        }
    }

    private static void Walk(JsonElement json, Type type, string name, ref List<string>? unknown)
    {
        if (json.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return;
        int before = unknown?.Count ?? 0;
        Walk(json, type, ref unknown);
        if (unknown?.Count > before) Prefix(unknown, before, name);
    }

    /// <summary>What was found within a field gets the field's name before it: paths are made only where there is one to tell.</summary>
    private static void Prefix(List<string> unknown, int from, string name)
    {
        for (int i = from; i < unknown.Count; i++) unknown[i] = unknown[i].StartsWith('[') ? name + unknown[i] : $"{name}.{unknown[i]}";
    }

    /// <summary>What may stand within a value of a type: fields, elements of a list, values of a dictionary, or nothing.</summary>
    private sealed record Shape(Dictionary<string, Type>? Fields, Type? Element, Type? Value)
    {
        public static Shape Of(Type type)
        {
            JsonTypeInfo info = ResourceJson.Options.GetTypeInfo(type);
            return info.Kind switch
            {
                JsonTypeInfoKind.Object => new Shape(info.Properties.ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.Ordinal), null, null),
                JsonTypeInfoKind.Enumerable => new Shape(null, type.IsArray ? type.GetElementType() : type.GenericTypeArguments is [var element] ? element : null, null),
                JsonTypeInfoKind.Dictionary => new Shape(null, null, type.GenericTypeArguments is [_, var value] ? value : null),
                _ => new Shape(null, null, null),
            };
        }
    }
}
