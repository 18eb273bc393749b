namespace PSKube.Config;

/// <summary>What one place says about credential plugins.</summary>
/// <param name="Source">The place: a file, an environment variable, or <c>Set-KubePolicy</c>.</param>
/// <param name="CredentialPluginPolicy">What it says.</param>
/// <param name="CredentialPluginAllowlist">The names and paths that it lists, as they are written there.</param>
public sealed record KubePolicyRule(string Source, CredentialPluginPolicy CredentialPluginPolicy, IReadOnlyList<string> CredentialPluginAllowlist)
{
    /// <summary>The policy and where it stands.</summary>
    public override string ToString() => $"{CredentialPluginPolicy} ({Source})";
}
