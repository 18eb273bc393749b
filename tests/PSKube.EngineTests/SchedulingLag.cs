using System.Diagnostics;

namespace PSKube.EngineTests;

/// <summary>
/// How late this machine is by itself: the time that work on the thread pool has to wait on a machine that has too much to do. A
/// limit of a second is given that much more, for the several hands through which the end of a command goes.
/// </summary>
internal sealed class SchedulingLag : IDisposable
{
    private const int Hands = 8;

    private readonly CancellationTokenSource _stop = new();
    private long _worst;

    /// <summary>Begins to measure.</summary>
    public SchedulingLag() => _ = Task.Run(MeasureAsync);

    /// <summary>What to allow for.</summary>
    public TimeSpan Worst => Hands * TimeSpan.FromTicks(Volatile.Read(ref _worst));

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task MeasureAsync()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            await Task.Delay(10, CancellationToken.None);
            await Task.Yield();
            long late = Stopwatch.GetElapsedTime(start).Ticks - TimeSpan.FromMilliseconds(15).Ticks;
            if (late > Volatile.Read(ref _worst)) Volatile.Write(ref _worst, late);
        }
    }
}
