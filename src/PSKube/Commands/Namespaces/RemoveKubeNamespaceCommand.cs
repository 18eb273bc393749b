using System.Management.Automation;
using PSKube.Resources;

namespace PSKube.Commands.Namespaces;

/// <summary>Deletes namespaces, and with them everything in them.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeNamespace", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeNamespaceCommand : RemoveNamedCmdlet
{
    private protected override ResourceKind? OwnKind => BuiltInKinds.Namespace;
}
