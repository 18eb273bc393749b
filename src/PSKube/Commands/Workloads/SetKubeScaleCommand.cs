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
/// runs, and emits the workload. The rules are kubectl's (<c>pkg/scale/scale.go</c>). A warning tells when an autoscaler sets
/// the number too. -Wait waits until the pods are available, where kubectl waits until they are created.
/// </summary>
[Cmdlet(VerbsCommon.Set, "KubeScale", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject))]
public sealed class SetKubeScaleCommand : ScaleCmdlet
{
    private readonly SideBySide _changes;
    private ReplicaChange _change;

    /// <summary>Makes the command.</summary>
    public SetKubeScaleCommand()
    {
        _changes = new SideBySide(this);
    }

    /// <summary>How many pods are wanted; as text with a sign, how many more or fewer than now: <c>'+2'</c>, <c>'-1'</c>.</summary>
    [Parameter(Mandatory = true)]
    [ReplicasTransformation]
    public string Replicas { get; set; } = "";

    /// <summary>Only if this many are wanted now.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int CurrentReplicas { get; set; } = -1;

    /// <summary>Only if the object still has this resourceVersion; for one object.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ResourceVersion { get; set; }

    /// <summary>What the server does about fields it does not know: refuse (<c>Strict</c>, the default), warn, or ignore.</summary>
    [Parameter]
    public FieldValidation FieldValidation { get; set; }

    /// <summary>How many workloads are scaled at a time: 8 when not given, or 1 where an error ends the command (-ErrorAction Stop).</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit
    {
        get => _changes.Limit;
        set => _changes.Limit = value;
    }

    internal override ChangeOptions ChangeOptions => base.ChangeOptions with { FieldValidation = FieldValidation };

    private protected override void Begin()
    {
        if (ResourceVersion is not null && (Target.Length > 1 || Name?.Length > 1)) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "-ResourceVersion is one object's; give one name with it.") { EndsCommand = true };
        _change = ReplicaChange.Parse(Replicas)!.Value;
    }

    private protected override void Scale(NamedObject one)
    {
        if (!ShouldProcess(one.Reference.ToString(), $"Scale {(_change.IsStep ? "by" : "to")} {_change}")) return;
        _changes.Start(one, cancel => ChangeAsync(one, cancel), change => Scaled(one, change.Replicas, change.Workload), failure => Fail(failure, one.Reference));
    }

    private protected override void End()
    {
        _changes.Finish();
        base.End();
    }

    private async Task<(int Replicas, object? Workload)> ChangeAsync(NamedObject one, CancellationToken cancel)
    {
        int replicas = await ScaleAsync(one, cancel).ConfigureAwait(false);
        if (Waits) return (replicas, null);
        if (DryRun == DryRun.None) return (replicas, await one.Client.GetAsync(one.Kind, one.Namespace, one.Name, cancel).ConfigureAwait(false));
        JsonObject workload = await one.Client.GetJsonAsync(one.Kind, one.Namespace, one.Name, null, cancel).ConfigureAwait(false);
        if (workload["spec"] is JsonObject spec) spec["replicas"] = replicas;
        return (replicas, one.Client.Adopt(workload.Deserialize<JsonElement>(), one.Kind));
    }

    private void Scaled(NamedObject one, int replicas, object? workload)
    {
        if (DryRun == DryRun.None && OwnerOf(one) is { } scaler) WriteWarning(replicas == 0
            ? $"{Describe(scaler, one)}: it rests as long as 0 are wanted, and goes on when it is more."
            : string.Create(CultureInfo.InvariantCulture, $"{Describe(scaler, one)}, so it may soon be another number than {replicas}."));
        if (workload is null) EmitWhenReady(one, replicas);
        else WriteObject(workload);
    }

    private async Task<int> ScaleAsync(NamedObject one, CancellationToken cancel)
    {
        bool blind = CurrentReplicas < 0 && ResourceVersion is null && !_change.IsStep;
        if (DryRun == DryRun.Client) return blind ? _change.Number : Check(await ReadScaleAsync(one, cancel).ConfigureAwait(false), one.Reference);
        return await RetryAsync(async () =>
        {
            if (blind)
            {
                await SetScaleAsync(one, _change.Number, cancel).ConfigureAwait(false);
                return _change.Number;
            }

            // What is replaced carries the version that was looked at, so the condition holds at the moment of the change.
            JsonObject scale = await ReadScaleAsync(one, cancel).ConfigureAwait(false);
            int replicas = Check(scale, one.Reference);
            scale["spec"] ??= new JsonObject();
            scale["spec"]!["replicas"] = replicas;
            await one.Client.ReplaceAsync(one.Kind, one.Namespace, one.Name, "scale", scale, ChangeOptions, cancel).ConfigureAwait(false);
            return replicas;
        }, once: ResourceVersion is not null, cancel).ConfigureAwait(false);
    }

    /// <summary>The number to set, if the conditions hold.</summary>
    private int Check(JsonObject scale, KubeReference reference)
    {
        int wanted = ScaleRules.Wanted(scale);
        string? version = scale["metadata"]?["resourceVersion"]?.GetValue<string>();
        string? fault = CurrentReplicas >= 0 && wanted != CurrentReplicas
            ? string.Create(CultureInfo.InvariantCulture, $"Expected replicas to be {CurrentReplicas}, was {wanted}.")
            : ResourceVersion is not null && version != ResourceVersion ? $"Expected resource version to be {ResourceVersion}, was {version}." : null;
        return fault is null ? _change.From(wanted, reference) : throw new KubeException("KubePreconditionFailed", ErrorCategory.InvalidOperation, $"{reference} is not scaled: {fault}") { Target = reference };
    }

    private protected override string? PendingBecause(PendingObject one, object? seen)
    {
        if (seen is null) return "it is gone";
        // Somebody else has scaled it since: what was asked for here is over (kubectl ends with success too).
        JsonNode? wanted = ResourceJson.ToJsonObject(seen)["spec"]?["replicas"];
        return wanted is JsonValue value && value.TryGetValue(out int replicas) && replicas != (int)one.Note! ? null : base.PendingBecause(one, seen);
    }
}
