namespace PSKube.Config;

/// <summary>When a credential plugin may ask the person at the terminal (client.authentication.k8s.io/v1 <c>interactiveMode</c>).</summary>
internal enum ExecInteractiveMode
{
    IfAvailable,
    Never,
    Always,
}

/// <summary>A credential plugin as kubeconfig describes it.</summary>
internal sealed class ExecCommand
{
    /// <summary>The file name or path, as written; a relative path has been resolved against the kubeconfig's folder.</summary>
    public required string Command { get; init; }

    public required string ApiVersion { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public string? InstallHint { get; init; }

    public ExecInteractiveMode InteractiveMode { get; init; }

    /// <summary>The <c>spec.cluster</c> to hand to the plugin as JSON, or null.</summary>
    public string? ClusterInfo { get; init; }

    /// <summary>
    /// The absolute file to start, or null. Only PATH counts, and only its absolute folders: .NET would also take a program
    /// from the current directory, so that a cloned repository could plant one (Go refuses this too, golang.org/issue/43724).
    /// </summary>
    public static string? Locate(string command)
    {
        if (Path.IsPathFullyQualified(command)) return Candidates(command).FirstOrDefault(IsProgram);
        if (command.AsSpan().IndexOfAny('/', '\\') >= 0) return null;
        foreach (string folder in (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string clean = folder.Trim('"');
            if (!Path.IsPathFullyQualified(clean)) continue;
            if (Candidates(Path.Combine(clean, command)).FirstOrDefault(IsProgram) is { } found) return found;
        }

        return null;
    }

    private static IEnumerable<string> Candidates(string path)
    {
        if (!OperatingSystem.IsWindows()) return [path];
        string[] extensions = (System.Environment.GetEnvironmentVariable("PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").Split(';', StringSplitOptions.RemoveEmptyEntries);
        return extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? [path] : extensions.Select(extension => path + extension);
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & anyExecute) != 0);
    }
}
