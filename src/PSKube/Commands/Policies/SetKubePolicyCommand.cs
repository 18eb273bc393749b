using System.Management.Automation;
using PSKube.Config;

namespace PSKube.Commands.Policies;

/// <summary>
/// Says which credential plugins of kubeconfig files this process may start, in all its runspaces and until it ends. What the
/// machine's policy file, kubectl's kuberc or the environment forbid stays forbidden. No file is changed.
/// </summary>
/// <remarks>Errors: <c>KubeConfigInvalid</c>.</remarks>
[Cmdlet(VerbsCommon.Set, "KubePolicy", SupportsShouldProcess = true)]
[OutputType(typeof(KubePolicy))]
public sealed class SetKubePolicyCommand : KubeCmdlet
{
    /// <summary><c>AllowAll</c>, <c>Allowlist</c> or <c>DenyAll</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public CredentialPluginPolicy CredentialPluginPolicy { get; set; }

    /// <summary>With <c>Allowlist</c>: names, sought on PATH, or full paths. Links and <c>..</c> are not followed, and on Linux and macOS the case counts.</summary>
    [Parameter(Position = 1)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[]? CredentialPluginAllowlist { get; set; }

    /// <summary>Emits the policy that holds from now on.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        PluginRule rule = PluginRule.Create("Set-KubePolicy", CredentialPluginPolicy.ToString(), CredentialPluginAllowlist);
        if (!ShouldProcess("this process", $"Set the policy for credential plugins to {CredentialPluginPolicy}")) return;
        PluginPolicyReader.Default.Session = rule;
        KubePolicy policy = PluginPolicyReader.Default.Current().Sum();
        if (policy.CredentialPluginPolicy > CredentialPluginPolicy) WriteWarning($"The policy stays {policy.CredentialPluginPolicy}: {string.Join(", ", policy.Rules.Where(other => other.CredentialPluginPolicy > CredentialPluginPolicy).Select(other => other.Source))} is stricter.");
        if (PassThru) WriteObject(policy);
    }
}
