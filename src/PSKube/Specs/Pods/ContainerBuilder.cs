using System.Globalization;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>Makes containers, and checks those that users made, before anything is sent.</summary>
internal static class ContainerBuilder
{
    /// <summary>What a container has besides what the pods of the New-Kube cmdlets have.</summary>
    public sealed record ContainerArgs(IReadOnlyList<string> Ports, IReadOnlyList<KeyValuePair<string, string>> Mounts, string? WorkingDirectory, bool RestartAlways);

    /// <summary>A container.</summary>
    /// <exception cref="KubeException">The server would refuse it (<c>KubeInvalidName</c>, <c>KubeInvalidArgument</c>).</exception>
    public static V1Container Build(PodTemplateArgs args, ContainerArgs more)
    {
        V1Container container = PodTemplateBuilder.Container(args, args.Name, args.Images[0], withPort: false);
        container.Ports = more.Ports.Count > 0 ? [.. more.Ports.Select(ParsePort)] : null;
        container.VolumeMounts = more.Mounts.Count > 0 ? [.. more.Mounts.Select(pair => new V1VolumeMount { Name = pair.Key, MountPath = pair.Value })] : null;
        container.WorkingDir = more.WorkingDirectory;
        container.RestartPolicy = more.RestartAlways ? "Always" : null;
        Check(container);
        return container;
    }

    /// <summary>Checks containers that are for one pod.</summary>
    public static void CheckAll(IReadOnlyList<V1Container> init, IReadOnlyList<V1Container> main)
    {
        foreach (V1Container container in init.Concat(main)) Check(container);
    }

    /// <summary>Refuses a container that the server would refuse.</summary>
    public static void Check(V1Container container)
    {
        NameRules.CheckLabel(container.Name ?? "", "container name");
        if (string.IsNullOrEmpty(container.Image)) throw PodTemplateBuilder.Invalid($"The container '{container.Name}' has no image.");
        PodTemplateBuilder.CheckImage(container.Image);
        foreach (V1EnvVar variable in container.Env ?? []) CheckVariable(variable.Name ?? "");
        foreach (V1ContainerPort port in container.Ports ?? [])
        {
            if (port.ContainerPort is < 1 or > 65535) throw PodTemplateBuilder.Invalid($"The port {port.ContainerPort} is none: ports go from 1 to 65535.");
            if (port.Name is not null) CheckPortName(port.Name);
        }

        foreach (V1VolumeMount mount in container.VolumeMounts ?? [])
        {
            NameRules.CheckLabel(mount.Name ?? "", "volume name");
            VolumeBuilder.CheckPath(mount.MountPath ?? "");
        }

        if ((container.VolumeMounts ?? []).GroupBy(mount => mount.MountPath).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice) throw PodTemplateBuilder.Invalid($"The container '{container.Name}' mounts two volumes at {twice}.");
    }

    /// <summary>Refuses what cannot be the name of an environment variable.</summary>
    public static void CheckVariable(string name)
    {
        if (!NameRules.IsEnvironmentName(name)) throw NameRules.InvalidName(name, "name of an environment variable", "printable ASCII characters without '='");
    }

    /// <summary>Refuses what cannot be the name of a port (apimachinery <c>IsValidPortName</c>).</summary>
    public static void CheckPortName(string name)
    {
        if (name.Length > 15 || !NameRules.IsLabel(name) || !name.Any(char.IsAsciiLetterLower) || name.Contains("--", StringComparison.Ordinal)) throw NameRules.InvalidName(name, "name of a port", "lower-case letters, digits and single '-', with at least one letter, at most 15 characters");
    }

    /// <summary>Reads a port as people write it: <c>80</c>, <c>http=80</c>, <c>53/UDP</c>.</summary>
    public static V1ContainerPort ParsePort(string text)
    {
        string rest = text.Trim();
        string? name = null, protocol = null;
        if (rest.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals) (name, rest) = (rest[..equals], rest[(equals + 1)..]);
        if (rest.LastIndexOf('/') is > 0 and var slash) (protocol, rest) = (rest[(slash + 1)..].ToUpperInvariant(), rest[..slash]);
        if (!int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535 || protocol is not (null or "TCP" or "UDP" or "SCTP")) throw PodTemplateBuilder.Invalid($"'{ServerErrors.Escape(text)}' is no port of a container: write 80, http=80 or 53/UDP, with ports from 1 to 65535.");
        return new V1ContainerPort { ContainerPort = port, Name = name, Protocol = protocol };
    }
}
