using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Parameters;

/// <summary>
/// Takes parts of pods, such as containers and volumes: objects of the model, hashtables with the fields' own names, or just a
/// name.
/// </summary>
/// <param name="part">The model's type of the part.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PodPartTransformationAttribute(Type part) : ArgumentTransformationAttribute
{
    /// <summary>The model's type of the part.</summary>
    public Type Part { get; } = part;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Unwrap(inputData);
        object?[] items = value is IEnumerable several and not IDictionary and not string ? [.. several.Cast<object?>()] : [value];
        var parts = Array.CreateInstance(Part, items.Length);
        for (int i = 0; i < items.Length; i++) parts.SetValue(Read(Unwrap(items[i])), i);
        return parts;
    }

    private object Read(object? item)
    {
        if (item is null) throw new ArgumentTransformationMetadataException($"A {Noun} was expected, not null.");
        if (Part.IsInstanceOfType(item)) return item;
        try
        {
            JsonElement json = item is string name ? JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["name"] = name }) : ResourceJson.ToJsonObject(item).Deserialize<JsonElement>();
            if (UnknownFields.Of(json, Part) is [var field, ..]) throw new ArgumentTransformationMetadataException($"A {Noun} has no field '{field}'{Hint(field)}; the names are Kubernetes' own, with their small and capital letters.");
            return json.Deserialize(Part, ResourceJson.Options)!;
        }
        catch (KubeException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new ArgumentTransformationMetadataException($"What was given does not fit a {Noun}{(failure is JsonException { Path: { } path } ? $" at {path}" : "")}.");
        }
    }

    private string Noun => Part.Name[2..].ToLowerInvariant();

    private string Hint(string field)
    {
        string[] near = [.. Nearness.Closest(field, ResourceJson.Options.GetTypeInfo(Part).Properties.Select(property => property.Name))];
        return near.Length == 0 ? "" : $" (did you mean {string.Join(" or ", near)}?)";
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
}
