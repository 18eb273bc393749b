namespace PSKube.Config;

/// <summary>What one place says about credential plugins. Immutable, and never misspelt: that is an error where it is read.</summary>
internal sealed class PluginRule
{
    private readonly string[] _allowed;

    private PluginRule(string source, CredentialPluginPolicy policy, string[] allowed) => (Source, Policy, _allowed) = (source, policy, allowed);

    /// <summary>The place, for messages.</summary>
    public string Source { get; }

    public CredentialPluginPolicy Policy { get; }

    /// <summary>The names and paths, as written.</summary>
    public IReadOnlyList<string> Allowlist => _allowed;

    /// <summary>The rule that two settings make; no policy at all allows everything.</summary>
    public static PluginRule Create(string source, string policy, IEnumerable<string>? allowlist)
    {
        CredentialPluginPolicy parsed = policy switch
        {
            "" or nameof(CredentialPluginPolicy.AllowAll) => CredentialPluginPolicy.AllowAll,
            nameof(CredentialPluginPolicy.Allowlist) => CredentialPluginPolicy.Allowlist,
            nameof(CredentialPluginPolicy.DenyAll) => CredentialPluginPolicy.DenyAll,
            _ => throw ConfigErrors.Invalid(source, $"credentialPluginPolicy is '{policy}'; it is AllowAll, DenyAll or Allowlist"),
        };
        string[] allowed = [.. allowlist ?? []];
        if (parsed != CredentialPluginPolicy.Allowlist)
        {
            if (allowlist is not null) throw ConfigErrors.Invalid(source, "credentialPluginAllowlist is only for the credentialPluginPolicy Allowlist");
            return new PluginRule(source, parsed, []);
        }

        if (allowed.Length == 0 || allowed.Contains("")) throw ConfigErrors.Invalid(source, "credentialPluginAllowlist names no plugin, or has an entry that names none");
        // It would never match, and whoever wrote it would believe that it does.
        if (allowed.FirstOrDefault(IsRelative) is { } relative) throw ConfigErrors.Invalid(source, $"credentialPluginAllowlist has the relative path '{relative}'; write a name that is sought on PATH, or a full path");
        return new PluginRule(source, parsed, allowed);
    }

    /// <summary>
    /// Whether a file may be started. As in kubectl, an entry stands for exactly one file: its full path letter by letter, or what
    /// PATH has under its name. Links and <c>..</c> are not followed, so that neither is a way in.
    /// </summary>
    public bool Allows(string file)
    {
        StringComparison exact = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Policy == CredentialPluginPolicy.AllowAll || _allowed.Any(entry => string.Equals(ExecCommand.Locate(entry), file, exact));
    }

    private static bool IsRelative(string entry) => !Path.IsPathFullyQualified(entry) && entry.AsSpan().IndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) >= 0;
}
