using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server fills into pods and into the pod templates of workloads.</summary>
/// <remarks><c>pkg/apis/core/v1/defaults.go</c> and the calls that <c>zz_generated.defaults.go</c> makes of it.</remarks>
internal static class PodDefaults
{
    /// <summary>The mode of the files in volumes of secrets and config maps: 0644.</summary>
    public const int FileMode = 420;

    /// <summary>Fills in a pod.</summary>
    public static void Pod(JsonObject pod, int minor)
    {
        JsonObject spec = pod.Child("spec");
        Spec(spec);
        foreach (string list in s_planned)
        {
            foreach (JsonObject container in spec.Objects(list)) RequestsFromLimits(container);
        }

        spec.Default("enableServiceLinks", true);
        if (spec.Flag("hostNetwork") == true) HostPorts(spec);
        if (minor >= 34 && spec["resources"] is JsonObject) RequestsFromLimits(spec);
    }

    /// <summary>Fills in the pod template of a workload.</summary>
    public static void Template(JsonObject template, int minor)
    {
        template.Child("metadata");
        JsonObject spec = template.Child("spec");
        Spec(spec);

        // Since 1.28 only in pods: DefaultHostNetworkHostPortsInPodTemplates.
        if (minor < 28 && spec.Flag("hostNetwork") == true) HostPorts(spec);
    }

    /// <summary>The policy for an image without one: its newest state is fetched always, a named state once.</summary>
    public static string PullPolicy(string? image) => Tag(image ?? "") == "latest" ? "Always" : "IfNotPresent";

    /// <summary>Rounds the values of a resource list up to thousandths, as the server does for lack of finer ones.</summary>
    public static void Round(JsonObject? list)
    {
        if (list is null) return;
        foreach ((string name, JsonNode? value) in list.ToArray())
        {
            if (value is null) continue;
            Quantity quantity = Quantity.Of(value);
            Quantity rounded = quantity.ToMilli();
            if (rounded != quantity) list[name] = rounded.ToString();
        }
    }

    private static void Spec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Child("securityContext");
        spec.Default("schedulerName", "default-scheduler");

        // The two names of one field (pkg/apis/core/v1/conversion.go).
        if (spec.Text("serviceAccountName") is { Length: > 0 } account) spec["serviceAccount"] = account;
        else if (spec.Text("serviceAccount") is { Length: > 0 } old) spec["serviceAccountName"] = old;
        Empty(spec, "restartPolicy", "Always");
        Empty(spec, "dnsPolicy", "ClusterFirst");
        Empty(spec, "schedulerName", "default-scheduler");
        Round(spec["overhead"] as JsonObject);
        foreach (JsonObject volume in spec.Objects("volumes")) Volume(volume);
        foreach (string list in s_all)
        {
            foreach (JsonObject container in spec.Objects(list)) Container(container);
        }
    }

    private static void Container(JsonObject container)
    {
        if (container.Text("imagePullPolicy") is null or "") container["imagePullPolicy"] = PullPolicy(container.Text("image"));
        if (container.Text("terminationMessagePath") is null or "") container["terminationMessagePath"] = "/dev/termination-log";
        Empty(container, "terminationMessagePolicy", "File");
        foreach (JsonObject port in container.Objects("ports")) Empty(port, "protocol", "TCP");
        foreach (JsonObject variable in container.Objects("env"))
        {
            if (variable.At("valueFrom", "fieldRef") is JsonObject field) Empty(field, "apiVersion", "v1");
        }

        foreach (string name in s_probes)
        {
            if (container[name] is JsonObject probe) Probe(probe);
        }

        foreach (string hook in s_hooks)
        {
            if (container.At("lifecycle", hook, "httpGet") is JsonObject get) HttpGet(get);
        }

        if (container["resources"] is not JsonObject resources) return;
        Round(resources["limits"] as JsonObject);
        Round(resources["requests"] as JsonObject);
    }

    private static void Probe(JsonObject probe)
    {
        if (probe["httpGet"] is JsonObject get) HttpGet(get);
        if (probe["grpc"] is JsonObject grpc) grpc.Default("service", "");
        Zero(probe, "timeoutSeconds", 1);
        Zero(probe, "periodSeconds", 10);
        Zero(probe, "successThreshold", 1);
        Zero(probe, "failureThreshold", 3);
    }

    private static void HttpGet(JsonObject get)
    {
        Empty(get, "path", "/");
        Empty(get, "scheme", "HTTP");
    }

    private static void Volume(JsonObject volume)
    {
        if (!volume.Any(field => field.Key != "name" && field.Value is not null)) volume["emptyDir"] = new JsonObject();
        foreach (string kind in s_modes)
        {
            if (volume[kind] is JsonObject source) source.Default("defaultMode", FileMode);
        }

        if (volume["hostPath"] is JsonObject path) path.Default("type", "");
        Fields(volume["downwardAPI"]);
        foreach (JsonObject source in volume.Objects("projected", "sources"))
        {
            Fields(source["downwardAPI"]);
            if (source["serviceAccountToken"] is JsonObject token) token.Default("expirationSeconds", 3600);
        }

        if (volume["image"] is JsonObject image) Empty(image, "pullPolicy", PullPolicy(image.Text("reference")));
        if (volume.At("ephemeral", "volumeClaimTemplate") is JsonObject template) template.Child("spec").Default("volumeMode", "Filesystem");
        StorageDefaults.Source(volume);
    }

    private static void Fields(JsonNode? downward)
    {
        foreach (JsonObject item in downward.Objects("items"))
        {
            if (item["fieldRef"] is JsonObject field) Empty(field, "apiVersion", "v1");
        }
    }

    /// <summary>A limit without a request is also the request; in pods only, not in templates.</summary>
    private static void RequestsFromLimits(JsonObject container)
    {
        if (container.At("resources", "limits") is not JsonObject { Count: > 0 } limits) return;
        JsonObject requests = ((JsonObject)container["resources"]!).Child("requests");
        foreach ((string name, JsonNode? value) in limits)
        {
            if (value is not null) requests.Default(name, value.DeepClone());
        }
    }

    private static void HostPorts(JsonObject spec)
    {
        foreach (string list in s_planned)
        {
            foreach (JsonObject port in spec.Objects(list).SelectMany(container => container.Objects("ports")))
            {
                if (port.Number("hostPort") is null or 0 && port["containerPort"] is { } number) port["hostPort"] = number.DeepClone();
            }
        }
    }

    /// <summary>The tag of an image; <c>latest</c> for one that names neither tag nor digest (<c>pkg/util/parsers</c>).</summary>
    private static string Tag(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal)) return "";
        int colon = image.LastIndexOf(':');
        return colon < 0 || image.IndexOf('/', colon) >= 0 ? "latest" : image[(colon + 1)..];
    }

    /// <summary>Sets a text that is missing or empty.</summary>
    internal static void Empty(JsonObject json, string name, string value)
    {
        if (json.Text(name) is null or "") json[name] = value;
    }

    /// <summary>Sets a number that is missing or 0.</summary>
    internal static void Zero(JsonObject json, string name, int value)
    {
        if (json.Number(name) is null or 0) json[name] = value;
    }

    private static readonly string[] s_planned = ["containers", "initContainers"];
    private static readonly string[] s_all = ["initContainers", "containers", "ephemeralContainers"];
    private static readonly string[] s_probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    private static readonly string[] s_hooks = ["postStart", "preStop"];
    private static readonly string[] s_modes = ["secret", "configMap", "downwardAPI", "projected"];
}
