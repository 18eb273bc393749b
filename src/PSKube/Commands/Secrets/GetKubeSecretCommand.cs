using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Commands.Secrets;

/// <summary>Reads secrets. Tables never show their values; the objects hold them.</summary>
[Cmdlet(VerbsCommon.Get, "KubeSecret", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Secret))]
public sealed class GetKubeSecretCommand : ReadKindCmdlet
{
    private protected override ResourceKind Kind => BuiltInKinds.Secret;
}
