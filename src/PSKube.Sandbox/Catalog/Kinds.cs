using k8s.Models;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Catalog;

/// <summary>The kinds of Kubernetes' own that the sandbox serves, in the order of its discovery.</summary>
/// <remarks>Names and versions are those of the API server's discovery; since and until when, of Kubernetes' deprecation guide.</remarks>
internal static class Kinds
{
    private static readonly string[] s_all = ["all"];

    public static readonly Resource ConfigMaps = Core("ConfigMap", "configmaps", typeof(V1ConfigMap), "cm");
    public static readonly Resource Endpoints = Core("Endpoints", "endpoints", typeof(V1Endpoints), "ep");
    public static readonly Resource Events = Core("Event", "events", typeof(Corev1Event), "ev");
    public static readonly Resource LimitRanges = Core("LimitRange", "limitranges", typeof(V1LimitRange), "limits");
    public static readonly Resource Namespaces = Core("Namespace", "namespaces", typeof(V1Namespace), "ns") with { Namespaced = false, HasStatus = true };
    public static readonly Resource Nodes = Core("Node", "nodes", typeof(V1Node), "no") with { Namespaced = false, HasStatus = true };
    public static readonly Resource PersistentVolumeClaims = Core("PersistentVolumeClaim", "persistentvolumeclaims", typeof(V1PersistentVolumeClaim), "pvc") with { HasStatus = true };
    public static readonly Resource PersistentVolumes = Core("PersistentVolume", "persistentvolumes", typeof(V1PersistentVolume), "pv") with { Namespaced = false, HasStatus = true };
    public static readonly Resource Pods = Core("Pod", "pods", typeof(V1Pod), "po") with { HasStatus = true, Categories = s_all };
    public static readonly Resource ReplicationControllers = Core("ReplicationController", "replicationcontrollers", typeof(V1ReplicationController), "rc") with { HasStatus = true, HasScale = true, Categories = s_all };
    public static readonly Resource ResourceQuotas = Core("ResourceQuota", "resourcequotas", typeof(V1ResourceQuota), "quota") with { HasStatus = true };
    public static readonly Resource Secrets = Core("Secret", "secrets", typeof(V1Secret));
    public static readonly Resource ServiceAccounts = Core("ServiceAccount", "serviceaccounts", typeof(V1ServiceAccount), "sa");
    public static readonly Resource Services = Core("Service", "services", typeof(V1Service), "svc") with { HasStatus = true, Categories = s_all };
    public static readonly Resource ControllerRevisions = Apps("ControllerRevision", "controllerrevisions", typeof(V1ControllerRevision)) with { HasStatus = false, Categories = [] };
    public static readonly Resource DaemonSets = Apps("DaemonSet", "daemonsets", typeof(V1DaemonSet), "ds");
    public static readonly Resource Deployments = Apps("Deployment", "deployments", typeof(V1Deployment), "deploy") with { HasScale = true };
    public static readonly Resource ReplicaSets = Apps("ReplicaSet", "replicasets", typeof(V1ReplicaSet), "rs") with { HasScale = true };
    public static readonly Resource StatefulSets = Apps("StatefulSet", "statefulsets", typeof(V1StatefulSet), "sts") with { HasScale = true };
    public static readonly Resource HorizontalPodAutoscalers = Kind("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", typeof(V2HorizontalPodAutoscaler), "hpa") with
    {
        HasStatus = true,
        Categories = s_all,
        Versions = [new("v2", 23), new("v1"), new("v2beta2", 0, 26)],
    };

    public static readonly Resource CronJobs = Kind("batch", "CronJob", "cronjobs", typeof(V1CronJob), "cj") with { HasStatus = true, Categories = s_all, Versions = [new("v1", 21), new("v1beta1", 0, 25)] };
    public static readonly Resource Jobs = Kind("batch", "Job", "jobs", typeof(V1Job)) with { HasStatus = true, Categories = s_all };
    public static readonly Resource Leases = Kind("coordination.k8s.io", "Lease", "leases", typeof(V1Lease));
    public static readonly Resource Ingresses = Kind("networking.k8s.io", "Ingress", "ingresses", typeof(V1Ingress), "ing") with { HasStatus = true };
    public static readonly Resource IngressClasses = Kind("networking.k8s.io", "IngressClass", "ingressclasses", typeof(V1IngressClass)) with { Namespaced = false };
    public static readonly Resource NetworkPolicies = Kind("networking.k8s.io", "NetworkPolicy", "networkpolicies", typeof(V1NetworkPolicy), "netpol");
    public static readonly Resource PodDisruptionBudgets = Kind("policy", "PodDisruptionBudget", "poddisruptionbudgets", typeof(V1PodDisruptionBudget), "pdb") with { HasStatus = true, Versions = [new("v1", 21), new("v1beta1", 0, 25)] };
    public static readonly Resource ClusterRoleBindings = Kind("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", typeof(V1ClusterRoleBinding)) with { Namespaced = false };
    public static readonly Resource ClusterRoles = Kind("rbac.authorization.k8s.io", "ClusterRole", "clusterroles", typeof(V1ClusterRole)) with { Namespaced = false };
    public static readonly Resource RoleBindings = Kind("rbac.authorization.k8s.io", "RoleBinding", "rolebindings", typeof(V1RoleBinding));
    public static readonly Resource Roles = Kind("rbac.authorization.k8s.io", "Role", "roles", typeof(V1Role));
    public static readonly Resource PriorityClasses = Kind("scheduling.k8s.io", "PriorityClass", "priorityclasses", typeof(V1PriorityClass), "pc") with { Namespaced = false };
    public static readonly Resource StorageClasses = Kind("storage.k8s.io", "StorageClass", "storageclasses", typeof(V1StorageClass), "sc") with { Namespaced = false };
    public static readonly Resource CustomResourceDefinitions = Kind("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", typeof(V1CustomResourceDefinition), "crd", "crds") with { Namespaced = false, HasStatus = true };

    /// <summary>Every kind above; the groups in the order in which a server lists them.</summary>
    public static readonly IReadOnlyList<Resource> All =
    [
        ConfigMaps, Endpoints, Events, LimitRanges, Namespaces, Nodes, PersistentVolumeClaims, PersistentVolumes, Pods, ReplicationControllers,
        ResourceQuotas, Secrets, ServiceAccounts, Services, ControllerRevisions, DaemonSets, Deployments, ReplicaSets, StatefulSets,
        HorizontalPodAutoscalers, CronJobs, Jobs, IngressClasses, Ingresses, NetworkPolicies, PodDisruptionBudgets, ClusterRoleBindings,
        ClusterRoles, RoleBindings, Roles, StorageClasses, CustomResourceDefinitions, PriorityClasses, Leases,
    ];

    private static Resource Core(string kind, string plural, Type model, params string[] shortNames) => Kind("", kind, plural, model, shortNames);

    private static Resource Apps(string kind, string plural, Type model, params string[] shortNames) => Kind("apps", kind, plural, model, shortNames) with { HasStatus = true, Categories = s_all };

    private static Resource Kind(string group, string kind, string plural, Type model, params string[] shortNames) => new(group, kind, plural, true) { Model = ModelType.For(model), ShortNames = shortNames };
}
