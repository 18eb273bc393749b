using System.ComponentModel;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// Tells on an applied object what the apply did, as the member <c>ApplyAction</c>; computed, so that it never becomes part of
/// the object's own data.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ApplyOutcome
{
    /// <summary>The type name whose table shows what an apply did.</summary>
    internal const string TypeName = "PSKube.Applied";

    private static readonly ConditionalWeakTable<object, object> Actions = [];
    private static readonly MethodInfo Getter = typeof(ApplyOutcome).GetMethod(nameof(Action))!;

    /// <summary>What the apply did; null for an object that was not applied.</summary>
    /// <param name="applied">The object.</param>
    public static object? Action(PSObject applied)
    {
        ArgumentNullException.ThrowIfNull(applied);
        return Actions.TryGetValue(Key(applied), out object? action) ? action : null;
    }

    /// <summary>Notes what the apply did and shows the object in the table of applied ones.</summary>
    internal static PSObject Mark(object value, ApplyAction action)
    {
        PSObject shown = PSObject.AsPSObject(value);
        Actions.AddOrUpdate(Key(shown), action);
        if (shown.Properties[nameof(ApplyAction)] is null) shown.Members.Add(new PSCodeProperty(nameof(ApplyAction), Getter));
        shown.TypeNames.Insert(0, TypeName);
        return shown;
    }

    private static object Key(PSObject value) => value.BaseObject is PSCustomObject ? value : value.BaseObject;
}
