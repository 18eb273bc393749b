using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Commands.AnyKind;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Output.Describe;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Events;

/// <summary>Gets events, those of a namespace or those about given objects, in the order in which they were last seen; with -Follow new ones as they come.</summary>
[Cmdlet(VerbsCommon.Get, "KubeEvent", DefaultParameterSetName = "All")]
[OutputType(typeof(Corev1Event))]
public sealed class GetKubeEventCommand : KubeApiCmdlet
{
    private readonly List<(KubeClient Client, ListOptions Options)> _followed = [];
    private bool _given;

    /// <summary>The object whose events are wanted, or <c>TYPE/NAME</c>. Of an object, the events of this very one, not of one that had its name before.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "For")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNull]
    public PSObject? For { get; set; }

    /// <summary>Only events about objects with these names, whatever their kind; wildcards too.</summary>
    [Parameter(ParameterSetName = "All")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only events of this type: <c>Normal</c> or <c>Warning</c>.</summary>
    [Parameter]
    [ValidateSet("Normal", "Warning", IgnoreCase = true)]
    public string? Type { get; set; }

    /// <summary>Only events with these labels of their own: <c>app=web,tier!=db</c>, or a hashtable.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Only events with these fields: <c>reason=FailedMount</c>, <c>involvedObject.kind=Pod</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FieldSelector { get; set; }

    /// <summary>Read the events of all namespaces.</summary>
    [Parameter(ParameterSetName = "All")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>The most events to emit: the latest ones, or with -Follow the first ones.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Limit { get; set; }

    /// <summary>Emit what is there, and then each event as it comes or is seen again, until Ctrl+C.</summary>
    [Parameter]
    [Alias("f", "Watch")]
    public SwitchParameter Follow { get; set; }

    /// <summary>Show kubectl's wide columns.</summary>
    [Parameter]
    public SwitchParameter Wide { get; set; }

    private protected override void Process()
    {
        if (ParameterSetName == "All")
        {
            Read(Client, AllNamespaces ? null : Client.DefaultNamespace, null);
            return;
        }

        _given = true;
        ResourceTarget target = ResourceTarget.From(For!);
        KubeClient client = ClientFor(For);
        ResourceKind kind = target.FindKind(this, client);
        ApiPath.Check(target.Name, "name");
        string? ns = kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null;
        // A kubelet's events about its node carry the node's name as the uid, so a node's are not asked for by uid.
        string? uid = kind.Kind == "Node" ? null : target.Uid;
        Read(client, ns, DescriptionReader.EventSelector(new ResourceHeader(kind.ApiVersion, kind.Kind, target.Name, ns, target.Uid, null), uid));
    }

    private protected override void End()
    {
        // What was piped is followed side by side, after all input is there.
        if (_followed.Count == 0) return;
        int left = Limit > 0 ? Limit : int.MaxValue;
        List<Func<CancellationToken, IAsyncEnumerable<WatchEvent>>> sources = [.. _followed.Select(followed => (Func<CancellationToken, IAsyncEnumerable<WatchEvent>>)(cancel => followed.Client.WatchAsync(BuiltInKinds.Event, followed.Options, cancel)))];
        var first = new List<Corev1Event>();
        int unsynced = sources.Count;
        foreach (WatchEvent step in Pull(cancel => Merged.Of(sources, cancel)))
        {
            if (step.IsSynced && --unsynced == 0)
            {
                foreach (Corev1Event seen in EventText.Ordered(first))
                {
                    Show(seen);
                    if (--left == 0) return;
                }
            }
            else if (step.Failure is not null)
            {
                Fail(step.Failure);
            }
            else if (step.Change is WatchChange.Added or WatchChange.Modified && step.Object is Corev1Event seen && NamePatterns.Match(Name, seen.InvolvedObject?.Name))
            {
                // A server forgets events after an hour: that one is gone is no news.
                if (unsynced > 0)
                {
                    first.Add(seen);
                    continue;
                }

                Show(seen);
                if (--left == 0) return;
            }
        }
    }

    private void Read(KubeClient client, string? ns, string? about)
    {
        string fields = string.Join(',', new[] { about, Type is null ? null : $"type={(Type.Equals("warning", StringComparison.OrdinalIgnoreCase) ? "Warning" : "Normal")}", FieldSelector }.OfType<string>());
        var options = new ListOptions { Namespace = ns, LabelSelector = LabelSelector, FieldSelector = fields.Length > 0 ? fields : null };
        if (Follow)
        {
            _followed.Add((client, options));
            return;
        }

        (List<object> items, List<KubeException> failures) = Await(cancel => client.ListAllAsync(BuiltInKinds.Event, options, cancel));
        failures.ForEach(failure => Fail(failure));
        Corev1Event[] ordered = [.. EventText.Ordered(items.OfType<Corev1Event>().Where(seen => NamePatterns.Match(Name, seen.InvolvedObject?.Name)))];
        if (ordered.Length == 0) WriteVerbose(ns is null ? "No events found." : $"No events found in {ns} namespace.");
        foreach (Corev1Event seen in Limit > 0 ? ordered.TakeLast(Limit) : ordered) Show(seen);
    }

    private void Show(Corev1Event seen) => WriteObject(ViewTag.Mark(seen, Wide, namespaces: AllNamespaces && !_given));
}
