using k8s.Models;

namespace PSKube.Output.Describe;

/// <summary>What a description needs beside the object: the time, its events, and what was read along with it. Null is what could not be read, or does not belong to the kind.</summary>
internal sealed record DescribeFacts
{
    /// <summary>The time from which ages are counted, UTC.</summary>
    public required DateTime Now { get; init; }

    /// <summary>The zone in which times are written; kubectl writes local ones.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>The events about the object; null when they are not wanted or cannot be read.</summary>
    public IReadOnlyList<Corev1Event>? Events { get; init; }

    /// <summary>A deployment's ReplicaSets.</summary>
    public IReadOnlyList<V1ReplicaSet>? ReplicaSets { get; init; }

    /// <summary>The pods of a controller, those on a node, or those that use a claim.</summary>
    public IReadOnlyList<V1Pod>? Pods { get; init; }

    /// <summary>Where a service leads.</summary>
    public IReadOnlyList<ServiceEndpoint>? Endpoints { get; init; }

    /// <summary>A namespace's quotas.</summary>
    public IReadOnlyList<V1ResourceQuota>? Quotas { get; init; }

    /// <summary>A namespace's limit ranges.</summary>
    public IReadOnlyList<V1LimitRange>? Limits { get; init; }

    /// <summary>A node's sign of life.</summary>
    public V1Lease? Lease { get; init; }

    /// <summary>The secrets that are tokens of a service account.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }

    /// <summary>Everything that was read along with the object.</summary>
    public IReadOnlyList<object> Related { get; init; } = [];

    /// <summary>A moment as kubectl writes it: RFC 1123 with the zone's offset.</summary>
    public string Time(DateTime? moment)
    {
        if (moment is not { } at) return "<unknown>";
        DateTimeOffset local = TimeZoneInfo.ConvertTime(new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero), Zone);
        string offset = local.ToString("zzz", System.Globalization.CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        return local.ToString("ddd, dd MMM yyyy HH:mm:ss ", System.Globalization.CultureInfo.InvariantCulture) + offset;
    }

    /// <summary>The time since a moment in kubectl's words.</summary>
    public string Since(DateTime? moment) => Duration.Text(moment is { Year: > 1 } at ? Now - at.ToUniversalTime() : null);
}

/// <summary>One address behind a service's port.</summary>
/// <param name="PortName">The port's name; null when the address is for all ports.</param>
/// <param name="Address">The address, with the port when there is one.</param>
internal sealed record ServiceEndpoint(string? PortName, string Address)
{
    /// <summary>The addresses of slices that may receive traffic (an unknown state counts as ready).</summary>
    public static IEnumerable<ServiceEndpoint> Of(V1EndpointSlice slice)
    {
        V1Endpoint[] ready = [.. (slice.Endpoints ?? []).Where(endpoint => endpoint.Conditions?.Ready != false && endpoint.Addresses is { Count: > 0 })];
        if (slice.Ports is not { Count: > 0 } ports) return ready.Select(endpoint => new ServiceEndpoint(null, endpoint.Addresses[0]));
        return ports.SelectMany(port => ready.Select(endpoint => new ServiceEndpoint(port.Name ?? "", Join(endpoint.Addresses[0], port.Port ?? 0))));
    }

    /// <summary>The addresses of the older kind of endpoints.</summary>
    public static IEnumerable<ServiceEndpoint> Of(V1Endpoints endpoints)
    {
        foreach (V1EndpointSubset subset in endpoints.Subsets ?? [])
        {
            IList<V1EndpointAddress> addresses = subset.Addresses ?? [];
            if (subset.Ports is not { Count: > 0 } ports)
            {
                foreach (V1EndpointAddress address in addresses) yield return new ServiceEndpoint(null, address.Ip);
                continue;
            }

            foreach (Corev1EndpointPort port in ports)
            {
                foreach (V1EndpointAddress address in addresses) yield return new ServiceEndpoint(port.Name ?? "", Join(address.Ip, port.Port));
            }
        }
    }

    private static string Join(string address, int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{port}");
}
