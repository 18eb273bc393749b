using k8s.Models;

namespace PSKube.Specs;

/// <summary>What the New-Kube cmdlets let a user say of pods. Plain values, already checked for their form.</summary>
internal sealed record PodTemplateArgs
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace, when the user named one.</summary>
    public string? Namespace { get; init; }

    /// <summary>The images, one container each.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>The first container's port, or null.</summary>
    public int? Port { get; init; }

    /// <summary>Environment variables in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Env { get; init; } = [];

    /// <summary>Labels; null when the user gave none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Labels { get; init; }

    /// <summary>Annotations; null when the user gave none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Annotations { get; init; }

    /// <summary>What the container runs instead of its image's entry point.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>; null for the server's choice.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>True to run with all rights on the node.</summary>
    public bool Privileged { get; init; }

    /// <summary>Limits and requests, or null.</summary>
    public V1ResourceRequirements? Resources { get; init; }

    /// <summary>Labels that the node must have.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? NodeSelector { get; init; }

    /// <summary><c>linux</c> or <c>windows</c>, for the node and for the pod; or null.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>Containers that came as objects.</summary>
    public IReadOnlyList<V1Container> Containers { get; init; } = [];

    /// <summary>Init containers, in the order in which they run.</summary>
    public IReadOnlyList<V1Container> InitContainers { get; init; } = [];

    /// <summary>Volumes.</summary>
    public IReadOnlyList<V1Volume> Volumes { get; init; } = [];
}
