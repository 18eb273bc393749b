using System.Management.Automation;

namespace PSKube.Commands.Clusters;

/// <summary>What a person types as a kubeconfig's path, relative to where PowerShell stands and not to where the process does.</summary>
internal static class KubeconfigPaths
{
    /// <summary>The full path of a file that need not exist; null for null.</summary>
    public static string? FullPath(this PSCmdlet cmdlet, string? path) => path is null ? null : cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
}
