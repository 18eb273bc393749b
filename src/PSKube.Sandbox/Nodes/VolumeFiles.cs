namespace PSKube.Sandbox.Nodes;

/// <summary>A file or a folder.</summary>
internal sealed class FileEntry
{
    private byte[] _data = [];

    /// <summary>True for a folder.</summary>
    public bool IsFolder { get; init; }

    /// <summary>How long the content is.</summary>
    public int Length { get; private set; }

    /// <summary>When it was last written.</summary>
    public DateTime Modified { get; private set; } = DateTime.UtcNow;

    /// <summary>The content as it is now.</summary>
    public ReadOnlyMemory<byte> Content => _data.AsMemory(0, Length);

    /// <summary>Adds to the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_data.Length < Length + bytes.Length) Array.Resize(ref _data, Math.Max(Length + bytes.Length, Math.Min(_data.Length * 2, int.MaxValue / 2)));
        bytes.CopyTo(_data.AsSpan(Length));
        Length += bytes.Length;
        Modified = DateTime.UtcNow;
    }
}

/// <summary>The files of one volume, or of one container's own disk, by their path from its top (<c>a/b</c>).</summary>
internal sealed class VolumeFiles
{
    private readonly SortedDictionary<string, FileEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Where content comes from that is not written here: the keys of a config map; null for a plain volume.</summary>
    public Func<IReadOnlyDictionary<string, byte[]>?>? Source { get; init; }

    /// <summary>The file or folder at a path; null when there is none. The top is always there.</summary>
    public FileEntry? Find(string path)
    {
        lock (_entries)
        {
            Refresh();
            if (path.Length == 0) return s_top;
            return _entries.GetValueOrDefault(path) ?? (_entries.Keys.Any(one => one.StartsWith(path + "/", StringComparison.Ordinal)) ? s_top : null);
        }
    }

    /// <summary>The names directly within a folder.</summary>
    public IEnumerable<string> Names(string folder)
    {
        lock (_entries)
        {
            Refresh();
            string prefix = folder.Length == 0 ? "" : folder + "/";
            return [.. _entries.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..].Split('/')[0]).Distinct()];
        }
    }

    /// <summary>Opens a file to write, new or emptied; with <paramref name="append"/> as it is.</summary>
    public FileEntry Open(string path, bool append)
    {
        lock (_entries)
        {
            if (append && _entries.TryGetValue(path, out FileEntry? there) && !there.IsFolder) return there;
            return _entries[path] = new FileEntry();
        }
    }

    /// <summary>Makes a file with that content.</summary>
    public VolumeFiles With(string path, string content)
    {
        Open(path, false).Append(System.Text.Encoding.UTF8.GetBytes(content));
        return this;
    }

    /// <summary>Makes a folder.</summary>
    public VolumeFiles Folder(string path)
    {
        lock (_entries) _entries.TryAdd(path, new FileEntry { IsFolder = true });
        return this;
    }

    /// <summary>Takes a file, or a folder with all in it, away.</summary>
    public void Remove(string path)
    {
        lock (_entries)
        {
            foreach (string one in _entries.Keys.Where(one => one == path || one.StartsWith(path + "/", StringComparison.Ordinal)).ToArray()) _entries.Remove(one);
        }
    }

    private static readonly FileEntry s_top = new() { IsFolder = true };

    private void Refresh()
    {
        if (Source is null) return;
        IReadOnlyDictionary<string, byte[]> content = Source() ?? new Dictionary<string, byte[]>();
        foreach (string gone in _entries.Keys.Where(one => !content.ContainsKey(one)).ToArray()) _entries.Remove(gone);
        foreach ((string path, byte[] bytes) in content)
        {
            if (_entries.TryGetValue(path, out FileEntry? there) && there.Content.Span.SequenceEqual(bytes)) continue;
            Open(path, false).Append(bytes);
        }
    }
}
