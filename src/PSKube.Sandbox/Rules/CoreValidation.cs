using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What the small kinds of the core group must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="metadata">The rules of metadata.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>.</remarks>
internal sealed class CoreValidation(Problems problems, MetadataValidation metadata)
{
    private const int MostData = 1024 * 1024;
    private const string Fixed = "field is immutable when `immutable` is set";
    private static readonly string[] s_effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    private static readonly string[] s_tlsKeys = ["tls.crt", "tls.key"];
    private static readonly string[] s_login = ["username", "password"];

    private readonly ResourceValidation _resources = new(problems, metadata.Names);

    /// <summary>A config map.</summary>
    public void ConfigMap(JsonObject json, JsonObject? old)
    {
        if (old is not null)
        {
            metadata.Update(json, old);
            Frozen(json, old, "data", "binaryData");
        }

        metadata.Create(json, true, metadata.Names.DnsName);
        long size = 0;
        JsonObject? bytes = json["binaryData"] as JsonObject;
        foreach ((string key, JsonNode? value) in json["data"] as JsonObject ?? [])
        {
            problems.Each($"data[{key}]", key, metadata.Names.DataKey(key));
            if (bytes?.ContainsKey(key) == true) problems.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
            size += Encoding.UTF8.GetByteCount(value.Text() ?? "");
        }

        foreach ((string key, JsonNode? value) in bytes ?? [])
        {
            problems.Each($"binaryData[{key}]", key, metadata.Names.DataKey(key));
            size += Decoded(value);
        }

        // The path is an empty name, which prints as the whole list of them (field.NewPath("")).
        if (size > MostData) problems.TooLong("", MostData);
    }

    /// <summary>A secret.</summary>
    public void Secret(JsonObject json, JsonObject? old)
    {
        if (old is not null)
        {
            metadata.Update(json, old);
            problems.Immutable("type", json["type"], old["type"], GoText.Value);
            Frozen(json, old, "data");
        }

        metadata.Create(json, true, metadata.Names.DnsName);
        long size = 0;
        JsonObject data = json["data"] as JsonObject ?? [];
        foreach ((string key, JsonNode? value) in data)
        {
            problems.Each($"data[{key}]", key, metadata.Names.DataKey(key));
            size += Decoded(value);
        }

        if (size > MostData) problems.TooLong("data", MostData);
        switch (json.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                if (json.Text("metadata", "annotations", "kubernetes.io/service-account.name") is null or "") problems.Required("metadata.annotations[kubernetes.io/service-account.name]");
                break;
            case "kubernetes.io/dockercfg": Json(data, ".dockercfg"); break;
            case "kubernetes.io/dockerconfigjson": Json(data, ".dockerconfigjson"); break;
            case "kubernetes.io/basic-auth":
                if (s_login.Any(data.ContainsKey)) break;
                foreach (string key in s_login) problems.Required($"data[%s][{key}]");
                break;
            case "kubernetes.io/ssh-auth":
                if (Decoded(data["ssh-privatekey"]) == 0) problems.Required("data[%s][ssh-privatekey]");
                break;
            case "kubernetes.io/tls":
                foreach (string key in s_tlsKeys)
                {
                    if (!data.ContainsKey(key)) problems.Required($"data[{key}]");
                }

                break;
        }
    }

