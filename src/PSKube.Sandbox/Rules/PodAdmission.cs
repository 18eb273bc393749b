using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Rules;

/// <summary>What every new pod gets: a service account with its token, tolerations of failing nodes, a priority.</summary>
/// <param name="store">What there is.</param>
/// <param name="minor">The minor version of the server that is played.</param>
/// <remarks><c>plugin/pkg/admission</c>: runtimeclass, serviceaccount, defaulttolerationseconds, priority.</remarks>
internal sealed class PodAdmission(ObjectStore store, int minor)
{
    private const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static readonly string[] s_failures = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
    private static readonly string[] s_containers = ["initContainers", "containers"];

    /// <summary>Completes a new pod.</summary>
    /// <exception cref="StatusException">Its runtime class, its service account or its priority class is not there, or its priority is another.</exception>
    public void Create(string ns, string name, JsonObject pod)
    {
        JsonObject spec = pod.Child("spec");
        // The sandbox has none, so that there is none of that name either.
        if (spec.Text("runtimeClassName") is { Length: > 0 } runtime) throw Refusals.Forbidden(Kinds.Pods, name, $"pod rejected: RuntimeClass \"{runtime}\" not found");
        bool mirror = pod.At("metadata", "annotations", "kubernetes.io/config.mirror") is not null;
        if (!mirror) Account(ns, name, spec);
        Tolerate(spec);
        Prioritize(name, spec);
    }

    /// <summary>Only one priority class is the default.</summary>
    /// <exception cref="StatusException">Another one is already.</exception>
    public void PriorityClass(JsonObject json, string name)
    {
        if (json.Flag("globalDefault") == true && DefaultClass() is { } other && other.Text("metadata", "name") is { } known && known != name)
        {
            throw Refusals.Forbidden(Kinds.PriorityClasses, name, $"PriorityClass {known} is already marked as default. Only one default can exist");
        }
    }

    private void Account(string ns, string name, JsonObject spec)
    {
        if (spec.Text("serviceAccountName") is null or "")
        {
            spec["serviceAccountName"] = "default";
            spec["serviceAccount"] = "default";
        }

        string account = spec.Text("serviceAccountName")!;
        if (store.Find(Kinds.ServiceAccounts, ns, account) is not { } found) throw Refusals.Forbidden(Kinds.Pods, name, $"error looking up service account {ns}/{account}: serviceaccount \"{account}\" not found");
        JsonObject json = found.Parse();
        if (spec.Flag("automountServiceAccountToken") ?? json.Flag("automountServiceAccountToken") ?? true) Mount(ns, json, spec);
        if (spec["imagePullSecrets"] is not JsonArray { Count: > 0 } && json["imagePullSecrets"] is JsonArray { Count: > 0 } secrets) spec["imagePullSecrets"] = secrets.DeepClone();
    }

    /// <summary>Mounts the token: a projected volume since 1.21, before that the secret that a controller made for the account.</summary>
    private void Mount(string ns, JsonObject account, JsonObject spec)
    {
        bool bound = minor >= 21;
        string? secret = bound ? null : account.Objects("secrets").Select(one => one.Text("name")).FirstOrDefault(one => one is not null && IsToken(ns, one));

        // A real 1.20 server refuses the pod until the account has a token; the sandbox has no need of one.
        if (!bound && secret is null) return;
        JsonArray volumes = spec.ListOf("volumes");
        JsonObject? known = volumes.OfType<JsonObject>().FirstOrDefault(volume => bound ? volume.Text("name")?.StartsWith("kube-api-access-", StringComparison.Ordinal) == true : volume.Text("secret", "secretName") == secret);
        string name = known?.Text("name") ?? (bound ? $"kube-api-access-{ObjectRegistry.RandomSuffix(5)}" : secret!.Replace('.', '-'));
        if (known is null && !bound && volumes.Any(volume => volume.Text("name") == name)) name = $"{name}-{ObjectRegistry.RandomSuffix(5)}";
        bool needed = false;
        foreach (JsonObject container in s_containers.SelectMany(list => spec.Objects(list)))
        {
            if (container.Objects("volumeMounts").Any(mount => mount.Text("mountPath") == TokenPath)) continue;
            container.ListOf("volumeMounts").Add(new JsonObject { ["name"] = name, ["readOnly"] = true, ["mountPath"] = TokenPath });
            needed = true;
        }

        if (known is not null || !needed) return;
        JsonObject volume = bound ? Projected(name) : new JsonObject { ["name"] = name, ["secret"] = new JsonObject { ["secretName"] = secret, ["defaultMode"] = PodDefaults.FileMode } };
        volumes.Add(volume);
    }

    private bool IsToken(string ns, string secret) => store.Find(Kinds.Secrets, ns, secret)?.Parse().Text("type") == "kubernetes.io/service-account-token";

    private static JsonObject Projected(string name) => new()
    {
        ["name"] = name,
        ["projected"] = new JsonObject
        {
            ["sources"] = new JsonArray(
                new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = 3607, ["path"] = "token" } },
                new JsonObject { ["configMap"] = new JsonObject { ["name"] = "kube-root-ca.crt", ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }) } },
                new JsonObject
                {
                    ["downwardAPI"] = new JsonObject
                    {
                        ["items"] = new JsonArray(new JsonObject { ["path"] = "namespace", ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" } }),
                    },
                }),
            ["defaultMode"] = PodDefaults.FileMode,
        },
    };

    /// <summary>Pods stay five minutes on a node that no longer answers.</summary>
    public static void Tolerate(JsonObject spec)
    {
        JsonObject[] known = [.. spec.Objects("tolerations")];
        foreach (string taint in s_failures)
        {
            if (known.Any(one => (one.Text("key") is null or "" || one.Text("key") == taint) && one.Text("effect") is null or "" or "NoExecute")) continue;
            spec.ListOf("tolerations").Add(new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300 });
        }
    }

    private void Prioritize(string name, JsonObject spec)
    {
        string? wanted = spec.Text("priorityClassName");
        JsonObject? priority = wanted is null or "" ? DefaultClass() : store.Find(Kinds.PriorityClasses, null, wanted)?.Parse() ?? BuiltIn(wanted);
        if (wanted is { Length: > 0 } && priority is null) throw Refusals.Forbidden(Kinds.Pods, name, $"no PriorityClass with name {wanted} was found");
        if (wanted is null or "" && priority?.Text("metadata", "name") is { } given) spec["priorityClassName"] = given;
        long value = priority?.Number("value") ?? 0;
        if (spec.Number("priority") is { } said && said != value)
        {
            throw Refusals.Forbidden(Kinds.Pods, name, $"the integer value of priority ({said}) must not be provided in pod spec; priority admission controller computed {value} from the given PriorityClass name");
        }

        string policy = priority?.Text("preemptionPolicy") ?? "PreemptLowerPriority";
        if (spec.Text("preemptionPolicy") is { } own && own != policy)
        {
            throw Refusals.Forbidden(Kinds.Pods, name, $"the string value of PreemptionPolicy ({own}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }

        spec["priority"] = value;
        spec["preemptionPolicy"] = policy;
    }

    private JsonObject? DefaultClass() => store.List(Kinds.PriorityClasses).Select(one => one.Parse()).Where(one => one.Flag("globalDefault") == true).MinBy(one => one.Number("value"));

    /// <summary>The classes that every server has, should nobody have made them.</summary>
    private static JsonObject? BuiltIn(string name) => name switch
    {
        "system-cluster-critical" => new JsonObject { ["value"] = 2_000_000_000 },
        "system-node-critical" => new JsonObject { ["value"] = 2_000_001_000 },
        _ => null,
    };
}
