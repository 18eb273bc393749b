using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Rules;

/// <summary>
/// The addresses and node ports of services: 10.96.0.0/12 and 30000–32767, as kubeadm and the API server have them. What is
/// taken is what the store's services have; a note of every change of theirs saves looking through them.
/// </summary>
/// <remarks><c>pkg/registry/core/service/storage</c>, <c>ipallocator</c> and <c>portallocator</c>.</remarks>
internal sealed class ServiceAddresses
{
    private const uint First = 0x0A600000, Size = 1 << 20;
    private const string Range = "10.96.0.0/12";
    private const int FirstPort = 30000, LastPort = 32767;

    private readonly ObjectStore _store;
    private readonly int _minor;
    private readonly Dictionary<string, int> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _ports = [];

    /// <summary>Begins to take note of a store's services.</summary>
    public ServiceAddresses(ObjectStore store, int minor)
    {
        _store = store;
        _minor = minor;
        foreach (StoredObject service in store.List(Kinds.Services)) Note(service, 1);
        store.Listen(change =>
        {
            if (change.Object.Resource != Kinds.Services) return;
            if (change.Previous is not null) Note(change.Previous, -1);
            if (change.Type != StoreEventType.Deleted) Note(change.Object, 1);
        });
    }

    /// <summary>Gives a new service what its type needs.</summary>
    /// <exception cref="StatusException">It asks for what another one has, or for what is out of the range.</exception>
    public void Create(JsonObject service)
    {
        JsonObject spec = service.Child("spec");
        if (ServiceStrategy.NeedsAddress(spec)) Address(service, spec);
        if (ServiceStrategy.NeedsNodePorts(spec)) Ports(service, spec, null);
        if (spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local" && spec.Number("healthCheckNodePort") is null or 0) spec["healthCheckNodePort"] = NextPort([]);
    }

    /// <summary>Gives a changed service what its type needs and what it does not have yet.</summary>
    /// <exception cref="StatusException">It asks for what another one has, or for what is out of the range.</exception>
    public void Update(JsonObject service, JsonObject old)
    {
        JsonObject spec = service.Child("spec"), before = old.Child("spec");
        if (ServiceStrategy.NeedsAddress(spec) && !ServiceStrategy.NeedsAddress(before)) Address(service, spec);
        if (ServiceStrategy.NeedsNodePorts(spec)) Ports(service, spec, before);
        if (spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local" && spec.Number("healthCheckNodePort") is null or 0) spec["healthCheckNodePort"] = NextPort([]);
        if (spec.Text("type") != "LoadBalancer" && service["status"] is JsonObject status) status["loadBalancer"] = new JsonObject();
    }

    private void Note(StoredObject service, int change)
    {
        JsonObject json = service.Parse();
        if (json.Text("spec", "clusterIP") is { Length: > 0 } address && address != "None") Count(_addresses, address, change);
        foreach (JsonObject port in json.Objects("spec", "ports"))
        {
            if (port.Number("nodePort") is > 0 and { } number) Count(_ports, number, change);
        }

        if (json.Number("spec", "healthCheckNodePort") is > 0 and { } health) Count(_ports, health, change);
    }

    private static void Count<T>(Dictionary<T, int> taken, T what, int change)
        where T : notnull
    {
        int count = taken.GetValueOrDefault(what) + change;
        if (count > 0) taken[what] = count;
        else taken.Remove(what);
    }

    private void Address(JsonObject service, JsonObject spec)
    {
        bool families = _minor >= 21;
        string? wanted = spec.Text("clusterIP") is { Length: > 0 } one ? one : spec["clusterIPs"] is JsonArray { Count: > 0 } list ? list[0].Text() : null;
        if (families && wanted == "None" && spec["ipFamilyPolicy"] is null && spec["selector"] is not JsonObject { Count: > 0 } && spec["ipFamilies"] is null)
        {
            // A headless service without a selector may have endpoints of any family.
            spec["ipFamilyPolicy"] = "RequireDualStack";
            spec["ipFamilies"] = new JsonArray("IPv4", "IPv6");
        }

        if (families) CheckFamilies(service, spec, wanted);
        if (wanted == "None") return;
        if (wanted is null)
        {
            string address = NextAddress();
            spec["clusterIP"] = address;
            spec["clusterIPs"] = new JsonArray(address);
            return;
        }

        // What is no address, validation refuses.
        if (NameFormats.Address(wanted).Any() || !IPAddress.TryParse(wanted, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetwork) return;
        uint offset = Number(parsed) - First;
        string? why = offset is 0 or >= Size - 1 ? $"provided IP is not in the valid range. The range of valid IPs is {Range}" : _addresses.ContainsKey(wanted) ? "provided IP is already allocated" : null;
        if (why is null) return;
        string words = _minor < 22 ? $"failed to allocated ip:{wanted} with error:{why}" : $"failed to allocate IP {wanted}: {why}";
        string value = _minor < 34 ? GoText.Strings([wanted]) : $"[\"{wanted}\"]";
        throw Invalid(service, new Cause("FieldValueInvalid", "spec.clusterIPs", $"Invalid value: {value}: {words}"));
    }

    private static void CheckFamilies(JsonObject service, JsonObject spec, string? wanted)
    {
        string policy = spec.Text("ipFamilyPolicy") ?? "SingleStack";
        bool headless = wanted == "None" && spec["selector"] is not JsonObject { Count: > 0 };
        if (!headless && policy == "RequireDualStack") throw Invalid(service, new Cause("FieldValueInvalid", "spec.ipFamilyPolicy", $"Invalid value: \"{policy}\": this cluster is not configured for dual-stack services"));
        int at = spec["ipFamilies"] is JsonArray asked ? asked.Select(one => one.Text()).ToList().IndexOf("IPv6") : -1;
        if (!headless && at >= 0) throw Invalid(service, new Cause("FieldValueInvalid", $"spec.ipFamilies[{at}]", "Invalid value: \"IPv6\": not configured on this cluster"));
        spec["ipFamilyPolicy"] = policy;
        if (spec["ipFamilies"] is not JsonArray { Count: > 0 }) spec["ipFamilies"] = new JsonArray("IPv4");
    }

    private string NextAddress()
    {
        while (true)
        {
            uint number = First + 1 + (uint)Random.Shared.NextInt64(Size - 2);
            string address = string.Create(CultureInfo.InvariantCulture, $"{number >> 24}.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}");
            if (!_addresses.ContainsKey(address)) return address;
        }
    }

    private void Ports(JsonObject service, JsonObject spec, JsonObject? before)
    {
        HashSet<long> own = before is null ? [] : [.. before.Objects("ports").Select(port => port.Number("nodePort") ?? 0)];
        HashSet<long> used = [];
        var byPort = new Dictionary<long, long>();
        JsonObject[] ports = [.. spec.Objects("ports")];
        for (int i = 0; i < ports.Length; i++)
        {
            if (ports[i].Number("nodePort") is not (> 0 and { } wanted)) continue;
            byPort.TryAdd(ports[i].Number("port") ?? 0, wanted);
            if (own.Contains(wanted) || !used.Add(wanted)) continue;
            string? why = wanted is < FirstPort or > LastPort ? $"provided port is not in the valid range. The range of valid ports is {FirstPort}-{LastPort}" : _ports.ContainsKey(wanted) ? "provided port is already allocated" : null;
            if (why is not null) throw Invalid(service, new Cause("FieldValueInvalid", $"spec.ports[{i}].nodePort", $"Invalid value: {wanted}: {why}"));
        }

        foreach (JsonObject port in ports)
        {
            if (port.Number("nodePort") is > 0) continue;
            long number = port.Number("port") ?? 0;

            // Ports of one number but two protocols share a node port when the service is new (initNodePorts).
            if (before is not null || !byPort.TryGetValue(number, out long node)) byPort[number] = node = NextPort(used);
            used.Add(node);
            port["nodePort"] = node;
        }
    }

    private long NextPort(HashSet<long> used)
    {
        for (int tries = 0; tries < 100_000; tries++)
        {
            long port = Random.Shared.Next(FirstPort, LastPort + 1);
            if (!_ports.ContainsKey(port) && !used.Contains(port)) return port;
        }

        throw new StatusException(500, "InternalError", "Internal error occurred: failed to allocate a nodePort: range is full");
    }

    private static uint Number(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }

    private static StatusException Invalid(JsonObject service, Cause cause) => Refusals.Invalid("", "Service", service.Text("metadata", "name") ?? "", [cause]);
}
