using System.Globalization;
using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Parameters;

/// <summary>Takes a number of pods, or as text a step from what there is: <c>4</c>, <c>'+2'</c>, <c>'-1'</c>.</summary>
public sealed class ReplicasTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        string text = (value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "").Trim();
        // PowerShell reads +2 and -1 as text; a negative number was computed, and is more often a sum gone wrong than a step.
        if (value is not string && text.StartsWith('-')) throw new ArgumentTransformationMetadataException($"There cannot be {text} pods. To take some away, give the step as text: -Replicas '{text}'.");
        if (ReplicaChange.Parse(text) is { } change) return change.ToString();
        throw new ArgumentTransformationMetadataException($"'{Api.ServerErrors.Escape(text)}' is no number of pods. Use a number (4), or a step from what there is ('+2', '-1').");
    }
}
