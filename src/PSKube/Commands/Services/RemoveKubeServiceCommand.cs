using System.Management.Automation;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Services;

/// <summary>Deletes services.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeService", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeServiceCommand : RemoveKindCmdlet
{
    /// <summary>The names; one with wildcards is matched against what is there.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    private protected override IReadOnlyList<string>? Names => Name;

    private protected override ResourceKind? OwnKind => BuiltInKinds.Service;
}
