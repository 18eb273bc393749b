using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What the rules of a network policy must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/networking/validation/validation.go</c>.</remarks>
internal sealed class NetworkPolicyValidation(Problems problems, MetadataValidation metadata)
{
    private static readonly string[] s_peers = ["podSelector", "namespaceSelector", "ipBlock"];

    /// <summary>The spec of a policy.</summary>
    public void Spec(JsonNode? spec)
    {
        metadata.Selector("spec.podSelector", spec.At("podSelector"));
        foreach ((string list, string peers) in new[] { ("ingress", "from"), ("egress", "to") })
        {
            int i = 0;
            foreach (JsonObject rule in spec.Objects(list))
            {
                string at = $"spec.{list}[{i++}]";
                int j = 0;
                foreach (JsonObject port in rule.Objects("ports")) Port($"{at}.ports[{j++}]", port);
                j = 0;
                foreach (JsonObject peer in rule.Objects(peers)) Peer($"{at}.{peers}[{j++}]", peer);
            }
        }

        string?[] types = [.. (spec.At("policyTypes") as JsonArray ?? []).Select(one => one.Text())];
        if (types.Length > 2)
        {
            problems.InvalidAs("spec.policyTypes", problems.Print(spec.At("policyTypes"), static list => $"[]networking.PolicyType{{{string.Join(", ", ((JsonArray)list!).Select(one => GoText.Quote(one.Text() ?? "")))}}}"), "may not specify more than two policyTypes");
            return;
        }

        for (int i = 0; i < types.Length; i++)
        {
            if (types[i] is not ("Ingress" or "Egress")) problems.NotSupported($"spec.policyTypes[{i}]", types[i], "Egress", "Ingress");
        }
    }

    private void Port(string at, JsonObject port)
    {
        if (port.Text("protocol") is { } protocol and not ("TCP" or "UDP" or "SCTP")) problems.NotSupported($"{at}.protocol", protocol, "TCP", "UDP", "SCTP");
        long? end = port.Number("endPort");
        if (port["port"] is not { } number)
        {
            if (end is { } alone) problems.Invalid($"{at}.endPort", alone, "may not be specified when `port` is not specified");
        }
        else if (number.GetValueKind() == JsonValueKind.Number)
        {
            long value = number.Number() ?? 0;
            foreach (string reason in NameFormats.PortNumber(value)) problems.Invalid($"{at}.port", value, reason);
            if (end is not { } last) return;
            if (last < value) problems.Invalid($"{at}.endPort", last, "must be greater than or equal to `port`");
            foreach (string reason in NameFormats.PortNumber(last)) problems.Invalid($"{at}.endPort", last, reason);
        }
        else
        {
            if (end is { } named) problems.Invalid($"{at}.endPort", named, "may not be specified when `port` is non-numeric");
            problems.Each($"{at}.port", number.Text(), metadata.Names.PortName(number.Text() ?? ""));
        }
    }

    private void Peer(string at, JsonObject peer)
    {
        if (peer["podSelector"] is { } pods) metadata.Selector($"{at}.podSelector", pods);
        if (peer["namespaceSelector"] is { } spaces) metadata.Selector($"{at}.namespaceSelector", spaces);
        if (peer["ipBlock"] is { } block) Block($"{at}.ipBlock", block);
        int peers = s_peers.Count(peer.ContainsKey);
        if (peers == 0) problems.Required(at, "must specify a peer");
        else if (peers > 1 && peer["ipBlock"] is not null) problems.Forbidden(at, "may not specify both ipBlock and another peer");
    }

    private void Block(string at, JsonNode block)
    {
        string cidr = block.Text("cidr") ?? "";
        if (cidr.Length == 0)
        {
            problems.Required($"{at}.cidr");
            return;
        }

        if (Range($"{at}.cidr", cidr) is not { } range) return;
        int i = 0;
        foreach (string except in (block.At("except") as JsonArray ?? []).Select(one => one.Text() ?? ""))
        {
            string place = $"{at}.except[{i++}]";
            if (Range(place, except) is { } inner && (!range.Contains(inner.BaseAddress) || range.PrefixLength >= inner.PrefixLength)) problems.Invalid(place, except, "must be a strict subset of `cidr`");
        }
    }

    /// <summary>The range of addresses that a text names, whatever bits stand behind its mask; null, and a problem, when it names none.</summary>
    private IPNetwork? Range(string at, string cidr)
    {
        int slash = cidr.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && IPAddress.TryParse(cidr[..slash], out IPAddress? address) && int.TryParse(cidr[(slash + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int length) && length <= address.GetAddressBytes().Length * 8)
        {
            byte[] bytes = address.GetAddressBytes();
            for (int bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            return new IPNetwork(new IPAddress(bytes), length);
        }

        problems.Invalid(at, cidr, problems.Minor < 30 ? "not a valid CIDR" : "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        return null;
    }
}
