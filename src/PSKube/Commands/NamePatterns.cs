using System.Management.Automation;

namespace PSKube.Commands;

/// <summary>Names and wildcards that somebody asks for, where the objects are already here. Case counts, as in every name of Kubernetes.</summary>
internal static class NamePatterns
{
    /// <summary>True when the name is asked for; null asks for all.</summary>
    public static bool Match(string[]? patterns, string? name) => patterns is null || Array.Exists(patterns, pattern => WildcardPattern.Get(pattern, WildcardOptions.None).IsMatch(name ?? ""));
}
