using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>A cmdlet that works on objects one by one, however they are named: <c>TYPE/NAME</c>, kind and names, or objects from the pipeline.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TargetCmdlet : KubeApiCmdlet
{
    private protected TargetCmdlet()
    {
    }

    /// <summary><c>TYPE/NAME</c>, for example <c>deployment/web</c>; several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public virtual string[] Target { get; set; } = [];

    /// <summary>The kind, its plural, singular or short name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Kind { get; set; }

    /// <summary>The names: those of the -Kind, or behind a kind in the place of TYPE/NAME, <c>deployment web</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [Parameter(Position = 1, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [AllowEmptyString]
    public virtual string[]? Name { get; set; }

    /// <summary>The object, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public virtual PSObject? InputObject { get; set; }

    /// <summary>Works on one object.</summary>
    private protected abstract void Act(NamedObject one);

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            Act(Resolve(ResourceTarget.From(InputObject), ClientFor(InputObject)));
            return;
        }

        string? kind = Name is null ? null : Kind ?? ResourceTarget.KindAlone(Target);
        foreach (string text in Name ?? Target) Try(text, () => Act(Resolve(kind is null ? ResourceTarget.Parse(text) : new ResourceTarget(null, kind, text, null, null, null), Client)));
    }

    private NamedObject Resolve(ResourceTarget target, KubeClient client)
    {
        ResourceKind kind = target.FindKind(this, client);
        ApiPath.Check(target.Name, "name");
        return new NamedObject(client, kind, kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null, target.Name);
    }
}

/// <summary>One object on one cluster.</summary>
/// <param name="Client">The cluster.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace; null for a cluster-scoped one.</param>
/// <param name="Name">The name.</param>
internal sealed record NamedObject(KubeClient Client, ResourceKind Kind, string? Namespace, string Name)
{
    /// <summary>The object as messages and errors name it.</summary>
    public KubeReference Reference => new(Kind.Kind, Namespace, Name);
}

/// <summary>A cmdlet that changes objects one by one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ChangeTargetCmdlet : TargetCmdlet
{
    private readonly List<PendingObject> _pending = [];

    private protected ChangeTargetCmdlet()
    {
    }

    /// <summary>
    /// <c>Client</c> emits what the object would be without changing it; <c>Server</c> lets the server check the change without
    /// keeping it; <c>None</c>, the default, does it.
    /// </summary>
    [Parameter]
    public DryRun DryRun { get; set; }

    /// <summary>The name under which the server records who set which field.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 128)]
    public string FieldManager { get; set; } = "pskube";

    /// <summary>How this change is to be made.</summary>
    internal virtual ChangeOptions ChangeOptions => new(DryRun, FieldManager, FieldValidation.Strict);

    /// <summary>Emits an object once it is as asked; the waiting is done at the end, for all at once.</summary>
    /// <param name="one">The object.</param>
    /// <param name="note">What to remember of it until then: by itself the object as the change left it, so that an earlier rollout's failure is not taken for this one's.</param>
    private protected void EmitWhenReady(NamedObject one, object? note = null) => _pending.Add(new PendingObject(one.Client, one.Kind, one.Namespace, one.Name, note));

    /// <summary>Patches an object and emits it as it is then; with <c>-DryRun Client</c> it is only worked out.</summary>
    private protected object Patch(NamedObject one, string patchType, System.Text.Json.Nodes.JsonNode patch)
    {
        if (DryRun == DryRun.Client)
        {
            System.Text.Json.Nodes.JsonObject now = Await(cancel => one.Client.GetJsonAsync(one.Kind, one.Namespace, one.Name, null, cancel));
            Specs.OverrideType how = patchType == PatchTypes.Json ? Specs.OverrideType.Json : patchType == PatchTypes.Strategic ? Specs.OverrideType.Strategic : Specs.OverrideType.Merge;
            return Adopt(one, Specs.JsonOverrides.Apply(now, patch, how));
        }

        return Adopt(one, Await(cancel => one.Client.PatchAsync(one.Kind, one.Namespace, one.Name, null, patchType, patch, ChangeOptions, cancel)));
    }

    /// <summary>What an object still lacks when a change is waited for.</summary>
    private protected virtual string? PendingBecause(object? seen) => Readiness.PendingBecause(seen);

    /// <summary>As <see cref="PendingBecause(object?)"/>, with what was noted of the object. A <see cref="KubeException"/> says that it never will be done.</summary>
    private protected virtual string? PendingBecause(PendingObject one, object? seen)
    {
        RolloutRules.CheckProgress(seen, one.Note);
        Readiness.CheckEnd(seen);
        return PendingBecause(seen);
    }

    /// <summary>Emits what was waited for.</summary>
    private protected virtual void EmitReady(PendingObject one, object? seen) => WriteObject(seen);

    /// <summary>How long changes are waited for.</summary>
    private protected virtual TimeSpan Patience => TimeSpan.FromMinutes(5);

    private protected override void End() => WaitForAll(_pending, Patience, PendingBecause, EmitReady);

    private static object Adopt(NamedObject one, System.Text.Json.Nodes.JsonObject json) => one.Client.Adopt(System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(json), one.Kind);
}
