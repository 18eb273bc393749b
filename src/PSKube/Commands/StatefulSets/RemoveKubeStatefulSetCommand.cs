using System.Management.Automation;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.StatefulSets;

/// <summary>Deletes stateful sets, and with them their pods. Their persistent volume claims stay.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeStatefulSet", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeStatefulSetCommand : RemoveKindCmdlet
{
    /// <summary>The names; one with wildcards is matched against what is there.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    private protected override IReadOnlyList<string>? Names => Name;

    private protected override ResourceKind? OwnKind => BuiltInKinds.StatefulSet;
}
