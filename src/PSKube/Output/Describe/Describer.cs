using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>Describes an object of any kind, by kubectl's sections and words (<c>pkg/describe/describe.go</c>).</summary>
internal static class Describer
{
    /// <summary>Describes an object.</summary>
    /// <param name="target">A model object or a generic one.</param>
    /// <param name="facts">What else is known.</param>
    public static KubeDescription Describe(object target, DescribeFacts facts)
    {
        var writer = new DescriptionWriter();
        Write(Known(target), writer, facts);
        return new KubeDescription(ResourceHeader.Read(target), target, writer, facts);
    }

    /// <summary>The conditions in an object's status.</summary>
    public static IReadOnlyList<object> ConditionsOf(object target)
    {
        object? status = Member(target, "status");
        return status is null || Member(status, "conditions") is not IEnumerable conditions ? [] : [.. conditions.Cast<object>()];
    }

    /// <summary>The same object as the model's type where an older version has the same fields.</summary>
    internal static object Known(object target)
    {
        if (target is not PSObject { BaseObject: PSCustomObject } || !ResourceHeader.TryRead(target, out ResourceHeader? header)) return target is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : target;
        Type? type = (header.Group, header.Kind) switch
        {
            ("batch", "CronJob") => typeof(V1CronJob),
            ("policy", "PodDisruptionBudget") => typeof(V1PodDisruptionBudget),
            _ => null,
        };
        try
        {
            return type is null ? target : ResourceJson.ToJsonObject(target).Deserialize(type, ResourceJson.Options) ?? target;
        }
        catch (JsonException)
        {
            return target;
        }
    }

    private static void Write(object target, DescriptionWriter writer, DescribeFacts facts)
    {
        switch (target)
        {
            case V1Pod pod: PodText.Write(pod, writer, facts); break;
            case V1Deployment deployment: WorkloadText.Write(deployment, writer, facts); break;
            case V1ReplicaSet set: WorkloadText.Write(set, writer, facts); break;
            case V1ReplicationController controller: WorkloadText.Write(controller, writer, facts); break;
            case V1DaemonSet set: WorkloadText.Write(set, writer, facts); break;
            case V1StatefulSet set: WorkloadText.Write(set, writer, facts); break;
            case V1Job job: WorkloadText.Write(job, writer, facts); break;
            case V1CronJob cron: WorkloadText.Write(cron, writer, facts); break;
            case V1Service service: ServiceText.Write(service, writer, facts); break;
            case V1HorizontalPodAutoscaler scaler: ScalerText.Write(scaler, writer, facts); break;
            case V2HorizontalPodAutoscaler scaler: ScalerText.Write(scaler, writer, facts); break;
            case V1Node node: NodeText.Write(node, writer, facts); break;
            case V1Namespace space: SpaceText.Write(space, writer, facts); break;
            case V1ResourceQuota quota: SpaceText.Write(quota, writer); break;
            case V1LimitRange range: SpaceText.Write(range, writer); break;
            case V1PersistentVolumeClaim claim: ClaimText.Write(claim, writer, facts); break;
            case V1ConfigMap map: DataText.Write(map, writer, facts); break;
            case V1Secret secret: DataText.Write(secret, writer); break;
            default: GenericText.Write(target, writer, facts); break;
        }
    }

    private static object? Member(object from, string name)
    {
        if (from is PSObject { BaseObject: PSCustomObject } generic) return generic.Properties[name]?.Value;
        object value = from is PSObject wrapped ? wrapped.BaseObject : from;
        return value.GetType().GetProperty(char.ToUpperInvariant(name[0]) + name[1..])?.GetValue(value);
    }
}
