namespace PSKube.Config;

/// <summary>Which credential plugins of kubeconfig files may be started; the words are those of kubectl's kuberc.</summary>
public enum CredentialPluginPolicy
{
    /// <summary>Every plugin.</summary>
    AllowAll,

    /// <summary>Only those that a list names.</summary>
    Allowlist,

    /// <summary>None.</summary>
    DenyAll,
}
