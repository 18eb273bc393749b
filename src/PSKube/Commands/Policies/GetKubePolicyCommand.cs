using System.Management.Automation;
using PSKube.Config;

namespace PSKube.Commands.Policies;

/// <summary>
/// Tells which credential plugins of kubeconfig files may be started: the strictest of the machine's policy file, kubectl's kuberc,
/// the environment and Set-KubePolicy.
/// </summary>
/// <remarks>Errors: <c>KubeConfigInvalid</c>.</remarks>
[Cmdlet(VerbsCommon.Get, "KubePolicy")]
[OutputType(typeof(KubePolicy))]
public sealed class GetKubePolicyCommand : KubeCmdlet
{
    private protected override void Process() => WriteObject(PluginPolicyReader.Default.Current().Sum());
}
