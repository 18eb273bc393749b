using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// Which credential plugins may be started: those that every rule allows, whoever made it. Immutable; asked at the one place
/// that starts a plugin.
/// </summary>
internal sealed class PluginPolicy(IReadOnlyList<PluginRule> rules)
{
    /// <summary>Refuses a program that must not be started.</summary>
    /// <param name="command">The plugin as the kubeconfig calls it, for the message.</param>
    /// <param name="file">The file that would be started.</param>
    public void Demand(string command, string file)
    {
        if (rules.FirstOrDefault(rule => !rule.Allows(file)) is not { } against) return;
        throw new KubeException("KubePluginDenied", ErrorCategory.SecurityError, $"The credential plugin '{command}' ({file}) is not allowed by {against.Source} ({against.Policy}).")
        {
            EndsCommand = true,
            Target = command,
            RecommendedAction = against.Policy == CredentialPluginPolicy.DenyAll ? $"If you trust it, set the policy in {against.Source} to Allowlist and name it." : $"If you trust it, add it to the allowlist in {against.Source}.",
        };
    }

    /// <summary>What all rules come to.</summary>
    public KubePolicy Sum()
    {
        CredentialPluginPolicy strictest = rules.Select(static rule => rule.Policy).DefaultIfEmpty(CredentialPluginPolicy.AllowAll).Max();
        string[] allowed = strictest != CredentialPluginPolicy.Allowlist
            ? []
            : [.. rules.SelectMany(static rule => rule.Allowlist).Select(ExecCommand.Locate).OfType<string>().Distinct(StringComparer.Ordinal).Where(file => rules.All(rule => rule.Allows(file)))];
        KubePolicyRule[] each = [.. rules.Select(static rule => new KubePolicyRule(rule.Source, rule.Policy, rule.Allowlist))];
        return new KubePolicy(strictest, allowed, each);
    }
}
