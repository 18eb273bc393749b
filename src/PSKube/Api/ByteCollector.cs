using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Api;

/// <summary>Bytes whose number is not known beforehand, kept in blocks and copied once.</summary>
internal sealed class ByteCollector
{
    private const int FirstBlock = 4 * 1024;
    private const int LargestBlock = 1024 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _block = [];
    private int _used;
    private long _length;

    /// <summary>Adds bytes.</summary>
    /// <exception cref="KubeException">More than an array can hold (<c>KubeOutputTooLarge</c>).</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (_length > Array.MaxLength) throw new KubeException("KubeOutputTooLarge", ErrorCategory.LimitsExceeded, "The command wrote more than 2 GB, which is more than a result can hold.") { RecommendedAction = "Use -Stream, or let the command write into a file." };
        while (bytes.Length > 0)
        {
            if (_used == _block.Length) Grow();
            int count = Math.Min(bytes.Length, _block.Length - _used);
            bytes[..count].CopyTo(_block.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>All of them.</summary>
    public byte[] ToArray()
    {
        var all = new byte[_length];
        int at = 0;
        foreach (byte[] block in _full)
        {
            block.CopyTo(all, at);
            at += block.Length;
        }

        _block.AsSpan(0, _used).CopyTo(all.AsSpan(at));
        return all;
    }

    private void Grow()
    {
        if (_used > 0) _full.Add(_block);
        _block = new byte[Math.Clamp(_block.Length * 2, FirstBlock, LargestBlock)];
        _used = 0;
    }
}
