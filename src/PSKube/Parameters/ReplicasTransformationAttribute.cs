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
        // A number written on the command line knows how it was written: +2 is a step without quotes too.
        string text = (inputData?.ToString() ?? "").Trim();
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        bool written = value is string || text.StartsWith('+');
        if (!written && value is IFormattable number) text = number.ToString(null, CultureInfo.InvariantCulture);
        // A negative number is more often a sum gone wrong than a wish to have fewer.
        if (!written && text.StartsWith('-')) throw new ArgumentTransformationMetadataException($"There cannot be {text} pods. To take some away, write the step as text: -Replicas '{text}'.");
        if (ReplicaChange.Parse(text) is { } change) return change.ToString();
        throw new ArgumentTransformationMetadataException($"'{Api.ServerErrors.Escape(text)}' is no number of pods. Use a number (4), or a step from what there is ('+2', '-1').");
    }
}
