using System.Runtime.CompilerServices;

namespace PSKube.Api;

/// <summary>Work that runs side by side, its results in the order in which the work was given.</summary>
internal static class Ordered
{
    /// <summary>How many results may wait for an earlier one, for each that runs: one slow work does not hold the others up at once, nor is everything kept in memory.</summary>
    private const int Ahead = 4;

    /// <summary>Runs work, so many at a time; a failure of any comes when it is its turn.</summary>
    public static async IAsyncEnumerable<T> Of<T>(IEnumerable<Func<CancellationToken, Task<T>>> works, int limit, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var places = new SemaphoreSlim(limit);
        var running = new Queue<Task<T>>();
        try
        {
            foreach (Func<CancellationToken, Task<T>> work in works)
            {
                while (running.Count >= limit * Ahead || (running.TryPeek(out Task<T>? first) && first.IsCompleted)) yield return await running.Dequeue().ConfigureAwait(false);
                running.Enqueue(Task.Run(() => InPlaceAsync(work, places, stop.Token), CancellationToken.None));
            }

            while (running.TryDequeue(out Task<T>? next)) yield return await next.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Nothing outlives its reader: what still runs has ended before we say that we have.
            await Task.WhenAll(running).ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static async Task<T> InPlaceAsync<T>(Func<CancellationToken, Task<T>> work, SemaphoreSlim places, CancellationToken cancel)
    {
        await places.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await work(cancel).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }
}
