using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using k8s.Models;

namespace PSKube.Parameters;

/// <summary>Takes a container's resources: <c>@{ requests = @{ cpu = '100m' }; limits = @{ memory = '200Mi' } }</c>.</summary>
public sealed partial class ResourcesTransformationAttribute : ArgumentTransformationAttribute
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

    /// <summary>Refuses a text that is no quantity (apimachinery <c>resource/quantity.go</c>); its size is bounded before it is worked out.</summary>
    internal static ResourceQuantity Quantity(string text)
    {
        Match match = QuantityText().Match(text);
        if (!match.Success || text.Length > 40) throw new ArgumentTransformationMetadataException($"'{(text.Length > 40 ? text[..40] + "..." : text)}' is no quantity; write 500m, 0.5, 200Mi or 1Gi.");
        string exponent = match.Groups["exponent"].Value;
        if (exponent.Length > 0 && (!int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int power) || Math.Abs(power) > 18)) throw new ArgumentTransformationMetadataException($"'{text}' is larger or smaller than any quantity.");
        return new ResourceQuantity(text);
    }

    private static Dictionary<string, ResourceQuantity> Amounts(IDictionary amounts)
    {
        var result = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in amounts) result[Text(entry.Key)] = Quantity(Text(entry.Value));
        return result;
    }

    private static object Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value!;

    private static string Text(object? value) => Convert.ToString(Unwrap(value), CultureInfo.InvariantCulture) ?? "";

    [GeneratedRegex(@"\A[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE](?<exponent>[+-]?[0-9]+))?\z")]
    private static partial Regex QuantityText();
}
