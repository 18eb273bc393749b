using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.AnyKind;

/// <summary>
/// Waits until objects are as asked: ready, with a condition, with a value, created or deleted. All that is piped is waited for
/// at once under one time limit; each object is emitted when it is there, and each that is not there in time is an error of its
/// own that says what it still lacks.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "KubeResource", DefaultParameterSetName = "Target")]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class WaitKubeResourceCommand : KubeApiCmdlet
{
    private readonly List<PendingObject> _pending = [];
    private readonly HashSet<PendingObject> _seen = new(ReferenceEqualityComparer.Instance);
    private FieldPath? _path;

    /// <summary><c>TYPE/NAME</c>, for example <c>pod/web-0</c>; several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The kind, its plural, singular or short name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Kind { get; set; }

    /// <summary>The names; all objects of the kind that the selector finds when not given.</summary>
    [Parameter(ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only objects with these labels: <c>app=web,tier!=db</c>, or a hashtable. They are looked up once, at the start.</summary>
    [Parameter(ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>The objects, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The condition that it must have: <c>Ready</c>, <c>Available</c>, <c>Complete</c>, or with another value than True, <c>Ready=False</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ConditionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Condition { get; set; }

    /// <summary>A place in the object, for example <c>status.phase</c> or <c>status.loadBalancer.ingress[0].ip</c>: wait until something is there, or the -Value.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Property { get; set; }

    /// <summary>The value that -Property must have, compared as text.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [AllowEmptyString]
    public string? Value { get; set; }

    /// <summary>A script that gets the object as <c>$_</c> and says whether it is as it should be.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Until { get; set; }

    /// <summary>Wait until it is gone. One that is not there, or that was made anew since it was piped, is gone.</summary>
    [Parameter]
    public SwitchParameter Deleted { get; set; }

    /// <summary>Wait until it is there; without this, an object that does not exist is an error.</summary>
    [Parameter]
    public SwitchParameter Created { get; set; }

    /// <summary>States that end the wait for an object with an error at once: a pod's state (<c>CrashLoopBackOff</c>, <c>ImagePullBackOff</c>, <c>Failed</c>), a phase, or a condition that is True or its reason.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] FailOn { get; set; } = [];

    /// <summary>End with the first object that is as asked.</summary>
    [Parameter]
    public SwitchParameter Any { get; set; }

    /// <summary>How long to wait for all of them; 30 seconds when not given, as kubectl. Zero looks once, a negative time waits a week. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    private protected override void Begin()
    {
        if (Deleted && (Created || Condition is not null || Property is not null || Until is not null)) throw Bad("-Deleted waits until nothing is left; no other state can be waited for with it.");
        if (Value is not null && Property is null) throw Bad("-Value is that of a -Property; name it, for example -Property status.phase.");
        if (Property is not null) _path = FieldPath.Parse(Property);
    }

    private protected override void Process()
    {
        if (InputObject is not null) Add(ResourceTarget.From(InputObject), ClientFor(InputObject));
        else if (Kind is null) foreach (string target in Target) Try(target, () => Add(ResourceTarget.Parse(target), Client));
        else if (Name is not null) foreach (string name in Name) Try(name, () => Add(new ResourceTarget(null, Kind, name, null, null, null), Client));
        else AddListed(Kind);
    }

    private protected override void End() => new ObjectWaiter(this, Deleted ? "Waiting until gone" : "Waiting") { Any = Any, Goal = Goal }.Run(_pending, Timeout, PendingBecause, (_, seen) =>
    {
        if (seen is not null && !Deleted) WriteObject(seen);
    });

    private string Goal => Deleted ? ObjectWaiter.Gone : Condition is not null || Property is not null || Until is not null ? "as asked" : Created ? "there" : ObjectWaiter.Ready;

    private void Try(string input, Action add)
    {
        try
        {
            add();
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            Fail(failure, input);
        }
    }

    private void Add(ResourceTarget target, KubeClient client)
    {
        ApiPath.Check(target.Name, "name");
        ResourceKind kind = target.FindKind(this, client);
        _pending.Add(new PendingObject(client, kind, kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null, target.Name, target.Uid));
    }

    private void AddListed(string named)
    {
        KubeClient client = Client;
        ResourceKind kind = Await(cancel => client.FindKindAsync(named, cancel));
        string? ns = kind.Namespaced ? client.DefaultNamespace : null;
        (List<object> items, List<KubeException> failures) = Await(cancel => client.ListAllAsync(kind, new ListOptions { Namespace = ns, LabelSelector = LabelSelector }, cancel));
        foreach (KubeException failure in failures) Fail(failure);
        foreach (ResourceHeader header in items.Select(ResourceHeader.Read)) _pending.Add(new PendingObject(client, kind, header.Namespace, header.Name!, header.Uid));
        if (items.Count > 0 || Deleted) return;
        throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, $"No {kind} were found{(LabelSelector is null ? "" : $" with the labels {LabelSelector}")}{(ns is null ? "" : $" in {ns}")}: there is nothing to wait for.") { Target = new KubeReference(kind.Kind, ns, null) };
    }

    private string? PendingBecause(PendingObject target, object? seen)
    {
        var reference = new KubeReference(target.Kind.Kind, target.Namespace, target.Name);
        if (Deleted) return StillThere(target, seen);
        if (seen is null)
        {
            if (Created && !_seen.Contains(target)) return "it does not exist yet";
            throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, _seen.Contains(target) ? $"{reference} was deleted while it was waited for." : $"{reference} does not exist.")
            {
                Target = reference,
                RecommendedAction = "Give -Created to wait for an object that is yet to come.",
            };
        }

        _seen.Add(target);
        JsonObject json = ResourceJson.ToJsonObject(seen);
        CheckFailure(reference, seen, json);
        return Condition is null && Property is null && Until is null
            ? Created ? null : Readiness.StillPending(seen)
            : ConditionMissing(json) ?? PropertyMissing(json) ?? ScriptSaysNo(seen);
    }

    private static string? StillThere(PendingObject target, object? seen)
    {
        if (seen is null || (target.Note is string uid && ResourceHeader.Read(seen).Uid != uid)) return null;
        return ResourceJson.ToJsonObject(seen)["metadata"]?["finalizers"] is JsonArray { Count: > 0 } names ? $"it is still there, held by its finalizers {string.Join(", ", names.Select(name => name!.ToString()))}" : "it is still there";
    }

    private string? ConditionMissing(JsonObject json)
    {
        if (Condition is null) return null;
        string[] parts = Condition.Split('=', 2);
        return Conditions.PendingBecause(json, parts[0].Trim(), parts.Length > 1 ? parts[1].Trim() : "True");
    }

    private string? PropertyMissing(JsonObject json)
    {
        if (_path is null) return null;
        JsonNode? found = _path.Find(json);
        if (found is JsonObject or JsonArray && Value is not null) throw Bad($"{_path} is no single value in this object; name a place within it.");
        string? now = found?.ToString().Trim();
        if (Value is null) return string.IsNullOrEmpty(now) ? $"{_path} is not there yet" : null;
        // PowerShell writes True, JSON true; texts keep their case.
        bool met = now == Value.Trim() || (found is JsonValue flag && flag.TryGetValue(out bool _) && string.Equals(now, Value.Trim(), StringComparison.OrdinalIgnoreCase));
        return met ? null : $"{_path} is {(now is null ? "not there" : $"'{now}'")}";
    }

    private string? ScriptSaysNo(object seen)
    {
        if (Until is null) return null;
        var variables = new List<PSVariable> { new("_", seen) };
        return LanguagePrimitives.IsTrue(Until.InvokeWithContext(null, variables, seen)) ? null : "the script says it is not as it should be";
    }

    private void CheckFailure(KubeReference reference, object seen, JsonObject json)
    {
        if (FailOn.Length == 0) return;
        string? state = States(seen, json).FirstOrDefault(state => FailOn.Contains(state, StringComparer.OrdinalIgnoreCase));
        if (state is not null) throw new KubeException("KubeWaitFailed", ErrorCategory.InvalidResult, string.Create(CultureInfo.InvariantCulture, $"{reference} is in state {state}, which -FailOn names.")) { Target = reference };
    }

    private static IEnumerable<string> States(object seen, JsonObject json)
    {
        if (seen is k8s.Models.V1Pod pod)
        {
            string state = PodPrinter.State(pod);
            yield return state;
            if (state.StartsWith("Init:", StringComparison.Ordinal)) yield return state[5..];
        }

        if (json["status"]?["phase"]?.ToString() is { } phase) yield return phase;
        foreach (JsonNode? condition in json["status"]?["conditions"] as JsonArray ?? [])
        {
            if (condition?["status"]?.ToString() == "True" && condition["type"]?.ToString() is { } type) yield return type;
            if (condition?["reason"]?.ToString() is { } reason) yield return reason;
        }
    }

    private static KubeException Bad(string text) => new("KubeInvalidArgument", ErrorCategory.InvalidArgument, text) { EndsCommand = true };
}
