using System.Collections;
using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Parameters;

/// <summary>Takes a container's resources: <c>@{ requests = @{ cpu = '100m' }; limits = @{ memory = '200Mi' } }</c>.</summary>
public sealed class ResourcesTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = Unwrap(inputData);
        if (value is not IDictionary map) return inputData;
        var resources = new V1ResourceRequirements();
        foreach (DictionaryEntry entry in map)
        {
            string part = Text(entry.Key);
            if (Unwrap(entry.Value) is not IDictionary amounts) throw new ArgumentTransformationMetadataException($"'{part}' has to be a hashtable of amounts, for example @{{ cpu = '100m'; memory = '200Mi' }}.");
            switch (part.ToLowerInvariant())
            {
                case "limits":
                    resources.Limits = Amounts(amounts);
                    break;
                case "requests":
                    resources.Requests = Amounts(amounts);
                    break;
                default:
                    throw new ArgumentTransformationMetadataException($"'{part}' is no part of a container's resources; there are limits and requests.");
            }
        }

        return resources;
    }

    private static Dictionary<string, ResourceQuantity> Amounts(IDictionary amounts)
    {
        var result = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in amounts) result[Text(entry.Key)] = Amount(Text(entry.Value));
        return result;
    }

    private static object Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value!;

    private static string Text(object? value) => Convert.ToString(Unwrap(value), CultureInfo.InvariantCulture) ?? "";

    private static ResourceQuantity Amount(string text)
    {
        try
        {
            return Quantity.Parse(text);
        }
        catch (FormatException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message);
        }
    }
}
