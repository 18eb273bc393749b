using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Rules;

/// <summary>Which checks belong to which kind.</summary>
internal static class Validation
{
    /// <summary>What is wrong with an object.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="json">The object.</param>
    /// <param name="old">What it was; null for a new one.</param>
    /// <param name="subresource">The subresource through which it is changed; null for none.</param>
    /// <param name="minor">The minor version of the server that is played.</param>
    public static List<Cause> Check(Resource resource, JsonObject json, JsonObject? old, string? subresource, int minor)
    {
        var problems = new Problems(minor);
        var metadata = new MetadataValidation(problems);
        if (subresource is null || old is null) Whole(resource, json, old, problems, metadata);
        else if (subresource == "ephemeralcontainers") new PodValidation(problems, metadata).UpdateEphemeral(json, old);
        else if (subresource == "status") Status(resource, json, old, problems, metadata);
        return problems.Causes;
    }

    private static void Whole(Resource resource, JsonObject json, JsonObject? old, Problems problems, MetadataValidation metadata)
    {
        if (resource.IsCustom || resource.Model is null)
        {
            if (old is null) metadata.Create(json, resource.Namespaced, metadata.Names.DnsName, false);
            else metadata.Update(json, old, false);
            if (resource.CustomSchema is { } schema) CustomSchemaRules.Validate(schema, json, problems);
            return;
        }

        switch (resource.QualifiedName)
        {
            case "pods" when old is null: new PodValidation(problems, metadata).Create(json); break;
            case "pods": new PodValidation(problems, metadata).Update(json, old); break;
            case "deployments.apps" when old is null: new WorkloadValidation(problems, metadata).Deployment(json); break;
            case "deployments.apps": new WorkloadValidation(problems, metadata).Deployment(json, old); break;
            case "replicasets.apps" when old is null: new WorkloadValidation(problems, metadata).ReplicaSet(json); break;
            case "replicasets.apps": new WorkloadValidation(problems, metadata).ReplicaSet(json, old); break;
            case "statefulsets.apps" when old is null: new WorkloadValidation(problems, metadata).StatefulSet(json); break;
            case "statefulsets.apps": new WorkloadValidation(problems, metadata).StatefulSet(json, old); break;
            case "daemonsets.apps" when old is null: new WorkloadValidation(problems, metadata).DaemonSet(json); break;
            case "daemonsets.apps": new WorkloadValidation(problems, metadata).DaemonSet(json, old); break;
            case "replicationcontrollers" when old is null: new WorkloadValidation(problems, metadata).ReplicationController(json); break;
            case "replicationcontrollers": new WorkloadValidation(problems, metadata).ReplicationController(json, old); break;
            case "jobs.batch" when old is null: new JobValidation(problems, metadata).Job(json); break;
            case "jobs.batch": new JobValidation(problems, metadata).Job(json, old); break;
            case "cronjobs.batch": new JobValidation(problems, metadata).CronJob(json, old); break;
            case "services" when old is null: new ServiceValidation(problems, metadata).Create(json); break;
            case "services": new ServiceValidation(problems, metadata).Update(json, old); break;
            case "persistentvolumeclaims" when old is null: new StorageValidation(problems, metadata).Claim(json); break;
            case "persistentvolumeclaims": new StorageValidation(problems, metadata).Claim(json, old); break;
            case "persistentvolumes" when old is null: new StorageValidation(problems, metadata).Volume(json); break;
            case "persistentvolumes": new StorageValidation(problems, metadata).Volume(json, old); break;
            case "storageclasses.storage.k8s.io": new StorageValidation(problems, metadata).Class(json, old); break;
            case "configmaps": new CoreValidation(problems, metadata).ConfigMap(json, old); break;
            case "secrets": new CoreValidation(problems, metadata).Secret(json, old); break;
            case "namespaces": new CoreValidation(problems, metadata).Namespace(json, old); break;
            case "nodes": new CoreValidation(problems, metadata).Node(json, old); break;
            case "resourcequotas": new CoreValidation(problems, metadata).ResourceQuota(json, old); break;
            case "limitranges": new CoreValidation(problems, metadata).LimitRange(json); break;
            case "endpoints": new CoreValidation(problems, metadata).Endpoints(json, old); break;
            case "events": new CoreValidation(problems, metadata).Event(json); break;
            default: Policies(resource, json, old, problems, metadata); break;
        }
    }

    private static void Policies(Resource resource, JsonObject json, JsonObject? old, Problems problems, MetadataValidation metadata)
    {
        var policies = new PolicyValidation(problems, metadata);
        switch (resource.QualifiedName)
        {
            case "horizontalpodautoscalers.autoscaling": policies.HorizontalPodAutoscaler(json, old); break;
            case "ingresses.networking.k8s.io": policies.Ingress(json, old); break;
            case "networkpolicies.networking.k8s.io": policies.NetworkPolicy(json, old); break;
            case "poddisruptionbudgets.policy": policies.PodDisruptionBudget(json, old); break;
            case "roles.rbac.authorization.k8s.io" or "clusterroles.rbac.authorization.k8s.io": policies.Role(json, old, resource.Namespaced); break;
            case "rolebindings.rbac.authorization.k8s.io" or "clusterrolebindings.rbac.authorization.k8s.io": policies.Binding(json, old, resource.Namespaced); break;
            case "priorityclasses.scheduling.k8s.io": policies.PriorityClass(json, old); break;
            case "customresourcedefinitions.apiextensions.k8s.io": policies.CustomResourceDefinition(json, old); break;
            default:
                if (old is null) metadata.Create(json, resource.Namespaced, metadata.Names.DnsName);
                else metadata.Update(json, old);
                break;
        }
    }

    /// <summary>A status: numbers of pods that cannot be.</summary>
    private static void Status(Resource resource, JsonObject json, JsonObject old, Problems problems, MetadataValidation metadata)
    {
        metadata.Update(json, old, !resource.IsCustom);
        if (resource.IsCustom && resource.CustomSchema is { } schema)
        {
            CustomSchemaRules.Validate(schema, json, problems);
            return;
        }

        if (resource.QualifiedName is not ("deployments.apps" or "replicasets.apps" or "statefulsets.apps" or "replicationcontrollers")) return;
        JsonNode? status = json["status"];
        long all = status.Number("replicas") ?? 0;
        foreach (string name in s_counts)
        {
            problems.NonNegative($"status.{name}", status.Number(name));
            if (name != "unavailableReplicas" && status.Number(name) > all) problems.Invalid($"status.{name}", status.Number(name)!.Value, "cannot be greater than status.replicas");
        }

        if (status.Number("availableReplicas") is { } available && available > (status.Number("readyReplicas") ?? 0)) problems.Invalid("status.availableReplicas", available, "cannot be greater than readyReplicas");
    }

    private static readonly string[] s_counts = ["replicas", "fullyLabeledReplicas", "updatedReplicas", "readyReplicas", "currentReplicas", "availableReplicas", "unavailableReplicas"];
}
