using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Nodes.Shell;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Nodes;

/// <summary>What answers to whom within the cluster: pods by their addresses, services by their names.</summary>
internal sealed class PodNetwork(ObjectStore store, Kubelet kubelet) : IPodNetwork
{
    /// <inheritdoc/>
    public (string Address, string Name)? Resolve(string ns, string host)
    {
        if (host is "localhost") return ("127.0.0.1", host);
        if (IPAddress.TryParse(host, out _)) return (host, host);
        lock (store.Gate)
        {
            string[] parts = Parts(host);
            string space = parts.Length > 1 ? parts[^1] : ns;
            if (store.Find(Kinds.Services, space, parts[0]) is { } service && parts.Length <= 2)
            {
                JsonObject json = service.Parse();
                string name = $"{parts[0]}.{space}.svc.cluster.local";
                if (json.Text("spec", "externalName") is { Length: > 0 } external) return (external, external);
                if (json.Text("spec", "clusterIP") is { Length: > 0 } address && address != "None") return (address, name);
                return Backends(service, json).Select(pod => PodFacts.Of(pod).Ip).FirstOrDefault(ip => ip is not null) is { } own ? (own, name) : null;
            }

            // A pod of a stateful set: name.service, name.service.namespace.
            if (parts.Length is 2 or 3)
            {
                string where = parts.Length == 3 ? parts[2] : ns;
                if (store.Find(Kinds.Services, where, parts[1]) is not null && store.Find(Kinds.Pods, where, parts[0]) is { } pod && PodFacts.Of(pod).Ip is { } ip) return (ip, $"{parts[0]}.{parts[1]}.{where}.svc.cluster.local");
            }

            return store.Find(Kinds.Pods, ns, host) is { } self && PodFacts.Of(self).Ip is { } address2 ? (address2, host) : null;
        }
    }

    /// <inheritdoc/>
    public WebAnswer? Get(string ns, string pod, string host, int port, string path)
    {
        lock (store.Gate)
        {
            if (host is "localhost" || host.StartsWith("127.", StringComparison.Ordinal)) return Answer(ns, pod, port, path);
            if (kubelet.ByAddress(host) is { } direct) return Answer(direct.Namespace, direct.Name, port, path);
            string[] parts = Parts(host);
            StoredObject? service = IPAddress.TryParse(host, out _)
                ? store.List(Kinds.Services).FirstOrDefault(one => one.Parse().Text("spec", "clusterIP") == host)
                : parts.Length <= 2 ? store.Find(Kinds.Services, parts.Length > 1 ? parts[^1] : ns, parts[0]) : null;
            if (service is not null) return OfService(service, port, path);
            return Resolve(ns, host) is { } found && found.Address != host && kubelet.ByAddress(found.Address) is { } other ? Answer(other.Namespace, other.Name, port, path) : null;
        }
    }

    /// <summary>What a service answers at one of its ports; null when nobody is behind it.</summary>
    public WebAnswer? OfService(StoredObject service, int port, string path)
    {
        lock (store.Gate)
        {
            JsonObject json = service.Parse();
            StoredObject[] backends = [.. Backends(service, json)];
            if (backends.Length == 0) return null;
            StoredObject pod = backends[Random.Shared.Next(backends.Length)];
            if (json.Text("spec", "clusterIP") == "None") return Answer(pod.Namespace!, pod.Name, port, path);
            if (json.Objects("spec", "ports").FirstOrDefault(one => one.Number("port") == port) is not { } entry) return null;
            return Answer(pod.Namespace!, pod.Name, TargetPort(entry, pod.Parse()), path);
        }
    }

    /// <summary>What a pod answers at a port; null when nothing listens there.</summary>
    public WebAnswer? Answer(string ns, string name, int port, string path)
    {
        lock (store.Gate) return kubelet.Get(ns, name) is { } pod ? Answer(pod.Stored, pod.Pod, pod.Runtime, port, path) : null;
    }

    /// <summary>What a pod answers at a port; null when nothing listens there.</summary>
    public WebAnswer? Answer(StoredObject stored, JsonObject pod, PodRuntime runtime, int port, string path)
    {
        foreach (ContainerRuntime one in runtime.All.Where(one => one.IsRunning && one.Process is null or { HearsTerm: true }))
        {
            JsonObject spec = Kubelet.Spec(pod, one);
            int? own = ContainerBehavior.PortOf(one.Image);
            if (own != port && (own is not null || spec.Objects("ports").All(entry => entry.Number("containerPort") != port))) continue;
            if (ContainerBehavior.Family(one.Image) != "nginx") return new WebAnswer(200, "text/plain", Encoding.UTF8.GetBytes("hello\n"));
            string file = path.Split('?')[0];
            ContainerFiles files = kubelet.Files(runtime, pod, one);
            string full = "/usr/share/nginx/html" + (file.EndsWith('/') ? file + "index.html" : file);
            if (files.Find(full) is { IsFolder: false } found) return new WebAnswer(200, full.EndsWith(".html", StringComparison.Ordinal) ? "text/html" : "application/octet-stream", found.Content.ToArray());
            bool forbidden = file.EndsWith('/') && files.Find(full[..^11]) is not null;
            string title = forbidden ? "403 Forbidden" : "404 Not Found";
            return new WebAnswer(forbidden ? 403 : 404, "text/html", Encoding.UTF8.GetBytes($"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"));
        }

        return null;
    }

    /// <summary>The port of a pod that a service's port leads to.</summary>
    public static int TargetPort(JsonObject port, JsonObject pod)
    {
        string target = port["targetPort"]?.ToString() ?? port["port"]?.ToString() ?? "";
        if (int.TryParse(target, CultureInfo.InvariantCulture, out int number)) return number == 0 ? (int)(port.Number("port") ?? 0) : number;
        return (int)(pod.Objects("spec", "containers").SelectMany(one => one.Objects("ports")).FirstOrDefault(one => one.Text("name") == target).Number("containerPort") ?? 0);
    }

    private IEnumerable<StoredObject> Backends(StoredObject service, JsonObject json) =>
        json["spec"]?["selector"] is not JsonObject { Count: > 0 } selector ? [] : store.List(Kinds.Pods, service.Namespace).Where(pod => !pod.IsBeingDeleted && Selectors.MatchesMap(selector, pod.Labels) && PodFacts.Of(pod).IsReady);

    /// <summary>A name without what every name of the cluster ends with.</summary>
    private static string[] Parts(string host)
    {
        string name = host.TrimEnd('.');
        foreach (string end in (string[])[".cluster.local", ".svc"])
        {
            if (name.EndsWith(end, StringComparison.Ordinal)) name = name[..^end.Length];
        }

        return name.Split('.');
    }
}
