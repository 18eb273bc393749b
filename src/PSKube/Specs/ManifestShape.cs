using System.Text.Json.Nodes;

namespace PSKube.Specs;

/// <summary>What an object looks like as a manifest: which fields a person would write, and in which order.</summary>
internal static class ManifestShape
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static readonly string[] TopOrder = ["apiVersion", "kind", "metadata", "type", "spec", "data", "stringData", "binaryData"];
    private static readonly string[] MetadataOrder = ["name", "generateName", "namespace", "labels", "annotations"];
    private static readonly string[] ServerMetadata = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"];

    /// <summary>The object as a person would write it.</summary>
    /// <param name="json">The object; changed.</param>
    /// <param name="clean">Take out what the server adds: identity, defaults, injected volumes.</param>
    /// <param name="keepStatus">Keep the status.</param>
    public static JsonObject Tidy(JsonObject json, bool clean, bool keepStatus)
    {
        if (!keepStatus && (clean || json["status"] is JsonObject { Count: 0 })) json.Remove("status");
        if (clean) Clean(json);
        DropEmpty(json);
        return Ordered(json);
    }

    /// <summary>
    /// The object exactly as kubectl's client-side dry run prints it: keys in alphabetical order, and the empty fields that
    /// Go's encoder writes (kubectl 1.32).
    /// </summary>
    public static JsonObject AsKubectl(JsonObject json)
    {
        string kind = json["kind"]?.GetValue<string>() ?? "";
        NullCreation(json);
        if (kind is "Pod" or "Deployment" or "DaemonSet" or "StatefulSet" or "ReplicaSet") json["status"] ??= new JsonObject();
        if (json["spec"] is JsonObject spec)
        {
            if (kind == "Deployment") spec["strategy"] ??= new JsonObject();
            if (kind is "DaemonSet" or "StatefulSet") spec["updateStrategy"] ??= new JsonObject();
            if (spec["template"] is JsonObject template)
            {
                NullCreation(template);
                AddResources(template["spec"] as JsonObject);
            }
            else if (kind == "Pod")
            {
                AddResources(spec);
            }
        }

        return (JsonObject)Sorted(json)!;
    }

    private static void NullCreation(JsonObject owner)
    {
        var metadata = owner["metadata"] as JsonObject;
        if (metadata is null) owner["metadata"] = metadata = [];
        if (!metadata.ContainsKey("creationTimestamp")) metadata["creationTimestamp"] = null;
    }

    private static void AddResources(JsonObject? podSpec)
    {
        foreach (JsonObject container in (podSpec?["containers"] as JsonArray ?? []).OfType<JsonObject>()) container["resources"] ??= new JsonObject();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static void Clean(JsonObject json)
    {
        if (json["metadata"] is JsonObject metadata)
        {
            foreach (string field in ServerMetadata) metadata.Remove(field);
            RemoveAnnotations(metadata, key => key == LastApplied || key.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal) || key == "deprecated.daemonset.template.generation");
        }

        if (json["spec"] is not JsonObject spec) return;
        string kind = json["kind"]?.GetValue<string>() ?? "";
        if (kind == "Pod") CleanPodSpec(spec, isPod: true);
        if (spec["template"] is JsonObject template)
        {
            (template["metadata"] as JsonObject)?.Remove("creationTimestamp");
            if (template["spec"] is JsonObject podSpec) CleanPodSpec(podSpec, isPod: false);
        }

        foreach (JsonObject claim in (spec["volumeClaimTemplates"] as JsonArray ?? []).OfType<JsonObject>())
        {
            claim.Remove("status");
            (claim["metadata"] as JsonObject)?.Remove("creationTimestamp");
            if (claim["spec"] is JsonObject claimSpec) RemoveDefault(claimSpec, "volumeMode", "Filesystem");
        }

        CleanDefaults(kind, spec);
    }

    private static void CleanDefaults(string kind, JsonObject spec)
    {
        if (kind is "Deployment" or "DaemonSet" or "StatefulSet") RemoveDefault(spec, "revisionHistoryLimit", "10");
        switch (kind)
        {
            case "Deployment":
                RemoveDefault(spec, "progressDeadlineSeconds", "600");
                if (spec["strategy"] is JsonObject { } strategy && strategy["type"]?.ToString() == "RollingUpdate" && IsQuarter(strategy["rollingUpdate"]?["maxSurge"]) && IsQuarter(strategy["rollingUpdate"]?["maxUnavailable"])) spec.Remove("strategy");
                break;
            case "Service":
                RemoveDefault(spec, "internalTrafficPolicy", "Cluster");
                RemoveDefault(spec, "ipFamilyPolicy", "SingleStack");
                // Families are the server's choice unless somebody asked for more than one.
                if (!spec.ContainsKey("ipFamilyPolicy")) spec.Remove("ipFamilies");
                // None is a choice (headless); an address is the server's.
                if (spec["clusterIP"]?.ToString() != "None") spec.Remove("clusterIP");
                spec.Remove("clusterIPs");
                RemoveDefault(spec, "sessionAffinity", "None");
                RemoveDefault(spec, "type", "ClusterIP");
                break;
            case "StatefulSet":
                RemoveDefault(spec, "podManagementPolicy", "OrderedReady");
                break;
        }
    }

    private static bool IsQuarter(JsonNode? value) => value is null || value.ToString() == "25%";

    private static void CleanPodSpec(JsonObject spec, bool isPod)
    {
        if (isPod)
        {
            spec.Remove("nodeName");
            RemoveDefault(spec, "priority", "0");
            RemoveDefault(spec, "preemptionPolicy", "PreemptLowerPriority");
            RemoveDefault(spec, "enableServiceLinks", "true");
            RemoveInjectedTolerations(spec);
        }

        RemoveDefault(spec, "dnsPolicy", "ClusterFirst");
        RemoveDefault(spec, "restartPolicy", "Always");
        RemoveDefault(spec, "schedulerName", "default-scheduler");
        RemoveDefault(spec, "terminationGracePeriodSeconds", "30");
        RemoveDefault(spec, "serviceAccountName", "default");
        spec.Remove("serviceAccount");
        if (spec["securityContext"] is JsonObject { Count: 0 }) spec.Remove("securityContext");
        string[] injected = isPod ? RemoveInjectedVolumes(spec) : [];
        foreach (string list in (string[])["containers", "initContainers"])
        {
            foreach (JsonObject container in (spec[list] as JsonArray ?? []).OfType<JsonObject>()) CleanContainer(container, injected);
        }
    }

    private static void CleanContainer(JsonObject container, string[] injected)
    {
        RemoveDefault(container, "terminationMessagePath", "/dev/termination-log");
        RemoveDefault(container, "terminationMessagePolicy", "File");
        string image = container["image"]?.ToString() ?? "";
        string name = image[(image.LastIndexOf('/') + 1)..];
        bool latest = image.EndsWith(":latest", StringComparison.Ordinal) || (!name.Contains(':', StringComparison.Ordinal) && !name.Contains('@', StringComparison.Ordinal));
        RemoveDefault(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
        if (container["volumeMounts"] is JsonArray mounts)
        {
            foreach (JsonNode? mount in mounts.Where(mount => injected.Contains(mount?["name"]?.ToString())).ToArray()) mounts.Remove(mount);
            if (mounts.Count == 0) container.Remove("volumeMounts");
        }

        foreach (JsonObject port in (container["ports"] as JsonArray ?? []).OfType<JsonObject>()) RemoveDefault(port, "protocol", "TCP");
    }

    /// <summary>The service account's token, which admission puts into every pod; known by where it is mounted.</summary>
    private static string[] RemoveInjectedVolumes(JsonObject spec)
    {
        if (spec["volumes"] is not JsonArray volumes) return [];
        IEnumerable<JsonNode?> containers = (spec["containers"] as JsonArray ?? []).Concat(spec["initContainers"] as JsonArray ?? []);
        string[] mounted = [.. containers.SelectMany(container => container?["volumeMounts"] as JsonArray ?? []).Where(mount => mount?["mountPath"]?.ToString() == TokenPath).Select(mount => mount!["name"]?.ToString()).OfType<string>().Distinct()];
        foreach (JsonNode? volume in volumes.Where(volume => mounted.Contains(volume?["name"]?.ToString())).ToArray()) volumes.Remove(volume);
        if (volumes.Count == 0) spec.Remove("volumes");
        return mounted;
    }

    private static void RemoveInjectedTolerations(JsonObject spec)
    {
        if (spec["tolerations"] is not JsonArray tolerations) return;
        foreach (JsonNode? toleration in tolerations.Where(toleration => toleration?["key"]?.ToString() is "node.kubernetes.io/not-ready" or "node.kubernetes.io/unreachable" && toleration["tolerationSeconds"]?.ToString() == "300").ToArray()) tolerations.Remove(toleration);
        if (tolerations.Count == 0) spec.Remove("tolerations");
    }

    private static void RemoveAnnotations(JsonObject metadata, Func<string, bool> unwanted)
    {
        if (metadata["annotations"] is not JsonObject annotations) return;
        foreach (string key in annotations.Select(pair => pair.Key).Where(unwanted).ToArray()) annotations.Remove(key);
    }

    private static void RemoveDefault(JsonObject from, string field, string value)
    {
        if (from[field]?.ToString() == value) from.Remove(field);
    }

    /// <summary>
    /// Takes out the empty fields that Go's encoder writes and that mean nothing, at their own places only: elsewhere an empty
    /// object may be a choice (<c>emptyDir: {}</c>, a definition's <c>subresources: {status: {}}</c>).
    /// </summary>
    private static void DropEmpty(JsonObject json)
    {
        Drop(json, "status");
        DropMetadata(json);
        if (json["spec"] is not JsonObject spec || !RunsPods(json)) return;
        Drop(spec, "strategy");
        Drop(spec, "updateStrategy");
        JsonObject? podSpec = json["kind"]?.ToString() == "Pod" ? spec : null;
        if (spec["template"] is JsonObject template)
        {
            DropMetadata(template);
            podSpec = template["spec"] as JsonObject;
        }

        foreach (string list in (string[])["containers", "initContainers"])
        {
            foreach (JsonObject container in (podSpec?[list] as JsonArray ?? []).OfType<JsonObject>()) Drop(container, "resources");
        }
    }

    private static bool RunsPods(JsonObject json) => json["kind"]?.ToString() is "Pod" or "Deployment" or "DaemonSet" or "StatefulSet" or "ReplicaSet" or "ReplicationController" or "Job" or "PodTemplate";

    private static void DropMetadata(JsonObject owner)
    {
        if (owner["metadata"] is not JsonObject metadata) return;
        if (metadata.ContainsKey("creationTimestamp") && metadata["creationTimestamp"] is null) metadata.Remove("creationTimestamp");
        Drop(metadata, "labels");
        Drop(metadata, "annotations");
        Drop(owner, "metadata");
    }

    private static void Drop(JsonObject from, string field)
    {
        if (from.ContainsKey(field) && from[field] is null or JsonObject { Count: 0 }) from.Remove(field);
    }

    private static JsonObject Ordered(JsonObject json)
    {
        JsonObject ordered = InOrder(json, TopOrder, last: "status");
        if (ordered["metadata"] is JsonObject metadata) ordered["metadata"] = InOrder(metadata, MetadataOrder, last: null);
        return ordered;
    }

    private static JsonObject InOrder(JsonObject map, string[] first, string? last)
    {
        int Rank(string key) => Array.IndexOf(first, key) is >= 0 and var rank ? rank : key == last ? int.MaxValue : first.Length;
        return new JsonObject(map.OrderBy(pair => Rank(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
    }
}
