using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// Which credential plugins may be started: what kubectl's own preferences file says (<c>~/.kube/kuberc</c> or <c>KUBERC</c>,
/// fields <c>credentialPluginPolicy</c> and <c>credentialPluginAllowlist</c>, kubectl 1.35), so that one rule holds for both.
/// </summary>
internal sealed class PluginPolicy
{
    /// <summary>What holds without a preferences file: every plugin may run.</summary>
    public static readonly PluginPolicy AllowAll = new([], allowAll: true, "");

    private readonly IReadOnlyList<string> _allowed;
    private readonly bool _allowAll;
    private readonly string _source;

    private PluginPolicy(IReadOnlyList<string> allowed, bool allowAll, string source) => (_allowed, _allowAll, _source) = (allowed, allowAll, source);

    /// <summary>The policy of this user.</summary>
    public static PluginPolicy FromEnvironment()
    {
        string? named = Environment.GetEnvironmentVariable("KUBERC");
        if (string.Equals(named, "off", StringComparison.OrdinalIgnoreCase)) return AllowAll;
        string path = string.IsNullOrEmpty(named) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "kuberc") : Path.GetFullPath(named);
        return File.Exists(path) ? Read(path) : AllowAll;
    }

    /// <summary>The policy in a preferences file. One that is misspelt allows nothing: it is an error.</summary>
    public static PluginPolicy Read(string path)
    {
        ConfigNode? root = KubeconfigFile.Parse(path, KubeconfigFile.ReadText(path));
        string policy = root?.Get("credentialPluginPolicy")?.Text ?? "";
        ConfigNode? list = root?.Get("credentialPluginAllowlist");
        if (policy is not ("" or "AllowAll" or "DenyAll" or "Allowlist")) throw ConfigErrors.Invalid(path, $"credentialPluginPolicy is '{policy}'; it is AllowAll, DenyAll or Allowlist");
        if (policy != "Allowlist") return list is null ? new PluginPolicy([], policy is "" or "AllowAll", path) : throw ConfigErrors.Invalid(path, "credentialPluginAllowlist is only for the credentialPluginPolicy Allowlist");
        // kubectl 1.35 calls the field 'name', later ones 'command'.
        string[] allowed = [.. (list?.Items ?? []).Select(static entry => (entry.Get("command") ?? entry.Get("name"))?.Text ?? "")];
        if (allowed.Length == 0 || allowed.Contains("")) throw ConfigErrors.Invalid(path, "credentialPluginAllowlist names no plugin, or has an entry that names none");
        return new PluginPolicy(allowed, allowAll: false, path);
    }

    /// <summary>Refuses a program that must not be started.</summary>
    /// <param name="command">The plugin as the kubeconfig calls it, for the message.</param>
    /// <param name="file">The file that would be started.</param>
    public void Demand(string command, string file)
    {
        StringComparison exact = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        // A bare name stands for the file that PATH has under it, so that a path to another file of that name is no way in.
        if (_allowAll || _allowed.Any(entry => string.Equals(ExecCommand.Locate(entry), file, exact))) return;
        throw new KubeException("KubePluginDenied", ErrorCategory.SecurityError, $"The credential plugin '{command}' ({file}) is not allowed by {_source}.")
        {
            EndsCommand = true,
            Target = command,
            RecommendedAction = "If you trust it, add it to credentialPluginAllowlist there.",
        };
    }
}
