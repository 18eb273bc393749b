namespace PSKube.Sandbox.Server;

/// <summary>Reads several pieces of memory as one text.</summary>
internal sealed class PartsStream(IReadOnlyList<ReadOnlyMemory<byte>> parts) : SequentialStream(reads: true, writes: false)
{
    private int _part;
    private int _at;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = 0;
        while (count < buffer.Length && _part < parts.Count)
        {
            ReadOnlySpan<byte> rest = parts[_part].Span[_at..];
            int take = Math.Min(rest.Length, buffer.Length - count);
            rest[..take].CopyTo(buffer[count..]);
            count += take;
            _at += take;
            if (_at == parts[_part].Length) (_part, _at) = (_part + 1, 0);
        }

        return count;
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));
}
