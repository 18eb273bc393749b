namespace PSKube.Sandbox.Nodes;

/// <summary>The files that a container sees: its volumes at their mount paths, its own disk, and what its image brings.</summary>
internal sealed class ContainerFiles(string image, string hostname, IReadOnlyList<(string Path, string SubPath, bool ReadOnly, VolumeFiles Files)> mounts)
{
    private readonly VolumeFiles _own = new VolumeFiles().With("etc/hostname", hostname + "\n");
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly VolumeFiles _image = ImageFiles.Of(image);

    /// <summary>The file or folder at a full path; null when there is none.</summary>
    public FileEntry? Find(string path)
    {
        path = Clean(path);
        if (Mount(path) is { } mount) return mount.Files.Find(mount.Path);
        string own = path[1..];
        if (_own.Find(own) is { } entry) return entry;
        if (mounts.Any(one => one.Path.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal))) return new FileEntry { IsFolder = true };
        return _removed.Contains(own) ? null : _image.Find(own);
    }

    /// <summary>The names within a folder, sorted.</summary>
    public IReadOnlyList<string> Names(string path)
    {
        path = Clean(path);
        if (Mount(path) is { } mount) return [.. mount.Files.Names(mount.Path).Order(StringComparer.Ordinal)];
        string own = path[1..], prefix = path.TrimEnd('/') + "/";
        return [.. _own.Names(own).Concat(_image.Names(own).Where(name => !_removed.Contains((prefix + name)[1..])))
            .Concat(mounts.Where(one => one.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(one => one.Path[prefix.Length..].Split('/')[0])).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Opens a file to write.</summary>
    /// <exception cref="IOException">It cannot be written, in the words of a shell.</exception>
    public FileEntry Open(string path, bool append)
    {
        path = Clean(path);
        if (Find(path) is { IsFolder: true }) throw new IOException("Is a directory");
        if (Find(Parent(path)) is not { IsFolder: true }) throw new IOException("nonexistent directory");
        if (Mount(path) is { } mount) return mount.ReadOnly ? throw new IOException("Read-only file system") : mount.Files.Open(mount.Path, append);
        string own = path[1..];
        if (append && _own.Find(own) is null && Find(path) is { } image) _own.Open(own, false).Append(image.Content.Span);
        _removed.Remove(own);
        return _own.Open(own, append);
    }

    /// <summary>Makes a folder.</summary>
    public void MakeFolder(string path)
    {
        path = Clean(path);
        if (Mount(path) is { } mount) mount.Files.Folder(mount.Path);
        else _own.Folder(path[1..]);
    }

    /// <summary>Takes a file or folder away.</summary>
    public void Remove(string path)
    {
        path = Clean(path);
        if (Mount(path) is { } mount) mount.Files.Remove(mount.Path);
        else
        {
            _own.Remove(path[1..]);
            _removed.Add(path[1..]);
        }
    }

    /// <summary>A full path without <c>.</c>, <c>..</c> and doubled slashes.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".") parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The folder of a path.</summary>
    public static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";

    private (VolumeFiles Files, string Path, bool ReadOnly)? Mount(string path)
    {
        (string Path, string SubPath, bool ReadOnly, VolumeFiles Files)? best = null;
        foreach ((string Path, string SubPath, bool ReadOnly, VolumeFiles Files) one in mounts)
        {
            if ((path == one.Path || path.StartsWith(one.Path.TrimEnd('/') + "/", StringComparison.Ordinal)) && (best is null || one.Path.Length > best.Value.Path.Length)) best = one;
        }

        if (best is not { } mount) return null;
        string within = path.Length > mount.Path.Length ? path[mount.Path.Length..].TrimStart('/') : "";
        return (mount.Files, mount.SubPath.Length == 0 ? within : within.Length == 0 ? mount.SubPath : $"{mount.SubPath}/{within}", mount.ReadOnly);
    }
}
