using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>
/// Sets how many pods a Deployment, ReplicaSet, StatefulSet, ReplicationController or any kind with a <c>scale</c> subresource
/// runs, and emits the workload. The rules are kubectl's (<c>pkg/scale/scale.go</c>).
/// </summary>
[Cmdlet(VerbsCommon.Set, "KubeScale", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject))]
public sealed class SetKubeScaleCommand : ChangeCmdlet
{
    private const int MaxConflicts = 10;

    private readonly List<PendingObject> _pending = [];

    /// <summary><c>TYPE/NAME</c>, for example <c>deployment/web</c>; several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The kind, its plural, singular or short name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Kind { get; set; }

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [AllowEmptyString]
    public string[]? Name { get; set; }

    /// <summary>The workload, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>How many pods are wanted.</summary>
    [Parameter(Mandatory = true)]
    [ValidateRange(0, int.MaxValue)]
    public int Replicas { get; set; }

    /// <summary>Only if this many are wanted now.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int CurrentReplicas { get; set; } = -1;

    /// <summary>Only if the object still has this resourceVersion; for one object.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ResourceVersion { get; set; }

    /// <summary>Wait until that many pods are available. (kubectl waits until they are created.)</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all; five minutes when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    private protected override void Begin()
    {
        if (ResourceVersion is not null && (Target.Length > 1 || Name?.Length > 1)) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "-ResourceVersion is one object's; give one name with it.") { EndsCommand = true };
    }

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            Scale(ResourceTarget.From(InputObject), ClientFor(InputObject));
            return;
        }

        IEnumerable<ResourceTarget> targets = Name is null ? Target.Select(ResourceTarget.Parse) : Name.Select(name => new ResourceTarget(null, Kind, name, null, null, null));
        foreach (ResourceTarget target in targets)
        {
            try
            {
                Scale(target, Client);
            }
            catch (KubeException failure) when (!failure.EndsCommand)
            {
                Fail(failure);
            }
        }
    }

    private void Scale(ResourceTarget target, KubeClient client)
    {
        if (target.Kind is null) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"'{target.Name}' names no kind; write TYPE/NAME, for example deployment/{target.Name}.") { Target = target.Name };
        ResourceKind kind = Await(cancel => target.ApiVersion is null ? client.FindKindAsync(target.Kind, cancel) : client.FindKindAsync(target.ApiVersion, target.Kind, cancel));
        string? ns = kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null;
        var reference = new KubeReference(kind.Kind, ns, target.Name);
        ApiPath.Check(target.Name, "name");
        if (!kind.Subresources.Contains("scale")) throw CannotScale(kind, reference);
        if (!ShouldProcess(reference.ToString(), string.Create(CultureInfo.InvariantCulture, $"Scale to {Replicas}"))) return;
        if (DryRun != DryRun.Client) Await(cancel => ScaleAsync(client, kind, ns, target.Name, reference, cancel));
        if (Wait && DryRun == DryRun.None) _pending.Add(new PendingObject(client, kind, ns, target.Name));
        else Emit(client, kind, ns, target.Name);
    }

    private void Emit(KubeClient client, ResourceKind kind, string? ns, string name)
    {
        if (DryRun == DryRun.None)
        {
            WriteObject(Await(cancel => client.GetAsync(kind, ns, name, cancel)));
            return;
        }

        JsonObject workload = Await(cancel => client.GetJsonAsync(kind, ns, name, null, cancel));
        if (workload["spec"] is JsonObject spec) spec["replicas"] = Replicas;
        WriteObject(client.Adopt(workload.Deserialize<JsonElement>(), kind));
    }

    private async Task ScaleAsync(KubeClient client, ResourceKind kind, string? ns, string name, KubeReference reference, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (CurrentReplicas < 0 && ResourceVersion is null)
                {
                    var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = Replicas } };
                    await client.PatchAsync(kind, ns, name, "scale", PatchTypes.Merge, patch, ChangeOptions, cancel).ConfigureAwait(false);
                }
                else
                {
                    // What is replaced carries the version that was looked at, so the condition holds at the moment of the change.
                    JsonObject scale = await client.GetJsonAsync(kind, ns, name, "scale", cancel).ConfigureAwait(false);
                    CheckConditions(scale, reference);
                    scale["spec"]!["replicas"] = Replicas;
                    await client.ReplaceAsync(kind, ns, name, "scale", scale, ChangeOptions, cancel).ConfigureAwait(false);
                }

                return;
            }
            catch (KubeApiException conflict) when (conflict.StatusCode == 409 && ResourceVersion is null && attempt < MaxConflicts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancel).ConfigureAwait(false);
            }
        }
    }

    private void CheckConditions(JsonObject scale, KubeReference reference)
    {
        int wanted = scale["spec"]?["replicas"]?.GetValue<int>() ?? 0;
        string? version = scale["metadata"]?["resourceVersion"]?.GetValue<string>();
        string? fault = CurrentReplicas >= 0 && wanted != CurrentReplicas
            ? string.Create(CultureInfo.InvariantCulture, $"Expected replicas to be {CurrentReplicas}, was {wanted}.")
            : ResourceVersion is not null && version != ResourceVersion ? $"Expected resource version to be {ResourceVersion}, was {version}." : null;
        if (fault is not null) throw new KubeException("KubePreconditionFailed", ErrorCategory.InvalidOperation, $"{reference} is not scaled: {fault}") { Target = reference };
    }

    private static KubeException CannotScale(ResourceKind kind, KubeReference reference)
    {
        string why = kind.Kind switch
        {
            "DaemonSet" => "a DaemonSet runs one pod per node",
            "Pod" => "a Pod is one instance; create a Deployment to have several",
            "Job" => "a Job's pods are set by its parallelism",
            _ => $"{kind} have no scale",
        };
        return new KubeException("KubeNotScalable", ErrorCategory.InvalidOperation, $"{reference} cannot be scaled: {why}.") { Target = reference };
    }

    private protected override void End() => WaitForAll(_pending, Timeout, (_, seen) => PendingBecause(seen), (_, seen) => WriteObject(seen));

    private string? PendingBecause(object? seen)
    {
        if (seen is null) return "it is gone";
        // Somebody else has scaled it since: what was asked for here is over (kubectl ends with success too).
        JsonNode? wanted = ResourceJson.ToJsonObject(seen)["spec"]?["replicas"];
        return wanted is JsonValue value && value.TryGetValue(out int replicas) && replicas != Replicas ? null : Readiness.PendingBecause(seen);
    }
}
