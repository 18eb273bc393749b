namespace PSKube.Config;

/// <summary>Where a path leads when every link on the way is followed; a folder of links must not be a way out of it.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path without links; as it is from the point on where nothing is there.</summary>
    public static string Of(string path)
    {
        int links = 0;
        string root = Path.GetPathRoot(path)!;
        string real = root;
        var parts = new Stack<string>(Split(path[root.Length..]));
        while (parts.TryPop(out string? part))
        {
            string next = Path.Combine(real, part);
            if (LinkTarget(next) is not { } target)
            {
                real = next;
                continue;
            }

            // A circle leads nowhere: reading it fails by itself.
            if (++links > MaxLinks) return path;
            string full = Path.GetFullPath(target, real);
            root = Path.GetPathRoot(full)!;
            real = root;
            foreach (string piece in Split(full[root.Length..])) parts.Push(piece);
        }

        return real;
    }

    /// <summary>True for what is in a folder or in one of its folders.</summary>
    public static bool IsBelow(string path, string folder)
    {
        StringComparison exact = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        string start = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return path.StartsWith(start, exact);
    }

    private static IEnumerable<string> Split(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).AsEnumerable().Reverse();

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
