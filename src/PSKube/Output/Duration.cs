using System.Globalization;

namespace PSKube.Output;

/// <summary>Ages as kubectl prints them (apimachinery <c>util/duration/duration.go</c>, HumanDuration).</summary>
internal static class Duration
{
    /// <summary>The clock; tests set their own.</summary>
    public static TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>The time since a moment; null for an unknown one.</summary>
    public static TimeSpan? Since(DateTime? moment)
    {
        // The server writes Go's zero time for "never" in some places; kubectl shows it as unknown too.
        if (moment is not { } at || at.Year <= 1) return null;
        return Clock.GetUtcNow().UtcDateTime - at.ToUniversalTime();
    }

    /// <summary>A length of time in kubectl's words; <c>&lt;unknown&gt;</c> for none.</summary>
    public static string Text(TimeSpan? length)
    {
        if (length is not { } span) return "<unknown>";
        long seconds = (long)Math.Truncate(span.TotalSeconds);
        if (seconds < -1) return "<invalid>";
        if (seconds < 0) return "0s";
        long minutes = seconds / 60, hours = seconds / 3600, days = hours / 24, years = days / 365;
        return (seconds, minutes, hours, days) switch
        {
            ( < 120, _, _, _) => Plain($"{seconds}s"),
            (_, < 10, _, _) => Pair(minutes, "m", seconds % 60, "s"),
            (_, < 180, _, _) => Plain($"{minutes}m"),
            (_, _, < 8, _) => Pair(hours, "h", minutes % 60, "m"),
            (_, _, < 48, _) => Plain($"{hours}h"),
            (_, _, < 192, _) => Pair(days, "d", hours % 24, "h"),
            (_, _, _, < 730) => Plain($"{days}d"),
            (_, _, _, < 2920) => Pair(years, "y", days % 365, "d"),
            _ => Plain($"{years}y"),
        };
    }

    private static string Pair(long large, string largeUnit, long small, string smallUnit) => small == 0 ? Plain($"{large}{largeUnit}") : Plain($"{large}{largeUnit}{small}{smallUnit}");

    private static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
