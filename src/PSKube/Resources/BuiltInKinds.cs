namespace PSKube.Resources;

/// <summary>
/// The kinds that every cluster from 1.20 on serves at the same place, so that the common commands need no discovery and
/// everything that is built offline knows its own names.
/// </summary>
/// <remarks>Names, short names and categories are those that the API server's discovery reports.</remarks>
internal static class BuiltInKinds
{
    private static readonly string[] All = ["all"];

    public static readonly ResourceKind Pod = new("", "v1", "Pod", "pods", true) { ShortNames = ["po"], Categories = All };
    public static readonly ResourceKind Service = new("", "v1", "Service", "services", true) { ShortNames = ["svc"], Categories = All };
    public static readonly ResourceKind ReplicationController = new("", "v1", "ReplicationController", "replicationcontrollers", true) { ShortNames = ["rc"], Categories = All, Subresources = ["scale"] };
    public static readonly ResourceKind ConfigMap = new("", "v1", "ConfigMap", "configmaps", true) { ShortNames = ["cm"] };
    public static readonly ResourceKind Secret = new("", "v1", "Secret", "secrets", true);
    public static readonly ResourceKind ServiceAccount = new("", "v1", "ServiceAccount", "serviceaccounts", true) { ShortNames = ["sa"] };
    public static readonly ResourceKind Endpoints = new("", "v1", "Endpoints", "endpoints", true) { ShortNames = ["ep"] };
    public static readonly ResourceKind Event = new("", "v1", "Event", "events", true) { ShortNames = ["ev"] };
    public static readonly ResourceKind PersistentVolumeClaim = new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true) { ShortNames = ["pvc"] };
    public static readonly ResourceKind LimitRange = new("", "v1", "LimitRange", "limitranges", true) { ShortNames = ["limits"] };
    public static readonly ResourceKind ResourceQuota = new("", "v1", "ResourceQuota", "resourcequotas", true) { ShortNames = ["quota"] };
    public static readonly ResourceKind Namespace = new("", "v1", "Namespace", "namespaces", false) { ShortNames = ["ns"] };
    public static readonly ResourceKind Node = new("", "v1", "Node", "nodes", false) { ShortNames = ["no"] };
    public static readonly ResourceKind PersistentVolume = new("", "v1", "PersistentVolume", "persistentvolumes", false) { ShortNames = ["pv"] };
    public static readonly ResourceKind DaemonSet = new("apps", "v1", "DaemonSet", "daemonsets", true) { ShortNames = ["ds"], Categories = All };
    public static readonly ResourceKind Deployment = new("apps", "v1", "Deployment", "deployments", true) { ShortNames = ["deploy"], Categories = All, Subresources = ["scale"] };
    public static readonly ResourceKind ReplicaSet = new("apps", "v1", "ReplicaSet", "replicasets", true) { ShortNames = ["rs"], Categories = All, Subresources = ["scale"] };
    public static readonly ResourceKind StatefulSet = new("apps", "v1", "StatefulSet", "statefulsets", true) { ShortNames = ["sts"], Categories = All, Subresources = ["scale"] };
    public static readonly ResourceKind ControllerRevision = new("apps", "v1", "ControllerRevision", "controllerrevisions", true);
    public static readonly ResourceKind Job = new("batch", "v1", "Job", "jobs", true) { Categories = All };
    public static readonly ResourceKind Ingress = new("networking.k8s.io", "v1", "Ingress", "ingresses", true) { ShortNames = ["ing"] };
    public static readonly ResourceKind IngressClass = new("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false);
    public static readonly ResourceKind NetworkPolicy = new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true) { ShortNames = ["netpol"] };
    public static readonly ResourceKind Role = new("rbac.authorization.k8s.io", "v1", "Role", "roles", true);
    public static readonly ResourceKind RoleBinding = new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true);
    public static readonly ResourceKind ClusterRole = new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false);
    public static readonly ResourceKind ClusterRoleBinding = new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false);
    public static readonly ResourceKind StorageClass = new("storage.k8s.io", "v1", "StorageClass", "storageclasses", false) { ShortNames = ["sc"] };
    public static readonly ResourceKind PriorityClass = new("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", false) { ShortNames = ["pc"] };
    public static readonly ResourceKind Lease = new("coordination.k8s.io", "v1", "Lease", "leases", true);
    public static readonly ResourceKind CustomResourceDefinition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false) { ShortNames = ["crd", "crds"] };

    /// <summary>
    /// Kinds that exist everywhere but under a version that depends on the server (CronJob is batch/v1beta1 before 1.21);
    /// known here by their newest name, to be asked of discovery before use.
    /// </summary>
    public static readonly ResourceKind CronJob = new("batch", "v1", "CronJob", "cronjobs", true) { ShortNames = ["cj"], Categories = All };

    /// <summary>See <see cref="CronJob"/>: policy/v1beta1 before 1.21.</summary>
    public static readonly ResourceKind PodDisruptionBudget = new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true) { ShortNames = ["pdb"] };

    /// <summary>autoscaling/v2 since 1.23, v1 everywhere: asked of discovery to get the richer one where it is.</summary>
    public static readonly ResourceKind HorizontalPodAutoscaler = new("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true) { ShortNames = ["hpa"], Categories = All };

    /// <summary>True when servers serve the kind under a version that depends on their own.</summary>
    public static bool IsVersioned(ResourceKind kind) => kind == CronJob || kind == PodDisruptionBudget || kind == HorizontalPodAutoscaler;

    /// <summary>Every kind above, core first, in the order in which kubectl prints them.</summary>
    public static readonly IReadOnlyList<ResourceKind> Everything =
    [
        Pod, ReplicationController, Service, ConfigMap, Secret, ServiceAccount, Endpoints, Event, PersistentVolumeClaim, LimitRange,
        ResourceQuota, Namespace, Node, PersistentVolume, DaemonSet, Deployment, ReplicaSet, StatefulSet, ControllerRevision,
        HorizontalPodAutoscaler, CronJob, Job, Ingress, IngressClass, NetworkPolicy, PodDisruptionBudget, Role, RoleBinding,
        ClusterRole, ClusterRoleBinding, StorageClass, PriorityClass, Lease, CustomResourceDefinition,
    ];

    /// <summary>Finds a kind by what people type: kind, plural, singular or short name, <c>deployments.apps</c> too; case does not matter.</summary>
    public static ResourceKind? Find(string text)
    {
        foreach (ResourceKind kind in Everything)
        {
            if (IsCalled(kind, text)) return kind;
        }

        return null;
    }

    /// <summary>Finds a kind by the exact apiVersion and kind that an object carries.</summary>
    public static ResourceKind? Find(string apiVersion, string kind)
    {
        foreach (ResourceKind candidate in Everything)
        {
            if (candidate.Kind == kind && candidate.ApiVersion == apiVersion) return candidate;
        }

        return null;
    }

    /// <summary>True when <paramref name="text"/> is a name of this kind, alone or with its group behind a dot.</summary>
    public static bool IsCalled(ResourceKind kind, string text)
    {
        ReadOnlySpan<char> name = text;
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            ReadOnlySpan<char> group = name[(dot + 1)..];
            string versioned = $"{kind.Version}.{kind.Group}";
            if (!group.Equals(kind.Group, StringComparison.OrdinalIgnoreCase) && !group.Equals(versioned, StringComparison.OrdinalIgnoreCase)) return false;
            name = name[..dot];
        }

        if (name.Equals(kind.Kind, StringComparison.OrdinalIgnoreCase)) return true;
        if (name.Equals(kind.Plural, StringComparison.OrdinalIgnoreCase)) return true;
        if (name.Equals(kind.Singular, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (string shortName in kind.ShortNames)
        {
            if (name.Equals(shortName, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
