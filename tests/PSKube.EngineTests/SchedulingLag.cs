using System.Globalization;

namespace PSKube.EngineTests;

/// <summary>
/// How long this process has had work to do and no processor to do it on, by the kernel's own count (Linux: run delay in
/// <c>/proc/self/task/*/schedstat</c>; elsewhere it is taken as none). A limit of a second is given that much more.
/// </summary>
internal sealed class SchedulingLag
{
    private TimeSpan _before = Total();

    /// <summary>Since the beginning, or the last <see cref="Restart"/>.</summary>
    public TimeSpan Waited => Total() is var now && now > _before ? now - _before : TimeSpan.Zero;

    /// <summary>Begins to count now; always true, for use at the end of a condition.</summary>
    public bool Restart()
    {
        _before = Total();
        return true;
    }

    private static TimeSpan Total()
    {
        if (!Directory.Exists("/proc/self/task")) return TimeSpan.Zero;
        long nanoseconds = 0;
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                nanoseconds += long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
            {
                // The thread has ended meanwhile, or this kernel does not count.
            }
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
    }
}
