using k8s.Models;

namespace PSKube.Specs;

/// <summary>Makes a stateful set, and the headless service that gives its pods their names.</summary>
internal static class StatefulSetBuilder
{
    /// <summary>The stateful set.</summary>
    /// <param name="args">What its pods are.</param>
    /// <param name="replicas">How many.</param>
    /// <param name="serviceName">The headless service.</param>
    /// <param name="podManagementPolicy"><c>OrderedReady</c>, <c>Parallel</c>, or null for the server's choice.</param>
    /// <param name="claims">The claims that each pod gets, with where they are mounted (null: nowhere).</param>
    public static V1StatefulSet Build(PodTemplateArgs args, int replicas, string serviceName, string? podManagementPolicy, IReadOnlyList<(V1PersistentVolumeClaim Claim, string? MountPath)> claims)
    {
        // Pods are named after the set with a number behind, and their names are host names.
        if (args.Name.Length > 61) throw PodTemplateBuilder.Invalid($"The name {args.Name} is too long for a StatefulSet: its pods' names are host names of at most 63 characters.");
        NameRules.CheckLabel(serviceName, "service name");
        WorkloadParts parts = WorkloadParts.Of(args);
        foreach ((V1PersistentVolumeClaim claim, string? path) in claims)
        {
            if (path is null) continue;
            foreach (V1Container container in parts.Template.Spec.Containers) container.VolumeMounts = [.. container.VolumeMounts ?? [], new V1VolumeMount { Name = claim.Metadata.Name, MountPath = path }];
        }

        return new V1StatefulSet
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = parts.Metadata,
            Spec = new V1StatefulSetSpec
            {
                Replicas = replicas,
                ServiceName = serviceName,
                PodManagementPolicy = podManagementPolicy,
                Selector = parts.Selector,
                Template = parts.Template,
                VolumeClaimTemplates = claims.Count > 0 ? [.. claims.Select(claim => claim.Claim)] : null,
            },
        };
    }

    /// <summary>Claims with their mount paths; a path for a claim that is not there is refused.</summary>
    public static IReadOnlyList<(V1PersistentVolumeClaim Claim, string? MountPath)> WithPaths(IReadOnlyList<V1PersistentVolumeClaim> claims, IReadOnlyList<KeyValuePair<string, string>>? mountPaths)
    {
        Dictionary<string, string> paths = PodTemplateBuilder.Map(mountPaths) ?? [];
        string? stray = paths.Keys.FirstOrDefault(name => !claims.Any(claim => claim.Metadata?.Name == name));
        if (stray is not null) throw PodTemplateBuilder.Invalid($"-ClaimMountPath names '{stray}', but -VolumeClaimTemplate has no claim of that name.");
        return [.. claims.Select(claim => (claim, (string?)paths.GetValueOrDefault(claim.Metadata.Name)))];
    }

    /// <summary>The headless service.</summary>
    public static V1Service BuildService(V1StatefulSet set, int? port)
    {
        return new V1Service
        {
            ApiVersion = "v1",
            Kind = "Service",
            Metadata = new V1ObjectMeta { Name = set.Spec.ServiceName, NamespaceProperty = set.Metadata.NamespaceProperty, Labels = set.Metadata.Labels is null ? null : new Dictionary<string, string>(set.Metadata.Labels) },
            Spec = new V1ServiceSpec
            {
                ClusterIP = "None",
                Selector = new Dictionary<string, string>(set.Spec.Selector.MatchLabels),
                // Names are made for pods even without a port.
                Ports = port is { } number ? [new V1ServicePort { Port = number, TargetPort = number, Protocol = "TCP" }] : null,
            },
        };
    }

    /// <summary>A claim of a size.</summary>
    public static V1PersistentVolumeClaim Claim(string name, ResourceQuantity size, IReadOnlyList<string> accessModes, string? storageClass)
    {
        return new V1PersistentVolumeClaim
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1PersistentVolumeClaimSpec
            {
                AccessModes = [.. accessModes],
                StorageClassName = storageClass,
                Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = size } },
            },
        };
    }
}
