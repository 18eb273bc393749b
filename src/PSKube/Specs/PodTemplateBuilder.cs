using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>What pods and pod templates have in common: labels, containers, where they may run.</summary>
internal static partial class PodTemplateBuilder
{
    /// <summary>The label of the node, and since 1.19 of every node, that names its system.</summary>
    private const string SystemLabel = "kubernetes.io/os";

    /// <summary>Checks what the server would refuse anyway, before anything is sent.</summary>
    public static void Check(PodTemplateArgs args)
    {
        NameRules.CheckSubdomain(args.Name, "name");
        if (args.Namespace is not null) NameRules.CheckLabel(args.Namespace, "namespace");
        if (args.Images.Count == 0 && args.Containers.Count == 0) throw Invalid("An image is needed: -Image nginx.");
        if (args.Images.Count == 0 && (args.Port is not null || args.Env.Count > 0 || args.Command.Count > 0 || args.Arguments.Count > 0 || args.ImagePullPolicy is not null || args.Privileged || args.Resources is not null)) throw Invalid("-Port, -Env, -Command, -ArgumentList, -ImagePullPolicy, -Privileged and -Resources are for the container of -Image; what -Container adds is told to New-KubeContainer.");
        foreach (string image in args.Images) CheckImage(image);
        ContainerBuilder.CheckAll(args.InitContainers, args.Containers);
        foreach (V1Volume volume in args.Volumes) VolumeBuilder.Check(volume);

        if (args.Port is < 1 or > 65535) throw Invalid($"The port {args.Port} is none: ports go from 1 to 65535.");
        foreach ((string name, _) in args.Env)
        {
            if (!NameRules.IsEnvironmentName(name)) throw NameRules.InvalidName(name, "name of an environment variable", "printable ASCII characters without '='");
        }

        NameRules.CheckLabels(args.Labels ?? []);
        NameRules.CheckLabels(args.NodeSelector ?? []);
        foreach ((string key, _) in args.Annotations ?? [])
        {
            if (!NameRules.IsQualifiedName(key.ToLowerInvariant())) throw NameRules.InvalidName(key, "annotation key", "letters, digits, '-', '_' and '.', at most 63 characters, with an optional DNS prefix and '/'");
        }
    }

    /// <summary>Refuses a text that is no image.</summary>
    public static void CheckImage(string image)
    {
        if (image.Length > 512 || !ImageReference().IsMatch(image)) throw Invalid($"Invalid image name \"{Api.ServerErrors.Escape(image)}\": it has to be [registry/]name[:tag][@digest] in lower case.");
    }

    /// <summary>One container of the arguments' making.</summary>
    public static V1Container Container(PodTemplateArgs args, string name, string image, bool withPort)
    {
        return new V1Container
        {
            Name = name,
            Image = image,
            Command = args.Command.Count > 0 ? [.. args.Command] : null,
            Args = args.Arguments.Count > 0 ? [.. args.Arguments] : null,
            Env = args.Env.Count > 0 ? [.. args.Env.Select(pair => new V1EnvVar { Name = pair.Key, Value = pair.Value.Length == 0 ? null : pair.Value })] : null,
            Ports = withPort && args.Port is { } port ? [new V1ContainerPort { ContainerPort = port }] : null,
            ImagePullPolicy = args.ImagePullPolicy,
            Resources = args.Resources,
            SecurityContext = args.Privileged ? new V1SecurityContext { Privileged = true } : null,
        };
    }

    /// <summary>The containers and volumes that came as objects, behind those of the images, and where the pods may run.</summary>
    public static void Complete(V1PodSpec spec, PodTemplateArgs args)
    {
        string? twice = spec.Containers.Concat(args.Containers).Concat(args.InitContainers).GroupBy(container => container.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw Invalid($"Two containers are called '{twice}'; a pod's containers, init containers too, each need a name of their own.");
        twice = args.Volumes.GroupBy(volume => volume.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw Invalid($"Two volumes are called '{twice}'.");
        spec.Containers = [.. spec.Containers, .. args.Containers.Select(Copy)];
        if (args.InitContainers.Count > 0) spec.InitContainers = [.. args.InitContainers.Select(Copy)];
        if (args.Volumes.Count > 0) spec.Volumes = [.. args.Volumes.Select(Copy)];
        Place(spec, args);
    }

    /// <summary>The user's own objects are not changed, whatever is done to the pod later.</summary>
    private static T Copy<T>(T part)
        where T : class => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(part, Resources.ResourceJson.Options), Resources.ResourceJson.Options)!;

    private static void Place(V1PodSpec spec, PodTemplateArgs args)
    {
        Dictionary<string, string> selector = Map(args.NodeSelector) ?? [];
        if (args.OperatingSystem is { } system)
        {
            selector[SystemLabel] = system;
            spec.Os = new V1PodOS { Name = system };
        }

        if (selector.Count > 0) spec.NodeSelector = selector;
    }

    /// <summary>
    /// A container's name from its image, as <c>kubectl create deployment</c> makes it: the last part of the path without tag
    /// and digest. Where kubectl adds a random ending we take one from the image's hash, so that two runs give the same object.
    /// </summary>
    public static string ContainerName(string image)
    {
        string name = image[(image.LastIndexOf('/') + 1)..];
        int tag = name.IndexOf(':', StringComparison.Ordinal);
        if (tag > 0) name = name[..tag];
        int digest = name.IndexOf('@', StringComparison.Ordinal);
        if (digest > 0) name = name[..digest];
        if (name.AsSpan().IndexOfAny('_', '.') < 0) return name;
        const string letters = "bcdfghjklmnpqrstvwxz2456789";
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(image));
        string ending = new([.. hash.Take(5).Select(value => letters[value % letters.Length])]);
        return $"{name.Replace('_', '-').Replace('.', '-')}-{ending}";
    }

    /// <summary>The names of the images' containers, each once.</summary>
    public static IReadOnlyList<string> ContainerNames(IReadOnlyList<string> images)
    {
        var names = new List<string>();
        foreach (string image in images)
        {
            string name = ContainerName(image);
            string unique = name;
            for (int i = 2; names.Contains(unique); i++) unique = $"{name}-{i}";
            NameRules.CheckLabel(unique, "container name");
            names.Add(unique);
        }

        return names;
    }

    /// <summary>Pairs as the model holds them; null for none.</summary>
    public static Dictionary<string, string>? Map(IReadOnlyList<KeyValuePair<string, string>>? pairs)
    {
        if (pairs is null) return null;
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs) map[key] = value;
        return map;
    }

    /// <summary>The failure of an argument.</summary>
    public static KubeException Invalid(string message) => new("KubeInvalidArgument", ErrorCategory.InvalidArgument, message);

    /// <summary>A reference as the OCI distribution specification writes it (distribution/reference <c>regexp.go</c>).</summary>
    [GeneratedRegex(@"\A(?:(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ImageReference();
}
