using k8s.Models;

namespace PSKube.Specs;

/// <summary>Makes the deployment that <c>kubectl create deployment</c> makes, and its like of the other kinds, which kubectl does not make.</summary>
internal static class DeploymentBuilder
{
    /// <summary>The deployment.</summary>
    public static V1Deployment Build(PodTemplateArgs args, int replicas)
    {
        WorkloadParts parts = WorkloadParts.Of(args);
        return new V1Deployment
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = parts.Metadata,
            Spec = new V1DeploymentSpec { Replicas = replicas, Selector = parts.Selector, Template = parts.Template },
        };
    }

    /// <summary>A replica set.</summary>
    public static V1ReplicaSet BuildReplicaSet(PodTemplateArgs args, int replicas)
    {
        WorkloadParts parts = WorkloadParts.Of(args);
        return new V1ReplicaSet
        {
            ApiVersion = "apps/v1",
            Kind = "ReplicaSet",
            Metadata = parts.Metadata,
            Spec = new V1ReplicaSetSpec { Replicas = replicas, Selector = parts.Selector, Template = parts.Template },
        };
    }

    /// <summary>A daemon set.</summary>
    public static V1DaemonSet BuildDaemonSet(PodTemplateArgs args, bool tolerateControlPlane)
    {
        WorkloadParts parts = WorkloadParts.Of(args);
        if (tolerateControlPlane) parts.Template.Spec.Tolerations = [.. ControlPlane.Tolerations()];
        return new V1DaemonSet
        {
            ApiVersion = "apps/v1",
            Kind = "DaemonSet",
            Metadata = parts.Metadata,
            Spec = new V1DaemonSetSpec { Selector = parts.Selector, Template = parts.Template },
        };
    }
}
