using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PSKube.Resources;

/// <summary>Finds fields that the model of a kind does not have: mostly slips of the pen, which would be lost silently.</summary>
internal static class UnknownFields
{
    /// <summary>The paths of unknown fields, such as <c>spec.template.spec.containers[0].imag</c>; none for kinds without a model.</summary>
    public static IEnumerable<string> Of(JsonElement json, ResourceHeader header)
    {
        return ResourceJson.ModelType(header.ApiVersion, header.Kind) is { } type ? Walk(json, ResourceJson.Options.GetTypeInfo(type), "") : [];
    }

    /// <summary>The paths of fields that a part of an object, such as a container, does not have.</summary>
    public static IEnumerable<string> Of(JsonElement json, Type part) => Walk(json, ResourceJson.Options.GetTypeInfo(part), "");

    private static IEnumerable<string> Walk(JsonElement json, JsonTypeInfo type, string path)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when json.ValueKind == JsonValueKind.Object:
                foreach (JsonProperty field in json.EnumerateObject())
                {
                    string at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                    JsonPropertyInfo? known = type.Properties.FirstOrDefault(property => property.Name == field.Name);
                    if (known is null) yield return at;
                    else foreach (string inner in Walk(field.Value, ResourceJson.Options.GetTypeInfo(known.PropertyType), at)) yield return inner;
                }

                break;
            case JsonTypeInfoKind.Enumerable when json.ValueKind == JsonValueKind.Array && ElementType(type.Type) is { } element:
                int index = 0;
                foreach (JsonElement item in json.EnumerateArray())
                {
                    foreach (string inner in Walk(item, ResourceJson.Options.GetTypeInfo(element), $"{path}[{index}]")) yield return inner;
                    index++;
                }

                break;
            case JsonTypeInfoKind.Dictionary when json.ValueKind == JsonValueKind.Object && type.Type.GenericTypeArguments is [_, var value]:
                foreach (JsonProperty entry in json.EnumerateObject())
                {
                    foreach (string inner in Walk(entry.Value, ResourceJson.Options.GetTypeInfo(value), $"{path}.{entry.Name}")) yield return inner;
                }

                break;
        }
    }

    private static Type? ElementType(Type list) => list.IsArray ? list.GetElementType() : list.GenericTypeArguments is [var element] ? element : null;
}
