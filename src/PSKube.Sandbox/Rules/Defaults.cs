using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>Which defaults belong to which kind.</summary>
internal static class Defaults
{
    /// <summary>Fills in what a server fills in.</summary>
    public static void Fill(Resource resource, JsonObject json, int minor)
    {
        if (resource.Model is null)
        {
            if (resource.CustomSchema is { } schema) CustomSchemaRules.Default(schema, json);
            return;
        }

        switch (resource.QualifiedName)
        {
            case "pods": PodDefaults.Pod(json, minor); break;
            case "replicationcontrollers": WorkloadDefaults.ReplicationController(json, minor); break;
            case "deployments.apps": WorkloadDefaults.Deployment(json, minor); break;
            case "replicasets.apps": WorkloadDefaults.ReplicaSet(json, minor); break;
            case "statefulsets.apps": WorkloadDefaults.StatefulSet(json, minor); break;
            case "daemonsets.apps": WorkloadDefaults.DaemonSet(json, minor); break;
            case "jobs.batch": WorkloadDefaults.Job(json, minor); break;
            case "cronjobs.batch": WorkloadDefaults.CronJob(json, minor); break;
            case "services": ServiceDefaults.Service(json, minor); break;
            case "secrets": CoreDefaults.Secret(json); break;
            case "namespaces": CoreDefaults.Namespace(json, minor); break;
            case "nodes": CoreDefaults.Node(json); break;
            case "endpoints": CoreDefaults.Endpoints(json); break;
            case "limitranges": CoreDefaults.LimitRange(json); break;
            case "resourcequotas": PodDefaults.Round(json.At("spec", "hard") as JsonObject); break;
            case "persistentvolumeclaims": StorageDefaults.Claim(json); break;
            case "persistentvolumes": StorageDefaults.Volume(json); break;
            case "storageclasses.storage.k8s.io": StorageDefaults.Class(json); break;
            case "horizontalpodautoscalers.autoscaling": PolicyDefaults.HorizontalPodAutoscaler(json); break;
            case "networkpolicies.networking.k8s.io": PolicyDefaults.NetworkPolicy(json); break;
            case "ingressclasses.networking.k8s.io": PolicyDefaults.IngressClass(json, minor); break;
            case "rolebindings.rbac.authorization.k8s.io" or "clusterrolebindings.rbac.authorization.k8s.io": PolicyDefaults.Binding(json); break;
            case "priorityclasses.scheduling.k8s.io": PolicyDefaults.PriorityClass(json); break;
            case "customresourcedefinitions.apiextensions.k8s.io": PolicyDefaults.CustomResourceDefinition(json); break;
        }
    }
}
