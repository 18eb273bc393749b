using System.Globalization;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>One container whose log is read.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="Uid">The pod's uid: one that was created anew under its name tells another log.</param>
/// <param name="Instance">The id of the container that runs now; null when none does. After a restart it is another.</param>
/// <param name="Restarts">How often the container had been restarted then.</param>
internal sealed record LogSource(string? Namespace, string Pod, string Container, string? Uid, string? Instance, int? Restarts)
{
    /// <summary>A container of a pod that has just been read.</summary>
    public static LogSource Of(V1Pod pod, string ns, string container)
    {
        V1ContainerStatus? status = ContainerChoice.Status(pod, container);
        if (status?.State?.Running is null) status = null;
        return new LogSource(ns, pod.Metadata.Name, container, pod.Metadata.Uid, status?.ContainerID, status?.RestartCount);
    }

    /// <summary>The pod as messages and errors name it.</summary>
    public KubeReference Reference => new("Pod", Namespace, Pod);

    /// <summary>kubectl's head of a line that tells where it comes from.</summary>
    public string Prefix { get; } = $"[pod/{Pod}/{Container}] ";
}

/// <summary>Which part of a log to read, as the API's PodLogOptions say it.</summary>
internal sealed record LogOptions
{
    /// <summary>Go on with new lines until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>The log of the instance before the last restart.</summary>
    public bool Previous { get; init; }

    /// <summary>Only the last lines; null for all.</summary>
    public long? Tail { get; init; }

    /// <summary>Only lines younger than this, in whole seconds; null for all.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>Only lines since this moment, UTC; null for all.</summary>
    public DateTime? SinceTime { get; init; }

    /// <summary>At most so many bytes; null for all.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Leave the server's timestamp at the head of each line.</summary>
    public bool ShowTimes { get; init; }

    /// <summary>Tell when each line was written.</summary>
    public bool ReadTimes { get; init; }

    /// <summary>How long a followed container may take to start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// True when the server is asked for timestamps: a followed log is taken up again by them. Not when bytes are counted, because
    /// the server counts those of the timestamps too.
    /// </summary>
    public bool AsksForTimes => ShowTimes || ReadTimes || (Follow && LimitBytes is null);

    /// <summary>True when a broken connection can be taken up again without loss.</summary>
    public bool CanResume => Follow && !Previous && LimitBytes is null;
}

/// <summary>One line of a log.</summary>
/// <param name="Time">When it was written, UTC; null when the server was not asked or did not say.</param>
/// <param name="Text">The line without its end.</param>
internal readonly record struct LogLine(DateTime? Time, string Text);

/// <summary>Lines that came together, or the reason why no more come.</summary>
internal readonly record struct LogPart(LogSource Source, IReadOnlyList<LogLine> Lines, KubeException? Failure);

/// <summary>The moment at the head of a line, as the kubelet writes it: RFC 3339 with up to nine digits of a second, and a space.</summary>
/// <param name="Utc">The moment, to 100 ns.</param>
/// <param name="Nanoseconds">What it has beyond that.</param>
internal readonly record struct LogTime(DateTime Utc, int Nanoseconds)
{
    private const int SecondsLength = 19;
    private const int FractionDigits = 9;

    /// <summary>The sizes of the pieces in which container runtimes store a long line: containerd's and Docker's, CRI-O's.</summary>
    private static readonly int[] PieceSizes = [16384, 8192];

    /// <summary>Reads the moment; false when the line does not begin with one.</summary>
    /// <param name="line">The line.</param>
    /// <param name="time">The moment.</param>
    /// <param name="length">How many bytes it takes, its space included.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, out LogTime time, out int length)
    {
        time = default;
        length = 0;
        int space = line[..Math.Min(line.Length, 40)].IndexOf((byte)' ');
        if (space <= SecondsLength || line[4] != '-' || line[10] != 'T' || line[13] != ':') return false;
        Span<char> text = stackalloc char[40];
        for (int i = 0; i < space; i++) text[i] = (char)line[i];
        int zone = SecondsLength;
        int fraction = 0;
        if (line[SecondsLength] == '.')
        {
            for (zone++; zone < space && char.IsAsciiDigit(text[zone]); zone++) fraction = zone - SecondsLength <= FractionDigits ? (fraction * 10) + (text[zone] - '0') : fraction;
            for (int digits = zone - SecondsLength - 1; digits < FractionDigits; digits++) fraction *= 10;
        }

        if (!DateTime.TryParseExact(text[..SecondsLength], "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime local) || !TryReadZone(text[zone..space], out TimeSpan ahead)) return false;
        length = space + 1;
        time = new LogTime(local.AddTicks(fraction / 100) - ahead, fraction % 100);
        return true;
    }

    /// <summary>Takes out the moments that an old kubelet (1.20 does) also puts at the head of each stored piece of a long line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="head">How many bytes its own moment takes.</param>
    public static ReadOnlySpan<byte> WithoutInner(ReadOnlySpan<byte> line, int head)
    {
        foreach (int size in PieceSizes)
        {
            if (line.Length <= head + size || !TryRead(line[(head + size)..], out _, out int inner)) continue;
            var whole = new List<byte>(line.Length);
            whole.AddRange(line[..(head + size)]);
            ReadOnlySpan<byte> rest = line[(head + size)..];
            while (TryRead(rest, out _, out inner))
            {
                rest = rest[inner..];
                int count = Math.Min(size, rest.Length);
                whole.AddRange(rest[..count]);
                rest = rest[count..];
            }

            whole.AddRange(rest);
            return whole.ToArray();
        }

        return line;
    }

    private static bool TryReadZone(ReadOnlySpan<char> text, out TimeSpan ahead)
    {
        ahead = TimeSpan.Zero;
        if (text is "Z") return true;
        if (text.Length != 6 || text[0] is not ('+' or '-') || !TimeSpan.TryParseExact(text[1..], "hh\\:mm", CultureInfo.InvariantCulture, out TimeSpan size)) return false;
        ahead = text[0] == '-' ? -size : size;
        return true;
    }
}