    /// <summary>A namespace.</summary>
    public void Namespace(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, false, metadata.Names.DnsLabel);
        else metadata.Update(json, old);
    }

    /// <summary>A node.</summary>
    public void Node(JsonObject json, JsonObject? old)
    {
        if (old is null) metadata.Create(json, false, metadata.Names.DnsName);
        else metadata.Update(json, old);
        var known = new HashSet<(string?, string?)>();
        int i = 0;
        foreach (JsonObject taint in json.Objects("spec", "taints"))
        {
            string at = $"spec.taints[{i++}]";
            string key = taint.Text("key") ?? "", value = taint.Text("value") ?? "", effect = taint.Text("effect") ?? "";
            problems.Each($"{at}.key", key, metadata.Names.QualifiedName(key));
            string[] reasons = [.. metadata.Names.LabelValue(value)];
            if (reasons.Length > 0) problems.Invalid($"{at}.value", value, string.Join(";", reasons));
            if (effect.Length == 0) problems.Required($"{at}.effect");
            else if (!s_effects.Contains(effect)) problems.NotSupported($"{at}.effect", effect, s_effects);
            if (!known.Add((effect, key))) problems.Add("FieldValueDuplicate", at, $"Duplicate value: core.Taint{{Key:{GoText.Quote(key)}, Value:{GoText.Quote(value)}, Effect:{GoText.Quote(effect)}, TimeAdded:<nil>}}: taints must be unique by key and effect pair");
        }

        if (old is null) return;
        if (old.Text("spec", "podCIDR") is { Length: > 0 } && json.Text("spec", "podCIDR") != old.Text("spec", "podCIDR")) problems.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
        if (old.Text("spec", "providerID") is { Length: > 0 } && json.Text("spec", "providerID") != old.Text("spec", "providerID")) problems.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
    }

    /// <summary>A quota.</summary>
    public void ResourceQuota(JsonObject json, JsonObject? old)
    {
        if (old is not null) metadata.Update(json, old);
        metadata.Create(json, true, metadata.Names.DnsName);
        foreach ((string name, JsonNode? value) in json.At("spec", "hard") as JsonObject ?? [])
        {
            _resources.Name($"spec.hard[{name}]", name, true);
            _resources.Amount($"spec.hard[{name}]", name, value);
        }

        if (old is not null) problems.Immutable("spec.scopes", json.At("spec", "scopes"), old.At("spec", "scopes"), static value => value?.ToJsonString() ?? "[]");
    }

    /// <summary>A limit range.</summary>
    public void LimitRange(JsonObject json)
    {
        metadata.Create(json, true, metadata.Names.DnsName);
        var types = new HashSet<string>(StringComparer.Ordinal);
        int i = 0;
        foreach (JsonObject item in json.Objects("spec", "limits"))
        {
            string at = $"spec.limits[{i++}]", type = item.Text("type") ?? "";
            if (type.Length == 0) problems.Required($"{at}.type");
            if (!types.Add(type)) problems.Duplicate($"{at}.type", type);
            Dictionary<string, Quantity> most = LimitRanges.Read(item["max"]), least = LimitRanges.Read(item["min"]), standard = LimitRanges.Read(item["default"]), request = LimitRanges.Read(item["defaultRequest"]);
            if (type == "Pod" && standard.Count > 0) problems.Forbidden($"{at}.default", "may not be specified when `type` is 'Pod'");
            if (type == "Pod" && request.Count > 0) problems.Forbidden($"{at}.defaultRequest", "may not be specified when `type` is 'Pod'");
            foreach (string name in most.Keys.Concat(least.Keys).Concat(standard.Keys).Concat(request.Keys).Distinct())
            {
                void Order(string field, Dictionary<string, Quantity> low, Dictionary<string, Quantity> high, string words)
                {
                    if (low.TryGetValue(name, out Quantity one) && high.TryGetValue(name, out Quantity other) && one.CompareTo(other) > 0) problems.Invalid($"{at}.{field}[{name}]", one, string.Format(System.Globalization.CultureInfo.InvariantCulture, words, one, other));
                }

                Order("min", least, most, "min value {0} is greater than max value {1}");
                if (least.TryGetValue(name, out Quantity low) && request.TryGetValue(name, out Quantity asked) && low.CompareTo(asked) > 0) problems.Invalid($"{at}.defaultRequest[{name}]", asked, $"min value {low} is greater than default request value {asked}");
                Order("defaultRequest", request, most, "default request value {0} is greater than max value {1}");
                Order("defaultRequest", request, standard, "default request value {0} is greater than default limit value {1}");
                if (least.TryGetValue(name, out low) && standard.TryGetValue(name, out Quantity usual) && low.CompareTo(usual) > 0) problems.Invalid($"{at}.default[{name}]", low, $"min value {low} is greater than default value {usual}");
                Order("default", standard, most, "default value {0} is greater than max value {1}");
            }
        }
    }

    /// <summary>Endpoints.</summary>
    public void Endpoints(JsonObject json, JsonObject? old)
    {
        if (old is not null) metadata.Update(json, old);
        else metadata.Create(json, true, metadata.Names.DnsName);
        int i = 0;
        foreach (JsonObject subset in json.Objects("subsets"))
        {
            string at = $"subsets[{i++}]";
            if (subset["addresses"] is not JsonArray { Count: > 0 } && subset["notReadyAddresses"] is not JsonArray { Count: > 0 }) problems.Required(at, "must specify `addresses` or `notReadyAddresses`");
            int j = 0;
            foreach (JsonObject address in subset.Objects("addresses")) problems.Each($"{at}.addresses[{j++}].ip", address.Text("ip"), NameFormats.Address(address.Text("ip") ?? ""));
            j = 0;
            bool several = subset.Objects("ports").Count() > 1;
            foreach (JsonObject port in subset.Objects("ports"))
            {
                string here = $"{at}.ports[{j++}]";
                if (several && port.Text("name") is null or "") problems.Required($"{here}.name");
                foreach (string reason in NameFormats.PortNumber(port.Number("port") ?? 0)) problems.Invalid($"{here}.port", port.Number("port") ?? 0, reason);
            }
        }
    }

    /// <summary>An event: it lies where the object lies that it tells of.</summary>
    public void Event(JsonObject json)
    {
        string? ns = json.Text("metadata", "namespace"), about = json.Text("involvedObject", "namespace");
        if (about is { Length: > 0 } && about != ns) problems.Invalid("involvedObject.namespace", about, "does not match event.namespace");
        else if (about is null or "" && ns != "default") problems.Invalid("involvedObject.namespace", "", "does not match event.namespace");
    }

    private void Frozen(JsonObject json, JsonObject old, params string[] fields)
    {
        if (old.Flag("immutable") != true) return;
        if (json.Flag("immutable") != true) problems.Forbidden("immutable", Fixed);
        foreach (string field in fields)
        {
            if (!json[field].Same(old[field])) problems.Forbidden(field, Fixed);
        }
    }

    private void Json(JsonObject data, string key)
    {
        if (data.Text(key) is not { } encoded)
        {
            problems.Required($"data[{key}]");
            return;
        }

        try
        {
            if (JsonNode.Parse(Convert.FromBase64String(encoded)) is JsonObject) return;
        }
        catch (Exception refusal) when (refusal is FormatException or JsonException)
        {
        }

        string words = encoded.Length == 0 ? "unexpected end of JSON input" : $"invalid character '{(char)Convert.FromBase64String(encoded)[0]}' looking for beginning of value";
        problems.Invalid($"data[{key}]", "<secret contents redacted>", words);
    }

    private static long Decoded(JsonNode? value)
    {
        string text = value.Text() ?? "";
        return (text.Length / 4 * 3) - text.AsSpan().Count('=');
    }
}
