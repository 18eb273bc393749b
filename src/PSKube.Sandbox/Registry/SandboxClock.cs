using System.Diagnostics;

namespace PSKube.Sandbox.Registry;

/// <summary>
/// The sandbox's time. Moments written into objects are real ones; how long things take (a container's start, a back-off, the
/// minutes of a schedule) goes by virtual time, which runs <see cref="Speed"/> times as fast.
/// </summary>
internal sealed class SandboxClock(double speed)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly DateTime _startTime = DateTime.UtcNow;

    /// <summary>Virtual seconds per real second.</summary>
    public double Speed { get; } = speed;

    /// <summary>The real moment, UTC: for objects.</summary>
    public static DateTime Now => DateTime.UtcNow;

    /// <summary>The virtual moment, UTC: for schedules and delays.</summary>
    public DateTime VirtualNow => _startTime + (Stopwatch.GetElapsedTime(_start) * Speed);

    /// <summary>How long a virtual time really takes.</summary>
    public TimeSpan Real(TimeSpan virtualTime) => virtualTime / Speed;

    /// <summary>A moment as objects carry it.</summary>
    public static string Stamp(DateTime moment) => moment.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
