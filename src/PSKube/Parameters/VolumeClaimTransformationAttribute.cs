using System.Collections;
using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Commands.PersistentVolumeClaims;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Parameters;

/// <summary>
/// Takes volume claims: objects of that kind; a hashtable of names and sizes, <c>@{ www = '1Gi' }</c>; or hashtables of one claim each, with
/// the parameters of New-KubePersistentVolumeClaim, <c>@{ Name = 'www'; Size = '1Gi'; AccessMode = 'ReadWriteMany' }</c>.
/// </summary>
public sealed class VolumeClaimTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Fields = ["Name", "Size", "AccessMode", "StorageClass", "VolumeMode"];

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
            case IDictionary claim when Entry(claim, "Name") is not null && Entry(claim, "Size") is not null:
                claims.Add(Described(claim));
                break;
            case IDictionary sizes:
                foreach (DictionaryEntry entry in sizes) claims.Add(Claim(Text(entry.Key), Text(entry.Value), ["ReadWriteOnce"], null));
                break;
            default:
                throw new ArgumentTransformationMetadataException("A PersistentVolumeClaim with a name, or a hashtable such as @{ www = '1Gi' } or @{ Name = 'www'; Size = '1Gi'; AccessMode = 'ReadWriteMany' }, was expected.");
        }
    }

    private static V1PersistentVolumeClaim Described(IDictionary described)
    {
        string? unknown = described.Keys.Cast<object>().Select(Text).FirstOrDefault(key => !Fields.Contains(key, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null) throw new ArgumentTransformationMetadataException($"A volume claim's hashtable has no '{unknown}'; it has {string.Join(", ", Fields)}.");
        object modes = Entry(described, "AccessMode") ?? "ReadWriteOnce";
        string[] accessModes = [.. (modes is IEnumerable several and not string ? several.Cast<object>() : [modes]).Select(mode => Known<VolumeAccessMode>("AccessMode", mode))];
        V1PersistentVolumeClaim claim = Claim(Text(Entry(described, "Name")), Text(Entry(described, "Size")), accessModes, Entry(described, "StorageClass") is { } storageClass ? Text(storageClass) : null);
        if (Entry(described, "VolumeMode") is { } mode) claim.Spec.VolumeMode = Known<VolumeMode>("VolumeMode", mode);
        return claim;
    }

    private static string Known<T>(string field, object value)
        where T : struct, Enum
    {
        string? known = Enum.GetNames<T>().FirstOrDefault(name => name.Equals(Text(value), StringComparison.OrdinalIgnoreCase));
        return known ?? throw new ArgumentTransformationMetadataException($"'{Text(value)}' is no {field}; there are {string.Join(", ", Enum.GetNames<T>())}.");
    }

    /// <summary>A hashtable from PowerShell finds keys in any case; another dictionary need not.</summary>
    private static object? Entry(IDictionary described, string field) => described.Keys.Cast<object>().FirstOrDefault(key => Text(key).Equals(field, StringComparison.OrdinalIgnoreCase)) is { } key ? described[key] : null;

    private static string Text(object? value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? "";

    private static V1PersistentVolumeClaim Claim(string name, string size, IReadOnlyList<string> accessModes, string? storageClass)
    {
        if (!NameRules.IsLabel(name)) throw new ArgumentTransformationMetadataException($"'{name}' is no name of a volume: lower-case letters, digits and '-'.");
        try
        {
            return StatefulSetBuilder.Claim(name, Quantity.Parse(size), accessModes, storageClass);
        }
        catch (FormatException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message);
        }
    }
}
