namespace PSKube.Config;

/// <summary>What this process may do for a kubeconfig: the strictest of what the machine, the user, the environment and the session say.</summary>
/// <param name="CredentialPluginPolicy">Which credential plugins may be started.</param>
/// <param name="CredentialPluginAllowlist">With <c>Allowlist</c>, the programs that every list allows and that are there, as full paths.</param>
/// <param name="Rules">What each place says; empty when none says anything.</param>
public sealed record KubePolicy(CredentialPluginPolicy CredentialPluginPolicy, IReadOnlyList<string> CredentialPluginAllowlist, IReadOnlyList<KubePolicyRule> Rules)
{
    /// <summary>The policy's word.</summary>
    public override string ToString() => CredentialPluginPolicy.ToString();
}
