using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Writes the addresses of the pods behind each service.</summary>
internal sealed class EndpointsController(ControllerLoop loop) : Controller(loop)
{
    private static readonly ConditionalWeakTable<StoredObject, JsonObject> s_services = [];

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.Services || (one.Resource == Kinds.Endpoints && change.Type == StoreEventType.Deleted)) Enqueue(KeyOf(one));
        else if (one.Resource == Kinds.Pods)
        {
            if (one.NodeName is null && change.Previous?.NodeName is null) return;
            foreach (StoredObject service in Store.List(Kinds.Services, one.Namespace))
            {
                JsonNode? selector = Service(service).At("spec", "selector");
                if (selector is JsonObject { Count: > 0 } && (Selectors.MatchesMap(selector, one.Labels) || (change.Previous is { } before && Selectors.MatchesMap(selector, before.Labels)))) Enqueue(KeyOf(service));
            }
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.Services, key) is not { } stored)
        {
            if (Find(Kinds.Endpoints, key) is { } left && left.Name != "kubernetes" && left.Parse().Text("metadata", "annotations", "endpoints.kubernetes.io/last-change-trigger-time") is not null) Delete(left);
            return;
        }

        JsonObject service = Service(stored);
        if (service.At("spec", "selector") is not JsonObject { Count: > 0 } selector) return;
        JsonArray? subsets = Subsets(stored, service, selector);
        StoredObject? there = Store.Find(Kinds.Endpoints, stored.Namespace, stored.Name);
        if (there is null)
        {
            var json = new JsonObject { ["metadata"] = new JsonObject { ["name"] = stored.Name } };
            Fill(json, stored, service, subsets);
            Registry.Create(Kinds.Endpoints, stored.Namespace, json, new WriteOptions(ManagerName));
        }
        else if (!JsonNode.DeepEquals(there.Parse()["subsets"], subsets)) Change(there, json => Fill(json, stored, service, subsets));
    }

    private static JsonObject Service(StoredObject service) => s_services.GetValue(service, static one => one.Parse());

    private static void Fill(JsonObject json, StoredObject stored, JsonObject service, JsonArray? subsets)
    {
        JsonObject metadata = json.Child("metadata");
        JsonObject labels = (service.At("metadata", "labels") as JsonObject).Copy() ?? [];
        if (service.Text("spec", "clusterIP") == "None") labels["service.kubernetes.io/headless"] = "";
        if (labels.Count > 0) metadata["labels"] = labels;
        metadata.Child("annotations")["endpoints.kubernetes.io/last-change-trigger-time"] = SandboxClock.Stamp(SandboxClock.Now);
        if (subsets is null) json.Remove("subsets");
        else json["subsets"] = subsets;
        _ = stored;
    }

    private JsonArray? Subsets(StoredObject stored, JsonObject service, JsonObject selector)
    {
        bool all = service.Flag("spec", "publishNotReadyAddresses") == true;
        JsonObject[] ports = [.. service.Objects("spec", "ports")];
        // Pods with the same ports by number are one subset; a named port may be another number in each.
        var groups = new SortedDictionary<string, (JsonArray Ports, List<JsonObject> Ready, List<JsonObject> NotReady)>(StringComparer.Ordinal);
        foreach (StoredObject pod in Store.List(Kinds.Pods, stored.Namespace))
        {
            if (pod.NodeName is null || !Selectors.MatchesMap(selector, pod.Labels) || pod.Phase is "Succeeded" or "Failed" || (pod.IsBeingDeleted && !all) || PodFacts.Of(pod).Ip is not { } ip) continue;
            JsonObject? json = null;
            var own = new JsonArray();
            foreach (JsonObject port in ports)
            {
                string? target = port.At("targetPort")?.ToString();
                int number = target is not null && !int.TryParse(target, out _) ? PodNetwork.TargetPort(port, json ??= pod.Parse()) : PodNetwork.TargetPort(port, s_none);
                if (number == 0) continue;
                var entry = new JsonObject();
                if (port.Text("name") is { Length: > 0 } name) entry["name"] = name;
                entry["port"] = number;
                entry["protocol"] = port.Text("protocol") ?? "TCP";
                own.Add(entry);
            }

            var address = new JsonObject { ["ip"] = ip };
            if (service.Text("spec", "clusterIP") == "None" && (json ??= pod.Parse()).Text("spec", "hostname") is { } host && json.Text("spec", "subdomain") == stored.Name) address["hostname"] = host;
            address["nodeName"] = pod.NodeName;
            address["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid };
            string key = own.ToJsonString();
            if (!groups.TryGetValue(key, out (JsonArray Ports, List<JsonObject> Ready, List<JsonObject> NotReady) group)) groups[key] = group = (own, [], []);
            (all || PodFacts.Of(pod).IsReady ? group.Ready : group.NotReady).Add(address);
        }

        if (groups.Count == 0) return null;
        var subsets = new JsonArray();
        foreach ((JsonArray own, List<JsonObject> ready, List<JsonObject> notReady) in groups.Values)
        {
            var subset = new JsonObject();
            if (ready.Count > 0) subset["addresses"] = new JsonArray([.. ready.OrderBy(one => one.Text("ip"), StringComparer.Ordinal)]);
            if (notReady.Count > 0) subset["notReadyAddresses"] = new JsonArray([.. notReady.OrderBy(one => one.Text("ip"), StringComparer.Ordinal)]);
            if (own.Count > 0) subset["ports"] = own;
            subsets.Add(subset);
        }

        return subsets;
    }

    private static readonly JsonObject s_none = [];
}
