using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Specs;

/// <summary>Volumes of pods, and where containers mount them.</summary>
internal static class VolumeBuilder
{
    /// <summary>Where and how a volume is mounted.</summary>
    public sealed record MountArgs
    {
        /// <summary>One path for all the containers; null when paths are given by container.</summary>
        public string? Path { get; init; }

        /// <summary>The containers that mount it at <see cref="Path"/>; none for all, init containers too: what they leave there is for the others.</summary>
        public IReadOnlyList<string> Containers { get; init; } = [];

        /// <summary>Containers with their paths.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Paths { get; init; } = [];

        /// <summary>Mount it for reading only.</summary>
        public bool ReadOnly { get; init; }

        /// <summary>The part of the volume that is mounted; null for all of it.</summary>
        public string? SubPath { get; init; }
    }

    /// <summary>Refuses a volume that the server would refuse.</summary>
    public static void Check(V1Volume volume)
    {
        NameRules.CheckLabel(volume.Name ?? "", "volume name");
        int sources = Source(volume).Count();
        if (sources == 0) throw PodTemplateBuilder.Invalid($"The volume '{volume.Name}' has no source; give it one, for example -EmptyDir, or emptyDir = @{{}} in a hashtable.");
        if (sources > 1) throw PodTemplateBuilder.Invalid($"The volume '{volume.Name}' has several sources ({string.Join(", ", Source(volume))}); it can have one.");
    }

    /// <summary>Refuses a mount path that is not absolute.</summary>
    public static void CheckPath(string path)
    {
        bool windows = path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/';
        if (!windows && (path.Length == 0 || path[0] != '/' || path.Contains(':', StringComparison.Ordinal))) throw PodTemplateBuilder.Invalid($"'{ServerErrors.Escape(path)}' cannot be a mount path: it has to be absolute, such as /data, without ':'.");
    }

    /// <summary>Adds a volume, or takes one that is there when it has no source, and mounts it.</summary>
    public static PodEdit Add(V1Volume volume, MountArgs mounts)
    {
        NameRules.CheckLabel(volume.Name ?? "", "volume name");
        foreach (string path in mounts.Paths.Select(pair => pair.Value).Concat(mounts.Path is null ? [] : [mounts.Path])) CheckPath(path);
        if (mounts.SubPath is { } part && (part.StartsWith('/') || part.Split('/', '\\').Contains(".."))) throw PodTemplateBuilder.Invalid($"'{ServerErrors.Escape(part)}' cannot be a -SubPath: it has to be a path within the volume, without '..'.");
        bool isNew = Source(volume).Any();
        if (isNew) Check(volume);
        JsonObject json = ResourceJson.ToJsonObject(volume);
        return podSpec =>
        {
            bool exists = (podSpec["volumes"] as JsonArray ?? []).Any(other => other?["name"]?.ToString() == volume.Name);
            if (exists && isNew) throw new KubeException("KubeAlreadyExists", ErrorCategory.ResourceExists, $"There is already a volume '{volume.Name}'.") { Target = volume.Name, RecommendedAction = "Give the new volume another name, or leave its source out to mount the one that is there." };
            if (!exists && !isNew) throw PodTemplateBuilder.Invalid($"There is no volume '{volume.Name}' to mount, and no source to make one of: -EmptyDir, -ConfigMap, -Secret, -HostPath, -PersistentVolumeClaim or -Projected.");
            JsonObject patch = Mount(podSpec, volume.Name!, mounts);
            if (isNew) PodPatch.Put(podSpec, patch, "volumes", "name", [(JsonObject)json.DeepClone()]);
            return patch;
        };
    }

    private static JsonObject Mount(JsonObject podSpec, string volume, MountArgs how)
    {
        var paths = new List<(PodContainers.Found Container, string Path)>();
        if (how.Path is { } path) paths.AddRange(PodContainers.Named(podSpec, how.Containers.Count > 0 ? how.Containers : ["*"]).Select(container => (container, path)));
        foreach ((string name, string own) in how.Paths) paths.AddRange(PodContainers.Named(podSpec, [name]).Select(container => (container, own)));
        ILookup<PodContainers.Found, string> byContainer = paths.ToLookup(pair => pair.Container, pair => pair.Path);
        return PodContainers.Patch(byContainer.Select(group => group.Key), found =>
        {
            var fields = new JsonObject();
            PodPatch.Put(found.Container, fields, "volumeMounts", "mountPath", byContainer[found].Distinct(StringComparer.Ordinal).Select(at => MountAt(found, volume, at, how)));
            return fields;
        });
    }

    private static JsonObject MountAt(PodContainers.Found container, string volume, string path, MountArgs how)
    {
        JsonNode? taken = (container.Container["volumeMounts"] as JsonArray ?? []).FirstOrDefault(mount => mount?["mountPath"]?.ToString() == path);
        if (taken is not null) throw new KubeException("KubeAlreadyExists", ErrorCategory.ResourceExists, $"The container '{container.Name}' already mounts the volume '{taken["name"]}' at {path}.") { Target = container.Name };
        var mount = new JsonObject { ["name"] = volume, ["mountPath"] = path };
        if (how.ReadOnly) mount["readOnly"] = true;
        if (how.SubPath is not null) mount["subPath"] = how.SubPath;
        return mount;
    }

    /// <summary>What a volume is made of: every field that is set besides its name.</summary>
    private static IEnumerable<string> Source(V1Volume volume) => ResourceJson.ToJsonObject(volume).Where(pair => pair.Key != "name" && pair.Value is not null).Select(pair => pair.Key);
}
