using System.Globalization;
using PSKube.Sandbox.Registry;

namespace PSKube.Sandbox.Controllers;

/// <summary>
/// When what happened to an object, in virtual time. Objects carry real moments, to the second; a sandbox that runs fifty times
/// as fast needs finer ones to tell how long something has lasted.
/// </summary>
internal sealed class VirtualTimes(SandboxClock clock)
{
    private readonly Dictionary<string, Dictionary<string, (string? Stamp, DateTime Since)>> _times = new(StringComparer.Ordinal);

    /// <summary>How long something has lasted that began at the moment <paramref name="stamp"/>; it is noticed now at the latest.</summary>
    public TimeSpan Lasting(string uid, string what, string? stamp)
    {
        DateTime now = clock.VirtualNow;
        lock (_times)
        {
            if (!_times.TryGetValue(uid, out Dictionary<string, (string? Stamp, DateTime Since)>? of)) _times[uid] = of = new(StringComparer.Ordinal);
            if (of.TryGetValue(what, out (string? Stamp, DateTime Since) known) && known.Stamp == stamp) return now - known.Since;
            DateTime since = now;
            // What is older than a step of the loop was there before anybody looked, as the objects of a file are.
            if (Moment(stamp) is { } moment && SandboxClock.Now - moment is var past && past > TimeSpan.FromSeconds(2)) since = now - past;
            of[what] = (stamp, since);
            return now - since;
        }
    }

    /// <summary>Forgets an object.</summary>
    public void Forget(string uid)
    {
        lock (_times) _times.Remove(uid);
    }

    /// <summary>A moment that an object carries; null when it is none.</summary>
    public static DateTime? Moment(string? stamp) =>
        DateTime.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime moment) ? moment : null;
}
