using k8s.Models;

namespace PSKube.Specs;

/// <summary>Makes the deployment that <c>kubectl create deployment</c> makes (<c>pkg/cmd/create/create_deployment.go</c>).</summary>
internal static class DeploymentBuilder
{
    /// <summary>The deployment.</summary>
    public static V1Deployment Build(PodTemplateArgs args, int replicas)
    {
        PodTemplateBuilder.Check(args);
        if (args.Images.Count > 1 && (args.Command.Count > 0 || args.Arguments.Count > 0)) throw PodTemplateBuilder.Invalid("A command cannot be given for several images: which container it is meant for is not said.");
        Dictionary<string, string> labels = new(StringComparer.Ordinal) { ["app"] = args.Name };
        foreach ((string key, string value) in args.Labels ?? []) labels[key] = value;
        NameRules.CheckLabels(labels);
        IReadOnlyList<string> names = PodTemplateBuilder.ContainerNames(args.Images);
        var spec = new V1PodSpec { Containers = [.. args.Images.Select((image, index) => PodTemplateBuilder.Container(args, names[index], image, withPort: index == 0))] };
        PodTemplateBuilder.Place(spec, args);
        return new V1Deployment
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new V1ObjectMeta { Name = args.Name, NamespaceProperty = args.Namespace, Labels = labels, Annotations = PodTemplateBuilder.Map(args.Annotations) },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas,
                // A selector cannot be changed later: only what names the deployment goes into it.
                Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = labels["app"] } },
                Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string>(labels) }, Spec = spec },
            },
        };
    }
}
