using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Output;

/// <summary>
/// Chooses the table an object is shown in, by a type name in front of its own: the wide one, the one with a NAMESPACE
/// column, or both. The object stays what it is.
/// </summary>
internal static class ViewTag
{
    /// <summary>Marks an object for the wide table, the one with namespaces, both, or neither.</summary>
    public static object Mark(object value, bool wide, bool namespaces) => (wide, namespaces) switch
    {
        (true, true) => Tag(value, "NamespacedWide"),
        (true, false) => Tag(value, "Wide"),
        (false, true) => Tag(value, "Namespaced"),
        _ => value,
    };

    private static PSObject Tag(object value, string view)
    {
        PSObject shown = PSObject.AsPSObject(value);
        bool generic = shown.BaseObject is PSCustomObject;
        string own = generic ? shown.TypeNames[0] : "";
        shown.TypeNames.Insert(0, $"{(generic ? ResourceJson.GenericTypeName : shown.BaseObject.GetType().FullName)}#{view}");
        // A few kinds that the model lacks have tables of their own.
        if (own.StartsWith(ResourceJson.GenericTypeName + "#", StringComparison.Ordinal)) shown.TypeNames.Insert(0, $"{own}#{view}");
        return shown;
    }
}
