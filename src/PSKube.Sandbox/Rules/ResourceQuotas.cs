using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Rules;

/// <summary>What a namespace's quotas still allow. Used is what the store has: the quotas' own status may lag behind.</summary>
/// <param name="store">What there is.</param>
/// <remarks>apiserver's <c>pkg/admission/plugin/resourcequota</c>, <c>pkg/quota/v1/evaluator/core</c>; scopes other than BestEffort and Terminating are not looked at.</remarks>
internal sealed class ResourceQuotas(ObjectStore store)
{
    private static readonly string[] s_plain = ["configmaps", "secrets", "services", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas"];

    /// <summary>Refuses an object that a quota has no room for.</summary>
    /// <exception cref="StatusException">There is no room, or the object does not say how much it needs.</exception>
    public void Check(Resource resource, string ns, string name, JsonObject json)
    {
        foreach (StoredObject quota in store.List(Kinds.ResourceQuotas, ns))
        {
            JsonObject parsed = quota.Parse();
            if (!Matches(parsed, resource, json)) continue;
            Dictionary<string, Quantity> hard = LimitRanges.Read(parsed.At("spec", "hard")), asked = Usage(resource, json);
            string[] silent = resource == Kinds.Pods ? [.. hard.Keys.Where(what => IsCompute(what) && !EveryContainerSays(json, what)).Order(StringComparer.Ordinal)] : [];
            if (silent.Length > 0) throw Refusals.Forbidden(resource, name, $"failed quota: {quota.Name}: must specify {string.Join(",", silent)}");
            string[] counted = [.. hard.Keys.Where(asked.ContainsKey)];
            if (counted.Length == 0) continue;
            Dictionary<string, Quantity> used = Used(resource, ns, parsed, counted);
            string[] over = [.. counted.Where(what => asked[what].Nano > 0 && (used[what] + asked[what]).CompareTo(hard[what]) > 0).Order(StringComparer.Ordinal)];
            if (over.Length == 0) continue;
            string Told(Dictionary<string, Quantity> values) => string.Join(",", over.Select(what => $"{what}={values[what]}"));
            throw Refusals.Forbidden(resource, name, $"exceeded quota: {quota.Name}, requested: {Told(asked)}, used: {Told(used)}, limited: {Told(hard)}");
        }
    }

    private Dictionary<string, Quantity> Used(Resource resource, string ns, JsonObject quota, string[] counted)
    {
        var used = counted.ToDictionary(what => what, _ => new Quantity(0, 'd'), StringComparer.Ordinal);
        foreach (StoredObject one in store.List(resource, ns))
        {
            if (resource == Kinds.Pods && one.Phase is "Succeeded" or "Failed") continue;
            JsonObject json = one.Parse();
            if (!Matches(quota, resource, json)) continue;
            foreach ((string what, Quantity value) in Usage(resource, json))
            {
                if (used.TryGetValue(what, out Quantity known)) used[what] = known + value;
            }
        }

        return used;
    }

    private static Dictionary<string, Quantity> Usage(Resource resource, JsonObject json)
    {
        Quantity one = Quantity.Of("1");
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [$"count/{resource.QualifiedName}"] = one };
        if (resource.Group.Length == 0 && s_plain.Contains(resource.Plural)) usage[resource.Plural] = one;
        if (resource == Kinds.Pods)
        {
            usage["pods"] = one;
            foreach ((string list, string prefix) in new[] { ("requests", "requests."), ("limits", "limits.") })
            {
                foreach ((string what, Quantity value) in Asked(json, list))
                {
                    usage[prefix + what] = value;
                    if (list == "requests" && what is "cpu" or "memory" or "ephemeral-storage") usage[what] = value;
                }
            }
        }
        else if (resource == Kinds.PersistentVolumeClaims)
        {
            Quantity storage = Quantity.Of(json.At("spec", "resources", "requests", "storage"));
            usage["requests.storage"] = storage;
            if (json.Text("spec", "storageClassName") is { Length: > 0 } name)
            {
                usage[$"{name}.storageclass.storage.k8s.io/requests.storage"] = storage;
                usage[$"{name}.storageclass.storage.k8s.io/persistentvolumeclaims"] = one;
            }
        }
        else if (resource == Kinds.Services)
        {
            string ports = json.Objects("spec", "ports").Count().ToString(CultureInfo.InvariantCulture);
            string? type = json.Text("spec", "type");
            usage["services.nodeports"] = Quantity.Of(type is "NodePort" or "LoadBalancer" ? ports : "0");
            usage["services.loadbalancers"] = Quantity.Of(type == "LoadBalancer" ? "1" : "0");
        }

        return usage;
    }

    private static Dictionary<string, Quantity> Asked(JsonObject pod, string list)
    {
        var total = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach ((string what, Quantity value) in pod.Objects("spec", "containers").SelectMany(container => LimitRanges.Read(container.At("resources", list)))) total[what] = total.TryGetValue(what, out Quantity known) ? known + value : value;
        foreach ((string what, Quantity value) in pod.Objects("spec", "initContainers").SelectMany(container => LimitRanges.Read(container.At("resources", list))))
        {
            if (!total.TryGetValue(what, out Quantity known) || value.CompareTo(known) > 0) total[what] = value;
        }

        return total;
    }

    private static bool IsCompute(string what) => what is "cpu" or "memory" or "requests.cpu" or "requests.memory" or "limits.cpu" or "limits.memory";

    private static bool EveryContainerSays(JsonObject pod, string what)
    {
        (string list, string resource) = what.StartsWith("limits.", StringComparison.Ordinal) ? ("limits", what[7..]) : ("requests", what.StartsWith("requests.", StringComparison.Ordinal) ? what[9..] : what);
        return pod.Objects("spec", "containers").Concat(pod.Objects("spec", "initContainers")).All(container => container.At("resources", list, resource) is not null);
    }

    private static bool Matches(JsonObject quota, Resource resource, JsonObject json)
    {
        if (quota.At("spec", "scopes") is not JsonArray { Count: > 0 } scopes) return quota.At("spec", "scopeSelector") is null;
        if (resource != Kinds.Pods) return false;
        return scopes.All(scope => scope.Text() switch
        {
            "BestEffort" => QualityOfService.Of(json) == "BestEffort",
            "NotBestEffort" => QualityOfService.Of(json) != "BestEffort",
            "Terminating" => json.Number("spec", "activeDeadlineSeconds") is >= 0,
            "NotTerminating" => json.Number("spec", "activeDeadlineSeconds") is null,
            _ => false,
        });
    }
}
