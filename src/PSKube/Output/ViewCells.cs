using System.ComponentModel;
using System.Management.Automation;

namespace PSKube.Output;

/// <summary>
/// <see cref="ViewText"/> for the script blocks of <c>PSKube.Format.ps1xml</c>: <c>[PSKube.Output.ViewCells]::Cell[$_, 'Name']</c>.
/// In the Constrained Language Mode they may read a property and an index, and may not call a method. For the engine, not to be
/// called by name.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ViewCells
{
    /// <summary>See <see cref="ViewText.Cell"/>.</summary>
    public static MemberCell Cell { get; } = new(ViewText.Cell);

    /// <summary>See <see cref="ViewText.Blank"/>.</summary>
    public static MemberCell Blank { get; } = new(ViewText.Blank);

    /// <summary>See <see cref="ViewText.Unset"/>.</summary>
    public static MemberCell Unset { get; } = new(ViewText.Unset);

    /// <summary>See <see cref="ViewText.Since"/>.</summary>
    public static MemberCell Since { get; } = new(ViewText.Since);

    /// <summary>See <see cref="ViewText.OneLine"/>.</summary>
    public static MemberCell OneLine { get; } = new(ViewText.OneLine);

    /// <summary>See <see cref="ViewText.Clock"/>.</summary>
    public static MemberCell Clock { get; } = new(ViewText.Clock);

    /// <summary>See <see cref="ViewText.First"/>.</summary>
    public static MemberCell First { get; } = new(ViewText.First);

    /// <summary>See <see cref="ViewText.FirstTwo"/>.</summary>
    public static MemberCell FirstTwo { get; } = new(ViewText.FirstTwo);

    /// <summary>See <see cref="ViewText.Several"/>.</summary>
    public static MemberCell Several { get; } = new(ViewText.Several);

    /// <summary>See <see cref="ViewText.Age"/>.</summary>
    public static ObjectCell Age { get; } = new(ViewText.Age);

    /// <summary>See <see cref="ViewText.Restarts"/>.</summary>
    public static ObjectCell Restarts { get; } = new(ViewText.Restarts);

    /// <summary>See <see cref="ViewText.ExternalAddress"/>.</summary>
    public static ObjectCell ExternalAddress { get; } = new(ViewText.ExternalAddress);

    /// <summary>See <see cref="ViewText.IngressAddress"/>.</summary>
    public static ObjectCell IngressAddress { get; } = new(ViewText.IngressAddress);

    /// <summary>See <see cref="ViewText.StorageClassName"/>.</summary>
    public static ObjectCell StorageClassName { get; } = new(ViewText.StorageClassName);

    /// <summary>See <see cref="ViewText.VolumeExpansion"/>.</summary>
    public static ObjectCell VolumeExpansion { get; } = new(ViewText.VolumeExpansion);

    /// <summary>See <see cref="ViewText.QualifiedName"/>.</summary>
    public static ObjectCell QualifiedName { get; } = new(ViewText.QualifiedName);

    /// <summary>See <see cref="ViewText.Workload"/>.</summary>
    public static ObjectCell Workload { get; } = new(ViewText.Workload);

    /// <summary>See <see cref="ViewText.StateOf"/>.</summary>
    public static ObjectCell StateOf { get; } = new(ViewText.StateOf);

    /// <summary>What a rollout's pods were made of.</summary>
    public static ObjectCell Template { get; } = new(static target => (target.BaseObject as KubeRolloutRevision)?.Describe() ?? "");

    /// <summary>See <see cref="ViewText.Applied"/>.</summary>
    public static ObjectCell Applied { get; } = new(ViewText.Applied);
}

/// <summary>A text that is made of one member of an object.</summary>
/// <param name="text">What makes it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MemberCell(Func<PSObject, string, string> text)
{
    /// <summary>The text.</summary>
    /// <param name="target">The object.</param>
    /// <param name="member">The member.</param>
    public string this[PSObject target, string member] => text(target, member);
}

/// <summary>A text that is made of an object.</summary>
/// <param name="text">What makes it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ObjectCell(Func<PSObject, string> text)
{
    /// <summary>The text.</summary>
    /// <param name="target">The object.</param>
    public string this[PSObject target] => text(target);
}
