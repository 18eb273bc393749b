using System.Text.Json.Nodes;

namespace PSKube.Specs;

/// <summary>Makes what is sent with a server-side apply: the document as it was written, less what only the server may say.</summary>
internal static class ApplyDocument
{
    /// <summary>Fields of metadata that the server sets.</summary>
    private static readonly string[] ServerFields = ["managedFields", "creationTimestamp", "selfLink", "generation", "deletionTimestamp"];

    private static readonly string[] Order =
    [
        "Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass", "IngressClass", "ServiceAccount", "ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding",
        "ResourceQuota", "LimitRange", "ConfigMap", "Secret", "PersistentVolume", "PersistentVolumeClaim", "Service",
        "Pod", "ReplicationController", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob",
    ];

    /// <summary>Where a kind stands in one call: what others need comes before them.</summary>
    public static int Rank(string kind) => Array.IndexOf(Order, kind) is >= 0 and var rank ? rank : Order.Length;

    /// <summary>Prepares a document.</summary>
    /// <param name="document">The object; changed.</param>
    /// <param name="fromCluster">True for an object that was read from a cluster: its identity there does not belong into it.</param>
    /// <param name="omitReplicas">Leave the number of pods to whoever scales.</param>
    public static JsonObject Prepare(JsonObject document, bool fromCluster, bool omitReplicas)
    {
        document.Remove("status");
        if (document["metadata"] is JsonObject metadata)
        {
            foreach (string field in ServerFields) metadata.Remove(field);
            if (fromCluster)
            {
                metadata.Remove("uid");
                metadata.Remove("resourceVersion");
            }
        }

        if (omitReplicas && document["spec"] is JsonObject spec) spec.Remove("replicas");
        return document;
    }

    /// <summary>
    /// Gives every port the protocol that it has by default. Servers up to 1.20 cannot apply a list of ports without it, because
    /// the protocol is part of the list's key (kubernetes/kubernetes#92332).
    /// </summary>
    public static JsonObject WithProtocols(JsonObject document)
    {
        Complete(document);
        return document;
    }

    private static void Complete(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (JsonNode? item in list) Complete(item);
                break;
            case JsonObject map:
                if (map["ports"] is JsonArray ports)
                {
                    foreach (JsonObject port in ports.OfType<JsonObject>().Where(port => port.ContainsKey("port") || port.ContainsKey("containerPort"))) port["protocol"] ??= "TCP";
                }

                foreach ((_, JsonNode? value) in map) Complete(value);
                break;
        }
    }
}
