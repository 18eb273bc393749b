using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>Sets and removes probes.</summary>
internal sealed record ProbeEdit
{
    /// <summary>Which probes: <c>livenessProbe</c>, <c>readinessProbe</c>, <c>startupProbe</c>.</summary>
    public required IReadOnlyList<string> Probes { get; init; }

    /// <summary>True to take them out.</summary>
    public bool Remove { get; init; }

    /// <summary>The path that a GET has to answer; null for another way.</summary>
    public string? HttpPath { get; init; }

    /// <summary><c>HTTP</c>, <c>HTTPS</c>, or null for the server's choice.</summary>
    public string? Scheme { get; init; }

    /// <summary>True when a connection has to be taken.</summary>
    public bool Tcp { get; init; }

    /// <summary>The command that has to end well; none for another way.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The port, a number or a name; null for the container's only one.</summary>
    public string? Port { get; init; }

    /// <summary>Times and counts by their fields.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Numbers { get; init; } = [];

    /// <summary>The containers; none for the only one.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>The change.</summary>
    /// <exception cref="KubeException">What is given does not go together (<c>KubeInvalidArgument</c>).</exception>
    public PodEdit Build()
    {
        int ways = (HttpPath is null ? 0 : 1) + (Tcp ? 1 : 0) + (Command.Count == 0 ? 0 : 1);
        if (Probes.Count == 0) throw PodTemplateBuilder.Invalid("Which probe is meant is not said: -Liveness, -Readiness or -Startup.");
        if (ways > 1) throw PodTemplateBuilder.Invalid("A probe looks in one way: -HttpGet, -TcpSocket or -Exec.");
        if (Remove && (ways > 0 || Numbers.Count > 0 || Port is not null)) throw PodTemplateBuilder.Invalid("-Remove takes the probe out; what it would be is not needed.");
        if (!Remove && ways == 0 && Numbers.Count == 0) throw PodTemplateBuilder.Invalid("What the probe does is not said: -HttpGet, -TcpSocket or -Exec, or times for a probe that is there.");
        if (Port is not null && HttpPath is null && !Tcp) throw PodTemplateBuilder.Invalid("-Port is for -HttpGet and -TcpSocket.");
        if (Scheme is not null && HttpPath is null) throw PodTemplateBuilder.Invalid("-Scheme is for -HttpGet.");
        if (Numbers.Any(number => number is { Key: "successThreshold", Value: not 1 }) && Probes.Any(probe => probe != "readinessProbe")) throw PodTemplateBuilder.Invalid("-SuccessThreshold can only be 1 for liveness and startup probes.");
        if (Port is not null) ReadPort(Port);
        return podSpec => PodContainers.Patch(PodContainers.NamedOrOnly(podSpec, Containers), Fields);
    }

    private JsonObject Fields(PodContainers.Found found)
    {
        var fields = new JsonObject();
        foreach (string probe in Probes) fields[probe] = Remove ? null : Probe(found.Container, probe);
        return fields;
    }

    private JsonObject Probe(JsonObject container, string probe)
    {
        JsonObject? handler = Handler(container);
        if (handler is null && container[probe] is null) throw PodTemplateBuilder.Invalid($"The container '{container["name"]}' has no {probe} whose times could be set; say what it does: -HttpGet, -TcpSocket or -Exec.");
        // Another way to look takes the place of the old one, times and all. Where there is none, servers from 1.28 on would drop
        // a value that carries a directive (apimachinery's removeDirectives).
        JsonObject json = handler ?? [];
        if (handler is not null && container[probe] is not null) json[JsonOverrides.Directive] = "replace";
        foreach ((string field, int value) in Numbers) json[field] = value;
        return json;
    }

    private JsonObject? Handler(JsonObject container)
    {
        if (Command.Count > 0) return new JsonObject { ["exec"] = new JsonObject { ["command"] = new JsonArray([.. Command.Select(word => (JsonNode)word)]) } };
        if (Tcp) return new JsonObject { ["tcpSocket"] = new JsonObject { ["port"] = PortOf(container) } };
        if (HttpPath is null) return null;
        var get = new JsonObject { ["path"] = HttpPath.StartsWith('/') ? HttpPath : "/" + HttpPath, ["port"] = PortOf(container) };
        if (Scheme is not null) get["scheme"] = Scheme;
        return new JsonObject { ["httpGet"] = get };
    }

    private JsonNode PortOf(JsonObject container)
    {
        if (Port is not null) return ReadPort(Port);
        JsonArray ports = container["ports"] as JsonArray ?? [];
        if (ports.Count != 1) throw PodTemplateBuilder.Invalid($"The container '{container["name"]}' names {(ports.Count == 0 ? "no port" : "several ports")}: say with -Port which one is meant.");
        return ports[0]!["containerPort"]!.DeepClone();
    }

    private static JsonValue ReadPort(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number is >= 1 and <= 65535 ? JsonValue.Create(number) : throw PodTemplateBuilder.Invalid($"The port {ServerErrors.Escape(text)} is none: ports go from 1 to 65535.");
        ContainerBuilder.CheckPortName(text);
        return JsonValue.Create(text)!;
    }
}
