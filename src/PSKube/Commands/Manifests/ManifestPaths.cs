using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Commands.Manifests;

/// <summary>The manifest files that a path means: a file, a wildcard, or a folder with its manifests.</summary>
internal static class ManifestPaths
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <summary>The files of a path with wildcards.</summary>
    /// <exception cref="KubeException">There is none, or it is not in the file system (<c>KubeManifestUnreadable</c>).</exception>
    public static IReadOnlyList<string> Resolve(PSCmdlet cmdlet, string path, bool recurse)
    {
        string[] found;
        try
        {
            found = [.. cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider)];
            if (provider.Name != "FileSystem") throw Elsewhere(path);
        }
        catch (Exception failure) when (failure is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw None(path);
        }

        return found.Length == 0 ? throw None(path) : [.. found.SelectMany(item => Open(item, path, recurse))];
    }

    /// <summary>The files of a path that is taken as it is.</summary>
    /// <exception cref="KubeException">There is none, or it is not in the file system (<c>KubeManifestUnreadable</c>).</exception>
    public static IReadOnlyList<string> ResolveLiteral(PSCmdlet cmdlet, string path, bool recurse)
    {
        string file = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? Open(file, path, recurse) : throw Elsewhere(path);
    }

    private static string[] Open(string item, string path, bool recurse)
    {
        if (!Directory.Exists(item)) return File.Exists(item) ? [item] : throw None(path);
        var depth = recurse ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        string[] files = [.. Directory.EnumerateFiles(item, "*", depth).Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new KubeException("KubeManifestUnreadable", ErrorCategory.ObjectNotFound, $"There is no manifest (*.yaml, *.yml, *.json) in the folder {path}.") { Target = path };
    }

    private static KubeException None(string path) => new("KubeManifestUnreadable", ErrorCategory.ObjectNotFound, $"There is no file {path}.") { Target = path };

    private static KubeException Elsewhere(string path) => new("KubeManifestUnreadable", ErrorCategory.InvalidArgument, $"{path} is not in the file system.") { Target = path };
}
