using k8s.Models;

namespace PSKube.Specs;

/// <summary>What Deployments, ReplicaSets, StatefulSets and DaemonSets have in common: metadata, selector and pod template.</summary>
internal sealed record WorkloadParts(V1ObjectMeta Metadata, V1LabelSelector Selector, V1PodTemplateSpec Template)
{
    /// <summary>Makes them as <c>kubectl create deployment</c> does (<c>pkg/cmd/create/create_deployment.go</c>).</summary>
    public static WorkloadParts Of(PodTemplateArgs args)
    {
        PodTemplateBuilder.Check(args);
        if (args.Images.Count > 1 && (args.Command.Count > 0 || args.Arguments.Count > 0)) throw PodTemplateBuilder.Invalid("A command cannot be given for several images: which container it is meant for is not said.");
        Dictionary<string, string> labels = new(StringComparer.Ordinal) { ["app"] = args.Name };
        foreach ((string key, string value) in args.Labels ?? []) labels[key] = value;
        NameRules.CheckLabels(labels);
        IReadOnlyList<string> names = PodTemplateBuilder.ContainerNames(args.Images);
        var spec = new V1PodSpec { Containers = [.. args.Images.Select((image, index) => PodTemplateBuilder.Container(args, names[index], image, withPort: index == 0))] };
        PodTemplateBuilder.Complete(spec, args);
        return new WorkloadParts(
            new V1ObjectMeta { Name = args.Name, NamespaceProperty = args.Namespace, Labels = labels, Annotations = PodTemplateBuilder.Map(args.Annotations) },
            // A selector cannot be changed later: only what names the workload goes into it.
            new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = labels["app"] } },
            new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string>(labels) }, Spec = spec });
    }
}
