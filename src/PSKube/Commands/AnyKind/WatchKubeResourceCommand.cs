using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.AnyKind;

/// <summary>
/// Emits every change of objects until Ctrl+C, <c>Select-Object -First</c> or -Timeout ends it: first what is there (as
/// <c>Added</c>), then each change once, also across closed connections and restarts of the server.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "KubeResource", DefaultParameterSetName = "Kind")]
[OutputType(typeof(KubeWatchEvent))]
public sealed class WatchKubeResourceCommand : KubeApiCmdlet
{
    private readonly List<PSObject> _inputs = [];

    /// <summary>The kind, its plural, singular or short name.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Kind")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string Kind { get; set; } = "";

    /// <summary>Only objects with these names; wildcards too.</summary>
    [Parameter(Position = 1, ParameterSetName = "Kind")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The objects to watch, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Only objects with these labels: <c>app=web,tier!=db</c>, or a hashtable.</summary>
    [Parameter(ParameterSetName = "Kind")]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Only objects with these fields, as the API allows for the kind: <c>status.phase=Running</c>.</summary>
    [Parameter(ParameterSetName = "Kind")]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FieldSelector { get; set; }

    /// <summary>Watch all namespaces.</summary>
    [Parameter(ParameterSetName = "Kind")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>Only these changes: <c>Added</c>, <c>Modified</c>, <c>Deleted</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public WatchChange[] Change { get; set; } = [];

    /// <summary>Leave out what is there at the start; only what changes from now on.</summary>
    [Parameter]
    public SwitchParameter ChangeOnly { get; set; }

    /// <summary>End after this time; never when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    private protected override void Process()
    {
        // All that is piped is watched side by side, so the watch begins when the input has ended.
        if (InputObject is not null) _inputs.Add(InputObject);
    }

    private protected override void End()
    {
        List<Func<CancellationToken, IAsyncEnumerable<WatchEvent>>> sources = _inputs.Count > 0 ? [.. _inputs.Select(Watch).OfType<Func<CancellationToken, IAsyncEnumerable<WatchEvent>>>()] : ParameterSetName == "Kind" ? [WatchKind()] : [];
        if (sources.Count == 0) return;
        using var limit = new CancellationTokenSource(Timeout);
        try
        {
            Emit(sources, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            WriteVerbose("The time of the watch is over.");
        }
    }

    private void Emit(List<Func<CancellationToken, IAsyncEnumerable<WatchEvent>>> sources, CancellationToken limit)
    {
        WildcardPattern[]? names = Name?.Select(name => WildcardPattern.Get(name, WildcardOptions.None)).ToArray();
        int unsynced = ChangeOnly ? sources.Count : 0;
        foreach (WatchEvent step in Pull(cancel => Limited(sources, limit, cancel)))
        {
            if (step.IsSynced) unsynced--;
            else if (step.Failure is not null) Fail(step.Failure);
            else if (unsynced <= 0) Show(step, names);
        }
    }

    private static async IAsyncEnumerable<WatchEvent> Limited(List<Func<CancellationToken, IAsyncEnumerable<WatchEvent>>> sources, CancellationToken limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit, cancel);
        await foreach (WatchEvent step in Merged.Of(sources, both.Token).ConfigureAwait(false)) yield return step;
    }

    private void Show(WatchEvent step, WildcardPattern[]? names)
    {
        ResourceHeader header = ResourceHeader.Read(step.Object);
        if (names is not null && !Array.Exists(names, name => name.IsMatch(header.Name ?? ""))) return;
        if (Change.Length > 0 && !Change.Contains(step.Change!.Value)) return;
        WriteObject(new KubeWatchEvent(step.Change!.Value, header.Kind, header.Namespace, header.Name, DateTime.Now, step.Object!));
    }

    private Func<CancellationToken, IAsyncEnumerable<WatchEvent>> WatchKind()
    {
        KubeClient client = Client;
        ResourceKind kind = Await(cancel => client.FindKindAsync(Kind, cancel));
        string? exact = Name is [var one] && !WildcardPattern.ContainsWildcardCharacters(one) ? $"metadata.name={one}" : null;
        var options = new ListOptions
        {
            Namespace = kind.Namespaced && !AllNamespaces ? client.DefaultNamespace : null,
            LabelSelector = LabelSelector,
            FieldSelector = string.Join(',', new[] { FieldSelector, exact }.OfType<string>()) is { Length: > 0 } fields ? fields : null,
        };
        return cancel => client.WatchAsync(kind, options, cancel);
    }

    private Func<CancellationToken, IAsyncEnumerable<WatchEvent>>? Watch(PSObject input)
    {
        try
        {
            ResourceTarget target = ResourceTarget.From(input);
            KubeClient client = ClientFor(input);
            ResourceKind kind = target.FindKind(this, client);
            var options = new ListOptions { Namespace = kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null, FieldSelector = $"metadata.name={target.Name}" };
            return cancel => client.WatchAsync(kind, options, cancel);
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            Fail(failure);
            return null;
        }
    }
}
