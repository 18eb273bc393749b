using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PSKube.Api;

/// <summary>Several streams read as one, each item as soon as it comes; a slow reader holds them all back.</summary>
internal static class Merged
{
    /// <summary>Merges streams; the first failure of any ends the whole.</summary>
    public static async IAsyncEnumerable<T> Of<T>(IReadOnlyCollection<Func<CancellationToken, IAsyncEnumerable<T>>> sources, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var channel = Channel.CreateBounded<T>(64);
        Task pumps = Task.WhenAll(sources.Select(source => Task.Run(() => PumpAsync(source(stop.Token), channel.Writer, stop.Token), CancellationToken.None)));
        _ = pumps.ContinueWith(done => channel.Writer.TryComplete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (T item in channel.Reader.ReadAllAsync(cancel).ConfigureAwait(false)) yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // A stream must not outlive its reader: connections are closed before we say that we have ended.
            await pumps.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static async Task PumpAsync<T>(IAsyncEnumerable<T> source, ChannelWriter<T> target, CancellationToken cancel)
    {
        try
        {
            await foreach (T item in source.WithCancellation(cancel).ConfigureAwait(false)) await target.WriteAsync(item, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // A cancellation that nobody asked for must not pass for the end of the stream.
            target.TryComplete(failure);
        }
    }
}
