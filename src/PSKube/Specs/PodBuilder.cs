using k8s.Models;

namespace PSKube.Specs;

/// <summary>Makes the pod that <c>kubectl run</c> makes (<c>pkg/cmd/run/run.go</c>), and the service of its <c>--expose</c>.</summary>
internal static class PodBuilder
{
    /// <summary>The pod.</summary>
    public static V1Pod Build(PodTemplateArgs args, string restartPolicy)
    {
        PodTemplateBuilder.Check(args);
        // The container bears the pod's name, and its rule is the stricter one.
        if (args.Images.Count > 0) NameRules.CheckLabel(args.Name, "name of a pod's container");
        var pod = new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                Name = args.Name,
                NamespaceProperty = args.Namespace,
                Labels = PodTemplateBuilder.Map(args.Labels) ?? new Dictionary<string, string> { ["run"] = args.Name },
                Annotations = PodTemplateBuilder.Map(args.Annotations),
            },
            Spec = new V1PodSpec
            {
                Containers = [.. args.Images.Select(image => PodTemplateBuilder.Container(args, args.Name, image, withPort: true))],
                DnsPolicy = "ClusterFirst",
                RestartPolicy = restartPolicy,
            },
        };
        PodTemplateBuilder.Complete(pod.Spec, args);
        return pod;
    }

    /// <summary>The service that leads to the pod.</summary>
    public static V1Service BuildService(PodTemplateArgs args, V1Pod pod)
    {
        int port = args.Port ?? throw PodTemplateBuilder.Invalid("--port must be set when exposing a service: give -Port with -Expose.");
        return new V1Service
        {
            ApiVersion = "v1",
            Kind = "Service",
            // Only labels that the user gave; the default one is the pod's own.
            Metadata = new V1ObjectMeta { Name = args.Name, NamespaceProperty = args.Namespace, Labels = PodTemplateBuilder.Map(args.Labels) },
            Spec = new V1ServiceSpec
            {
                Selector = new Dictionary<string, string>(pod.Metadata.Labels),
                Ports = [new V1ServicePort { Port = port, TargetPort = port, Protocol = "TCP" }],
            },
        };
    }
}
