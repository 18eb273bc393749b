using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>The volumes of pods: a pod's own, and those that pods share because they outlive them.</summary>
internal sealed class PodVolumes(ObjectStore store)
{
    private readonly Dictionary<string, VolumeFiles> _shared = new(StringComparer.Ordinal);

    /// <summary>The files of a container.</summary>
    public ContainerFiles Files(PodRuntime runtime, JsonObject pod, JsonObject container, string hostname)
    {
        var mounts = new List<(string, string, bool, VolumeFiles)>();
        foreach (JsonObject mount in container.Objects("volumeMounts"))
        {
            string name = mount.Text("name") ?? "";
            JsonObject? volume = pod.Objects("spec", "volumes").FirstOrDefault(one => one.Text("name") == name);
            if (volume is null) continue;
            if (!runtime.Volumes.TryGetValue(name, out VolumeFiles? files)) runtime.Volumes[name] = files = Make(runtime, pod, volume);
            bool readOnly = mount.Flag("readOnly") == true || files.Source is not null;
            mounts.Add((ContainerFiles.Clean(mount.Text("mountPath") ?? "/"), (mount.Text("subPath") ?? "").Trim('/'), readOnly, files));
        }

        return new ContainerFiles(container.Text("image") ?? "", hostname, mounts);
    }

    private VolumeFiles Make(PodRuntime runtime, JsonObject pod, JsonObject volume)
    {
        string ns = pod.Text("metadata", "namespace") ?? "default", name = pod.Text("metadata", "name") ?? "";
        if (volume.Text("persistentVolumeClaim", "claimName") is { } claim) return Shared($"claim/{ns}/{store.Find(Kinds.PersistentVolumeClaims, ns, claim)?.Uid ?? claim}");
        if (volume.Text("hostPath", "path") is { } path) return Shared($"host/{pod.Text("spec", "nodeName")}{path}");
        string key = volume.Text("name") ?? "";
        return volume["configMap"] is null && volume["secret"] is null && volume["projected"] is null && volume["downwardAPI"] is null ? new VolumeFiles() : new VolumeFiles { Source = () => Content(ns, name, runtime, key) };
    }

    private VolumeFiles Shared(string key)
    {
        if (!_shared.TryGetValue(key, out VolumeFiles? files)) _shared[key] = files = new VolumeFiles();
        return files;
    }

    /// <summary>What a volume that is written elsewhere holds now.</summary>
    private Dictionary<string, byte[]>? Content(string ns, string name, PodRuntime runtime, string key)
    {
        if (store.Find(Kinds.Pods, ns, name)?.Parse() is not { } pod || pod.Objects("spec", "volumes").FirstOrDefault(one => one.Text("name") == key) is not { } volume) return null;
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        Add(content, ns, pod, runtime, volume);
        foreach (JsonObject source in volume.Objects("projected", "sources")) Add(content, ns, pod, runtime, source);
        return content;
    }

    private void Add(Dictionary<string, byte[]> content, string ns, JsonObject pod, PodRuntime runtime, JsonObject source)
    {
        foreach (string kind in (string[])["configMap", "secret"])
        {
            if (source[kind] is not JsonObject of) continue;
            IReadOnlyDictionary<string, byte[]>? data = PodEnvironment.Data(store, ns, of.Text("secretName") ?? of.Text("name") ?? "", kind == "secret");
            if (data is null) continue;
            if (of["items"] is JsonArray)
            {
                foreach (JsonObject item in of.Objects("items"))
                {
                    if (data.TryGetValue(item.Text("key") ?? "", out byte[]? value)) content[item.Text("path") ?? ""] = value;
                }
            }
            else
            {
                foreach ((string entry, byte[] value) in data) content[entry] = value;
            }
        }

        foreach (JsonObject item in source.Objects("downwardAPI", "items")) content[item.Text("path") ?? ""] = Encoding.UTF8.GetBytes(PodEnvironment.Field(pod, item.Text("fieldRef", "fieldPath") ?? "", runtime.Ip, pod.Text("status", "hostIP")) ?? "");
        if (source["serviceAccountToken"] is JsonObject token) content[token.Text("path") ?? "token"] = Encoding.UTF8.GetBytes("sandbox");
    }
}
