using System.Collections;
using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Parameters;

/// <summary>Takes volume claims: objects of that kind, or a hashtable of names and sizes, <c>@{ www = '1Gi' }</c>.</summary>
public sealed class VolumeClaimTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var claims = new List<V1PersistentVolumeClaim>();
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        foreach (object? item in value is IEnumerable and not IDictionary and not string ? (IEnumerable)value : new[] { value }) Add(claims, item is PSObject inner && inner.BaseObject is not PSCustomObject ? inner.BaseObject : item);
        return claims.ToArray();
    }

    private static void Add(List<V1PersistentVolumeClaim> claims, object? item)
    {
        switch (item)
        {
            case V1PersistentVolumeClaim claim when claim.Metadata?.Name is { Length: > 0 }:
                claims.Add(claim);
                break;
            case IDictionary sizes:
                foreach (DictionaryEntry entry in sizes) claims.Add(Sized(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "", Convert.ToString(entry.Value is PSObject size ? size.BaseObject : entry.Value, CultureInfo.InvariantCulture) ?? ""));
                break;
            default:
                throw new ArgumentTransformationMetadataException("A PersistentVolumeClaim with a name, or a hashtable of names and sizes such as @{ www = '1Gi' }, was expected.");
        }
    }

    private static V1PersistentVolumeClaim Sized(string name, string size)
    {
        if (!NameRules.IsLabel(name)) throw new ArgumentTransformationMetadataException($"'{name}' is no name of a volume: lower-case letters, digits and '-'.");
        try
        {
            return StatefulSetBuilder.Claim(name, Quantity.Parse(size), ["ReadWriteOnce"], null);
        }
        catch (FormatException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message);
        }
    }
}
