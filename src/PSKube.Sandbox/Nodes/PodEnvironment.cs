using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>What a container's environment names is not there.</summary>
internal sealed class ContainerConfigException(string message) : Exception(message)
{
}

/// <summary>The variables, commands and volumes that a pod's spec gives its containers.</summary>
internal static class PodEnvironment
{
    /// <summary>The variables of a container.</summary>
    /// <exception cref="ContainerConfigException">A config map, a secret or a key is not there.</exception>
    public static Dictionary<string, string> Variables(ObjectStore store, JsonObject pod, JsonObject container, string hostname, string? ip, string? hostIp)
    {
        string ns = pod.Text("metadata", "namespace") ?? "default";
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOSTNAME"] = hostname,
            ["HOME"] = "/root",
        };
        Services(store, pod, ns, variables);
        foreach (JsonObject from in container.Objects("envFrom"))
        {
            bool secret = from["secretRef"] is JsonObject;
            JsonObject reference = from[secret ? "secretRef" : "configMapRef"] as JsonObject ?? [];
            IReadOnlyDictionary<string, byte[]>? data = Data(store, ns, reference.Text("name") ?? "", secret);
            if (data is null && reference.Flag("optional") != true) throw new ContainerConfigException($"{(secret ? "secret" : "configmap")} \"{reference.Text("name")}\" not found");
            foreach ((string key, byte[] value) in data ?? new Dictionary<string, byte[]>()) variables[(from.Text("prefix") ?? "") + key] = Encoding.UTF8.GetString(value);
        }

        foreach (JsonObject one in container.Objects("env"))
        {
            string name = one.Text("name") ?? "";
            if (one["valueFrom"] is not JsonObject source) variables[name] = Expand(one.Text("value") ?? "", variables);
            else if (From(store, pod, container, ns, source, ip, hostIp) is { } value) variables[name] = value;
        }

        return variables;
    }

    /// <summary>A text with <c>$(NAME)</c> replaced by the variables.</summary>
    public static string Expand(string text, Dictionary<string, string> variables)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return text;
        var result = new StringBuilder();
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 >= text.Length) result.Append(text[at]);
            else if (text[at + 1] == '$')
            {
                result.Append('$');
                at++;
            }
            else if (text[at + 1] == '(' && text.IndexOf(')', at) is > 0 and var close && variables.TryGetValue(text[(at + 2)..close], out string? value))
            {
                result.Append(value);
                at = close;
            }
            else result.Append('$');
        }

        return result.ToString();
    }

    /// <summary>What a config map or a secret holds; null when there is none.</summary>
    public static IReadOnlyDictionary<string, byte[]>? Data(ObjectStore store, string ns, string name, bool secret)
    {
        if (store.Find(secret ? Kinds.Secrets : Kinds.ConfigMaps, ns, name) is not { } stored) return null;
        JsonObject json = stored.Parse();
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string key, string value) in json.Map("data")) data[key] = secret ? Decode(value) : Encoding.UTF8.GetBytes(value);
        foreach ((string key, string value) in json.Map("binaryData")) data[key] = Decode(value);
        return data;
    }

    /// <summary>Why a pod's volumes cannot be mounted yet; null when they can.</summary>
    public static (string Volume, string Message)? MountFailure(ObjectStore store, JsonObject pod)
    {
        string ns = pod.Text("metadata", "namespace") ?? "default";
        foreach (JsonObject volume in pod.Objects("spec", "volumes"))
        {
            string name = volume.Text("name") ?? "";
            if (volume["configMap"] is JsonObject map && map.Flag("optional") != true && store.Find(Kinds.ConfigMaps, ns, map.Text("name") ?? "") is null) return (name, $"configmap \"{map.Text("name")}\" not found");
            if (volume["secret"] is JsonObject secret && secret.Flag("optional") != true && store.Find(Kinds.Secrets, ns, secret.Text("secretName") ?? "") is null) return (name, $"secret \"{secret.Text("secretName")}\" not found");
            if (volume.Text("persistentVolumeClaim", "claimName") is { } claim && store.Find(Kinds.PersistentVolumeClaims, ns, claim) is null) return (name, $"persistentvolumeclaim \"{claim}\" not found");
        }

        return null;
    }

    /// <summary>A field of a pod, as the downward API gives it.</summary>
    public static string? Field(JsonObject pod, string path, string? ip, string? hostIp)
    {
        int bracket = path.IndexOf("['", StringComparison.Ordinal);
        if (bracket > 0) return pod.Text([.. path[..bracket].Split('.'), path[(bracket + 2)..^2]]);
        return path switch
        {
            "status.podIP" or "status.podIPs" => ip,
            "status.hostIP" or "status.hostIPs" => hostIp,
            "metadata.labels" or "metadata.annotations" => string.Join('\n', pod.Map(path.Split('.')).Select(one => $"{one.Key}=\"{one.Value}\"")),
            _ => pod.At(path.Split('.'))?.ToString(),
        };
    }

    private static byte[] Decode(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int count) ? bytes[..count] : Encoding.UTF8.GetBytes(text);
    }

    private static string? From(ObjectStore store, JsonObject pod, JsonObject container, string ns, JsonObject source, string? ip, string? hostIp)
    {
        if (source.Text("fieldRef", "fieldPath") is { } path) return Field(pod, path, ip, hostIp) ?? "";
        if (source["resourceFieldRef"] is JsonObject amount)
        {
            string[] field = (amount.Text("resource") ?? "").Split('.');
            decimal value = Controllers.Quantities.Value(container.At("resources", field[0], field[^1]));
            decimal divisor = Controllers.Quantities.Value(amount["divisor"]) is > 0 and var given ? given : 1;
            return Math.Ceiling(value / divisor).ToString("0", CultureInfo.InvariantCulture);
        }

        bool secret = source["secretKeyRef"] is JsonObject;
        JsonObject reference = source[secret ? "secretKeyRef" : "configMapKeyRef"] as JsonObject ?? [];
        string name = reference.Text("name") ?? "", key = reference.Text("key") ?? "";
        IReadOnlyDictionary<string, byte[]>? data = Data(store, ns, name, secret);
        if (data is not null && data.TryGetValue(key, out byte[]? bytes)) return Encoding.UTF8.GetString(bytes);
        if (reference.Flag("optional") == true) return null;
        throw new ContainerConfigException(data is null ? $"{(secret ? "secret" : "configmap")} \"{name}\" not found" : $"couldn't find key {key} in {(secret ? "Secret" : "ConfigMap")} {ns}/{name}");
    }

    private static void Services(ObjectStore store, JsonObject pod, string ns, Dictionary<string, string> variables)
    {
        foreach (StoredObject service in store.List(Kinds.Services, ns).Concat(ns == "default" ? [] : store.List(Kinds.Services, "default").Where(one => one.Name == "kubernetes")))
        {
            if (service.Name != "kubernetes" && pod.Flag("spec", "enableServiceLinks") == false) continue;
            JsonObject json = service.Parse();
            if (json.Text("spec", "clusterIP") is not { Length: > 0 } address || address == "None" || json.Objects("spec", "ports").FirstOrDefault() is not { } port) continue;
            string prefix = service.Name.ToUpperInvariant().Replace('-', '_');
            variables[prefix + "_SERVICE_HOST"] = address;
            variables[prefix + "_SERVICE_PORT"] = port["port"]?.ToString() ?? "";
            variables[prefix + "_PORT"] = $"tcp://{address}:{port["port"]}";
        }
    }
}
