using System.Globalization;
using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>Events: their times, how often, from whom; by kubectl's rules for the fields that old and new clients fill in.</summary>
internal static class EventText
{
    /// <summary>When it was last seen.</summary>
    public static DateTime? LastSeen(Corev1Event seen) => Real(seen.Series?.LastObservedTime) ?? Real(seen.LastTimestamp) ?? FirstSeen(seen);

    /// <summary>When it was first seen.</summary>
    public static DateTime? FirstSeen(Corev1Event seen) => Real(seen.FirstTimestamp) ?? Real(seen.EventTime);

    /// <summary>How often it was seen.</summary>
    public static int Count(Corev1Event seen) => seen.Series?.Count ?? (seen.Count is > 0 ? seen.Count.Value : 1);

    /// <summary>What it is about: <c>pod/web</c>.</summary>
    public static string ObjectName(Corev1Event seen)
    {
        string kind = (seen.InvolvedObject?.Kind ?? "").ToLowerInvariant();
        return string.IsNullOrEmpty(seen.InvolvedObject?.Name) ? kind : $"{kind}/{seen.InvolvedObject.Name}";
    }

    /// <summary>Who reports it, and on which machine.</summary>
    public static string Source(Corev1Event seen)
    {
        string component = string.IsNullOrEmpty(seen.Source?.Component) ? seen.ReportingComponent ?? "" : seen.Source.Component;
        string host = string.IsNullOrEmpty(seen.Source?.Host) ? seen.ReportingInstance ?? "" : seen.Source.Host;
        return host.Length == 0 ? component : $"{component}, {host}";
    }

    /// <summary>
    /// Events in the order in which they were last seen. Most know the second only, so those of one second stay in the server's
    /// order, behind the ones that know more: a pod is scheduled before its image is pulled.
    /// </summary>
    public static IEnumerable<Corev1Event> Ordered(IEnumerable<Corev1Event> events)
    {
        return events.OrderBy(seen => (LastSeen(seen) ?? DateTime.MinValue).Ticks / TimeSpan.TicksPerSecond).ThenBy(seen => Real(seen.LastTimestamp) is null ? 0 : 1);
    }

    /// <summary>Writes the section with which a description ends; nothing when the events are not known.</summary>
    public static void Write(DescriptionWriter writer, DescribeFacts facts)
    {
        if (facts.Events is null) return;
        if (facts.Events.Count == 0)
        {
            writer.Field("Events", DescriptionWriter.None);
            return;
        }

        writer.Flush();
        using IDisposable section = writer.Open("Events");
        writer.Table(["Type", "Reason", "Age", "From", "Message"], facts.Events.Select(seen => (string[])[seen.Type ?? "", seen.Reason ?? "", Interval(seen, facts), From(seen), (seen.Message ?? "").Trim()]), line: ["----", "------", "----", "----", "-------"]);
    }

    private static string From(Corev1Event seen) => string.IsNullOrEmpty(seen.Source?.Component) ? seen.ReportingComponent ?? "" : seen.Source.Component;

    private static string Interval(Corev1Event seen, DescribeFacts facts)
    {
        string first = facts.Since(Real(seen.EventTime) ?? seen.FirstTimestamp);
        int count = Count(seen);
        return seen.Series is not null || count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{facts.Since(LastSeen(seen))} (x{count} over {first})") : first;
    }

    private static DateTime? Real(DateTime? moment) => moment is { Year: > 1 } ? moment : null;
}
