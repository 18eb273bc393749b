using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Pods;

/// <summary>
/// Gets what containers have written, line by line; with -Follow new lines as they come, across broken connections, until the
/// containers end.
/// </summary>
[Cmdlet(VerbsCommon.Get, "KubeLog", DefaultParameterSetName = "Name")]
[OutputType(typeof(string), typeof(KubeLogLine))]
public sealed class GetKubeLogCommand : KubeApiCmdlet
{
    /// <summary>kubectl's number of lines for pods that are chosen by labels.</summary>
    private const long SelectorTail = 10;

    private readonly List<(KubeClient Client, LogSource Source)> _followed = [];
    private LogOptions _options = new();

    /// <summary>The pod, or <c>TYPE/NAME</c> of a workload or a service, of whose pods one is chosen unless -AllPods is given.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [Alias("Pod")]
    [ArgumentCompleter(typeof(PodCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The pod, workload or service, the name of a pod, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The pods with these labels: <c>app=web,tier!=db</c>, or a hashtable. Of each the last 10 lines, unless -Tail says otherwise.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Selector")]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>The container, also an init or an ephemeral one; the pod's default container when not given.</summary>
    [Parameter(Position = 1, ParameterSetName = "Name")]
    [Parameter(ParameterSetName = "InputObject")]
    [Parameter(ParameterSetName = "Selector")]
    [Alias("c")]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>Read all containers of each pod: init containers, its own, ephemeral ones.</summary>
    [Parameter]
    public SwitchParameter AllContainers { get; set; }

    /// <summary>Read all pods of a workload or a service, not one of them.</summary>
    [Parameter(ParameterSetName = "Name")]
    [Parameter(ParameterSetName = "InputObject")]
    public SwitchParameter AllPods { get; set; }

    /// <summary>Read what the container wrote before its last restart.</summary>
    [Parameter]
    [Alias("p")]
    public SwitchParameter Previous { get; set; }

    /// <summary>Only so many of the last lines of each container; -1 for all.</summary>
    [Parameter]
    [ValidateRange(-1, long.MaxValue)]
    public long Tail { get; set; } = -1;

    /// <summary>Only lines younger than this: seconds, a TimeSpan, or text such as <c>5m</c>. The server counts whole seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Since { get; set; }

    /// <summary>Only lines from this moment on; without a time zone it is this machine's. The server counts whole seconds.</summary>
    [Parameter]
    public DateTime SinceTime { get; set; }

    /// <summary>Begin each line with the moment at which it was written, as the server tells it (RFC 3339).</summary>
    [Parameter]
    public SwitchParameter Timestamps { get; set; }

    /// <summary>Go on with new lines as they come, until the containers end or Ctrl+C.</summary>
    [Parameter]
    [Alias("f")]
    public SwitchParameter Follow { get; set; }

    /// <summary>The most bytes to read of each container; the last line may be cut.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long LimitBytes { get; set; }

    /// <summary>Begin each line with <c>[pod/NAME/CONTAINER]</c>.</summary>
    [Parameter]
    public SwitchParameter Prefix { get; set; }

    /// <summary>Emit objects with the moment, the pod, the container and the message of each line.</summary>
    [Parameter]
    public SwitchParameter AsObject { get; set; }

    /// <summary>Emit the log of each container as one text, with the line ends that the container wrote.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>How many logs may be followed at once; more are refused.</summary>
    [Parameter]
    [Alias("ThrottleLimit")]
    [ValidateRange(1, int.MaxValue)]
    public int MaxLogRequests { get; set; } = 5;

    /// <summary>How long -Follow waits for a container that is still being created. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan PodRunningTimeout { get; set; } = TimeSpan.FromSeconds(20);

    private protected override void Begin()
    {
        Refuse("Container", "AllContainers");
        Refuse("Since", "SinceTime");
        foreach (string other in new[] { "AsObject", "Follow", "Prefix" }) Refuse("Raw", other);
        Refuse("AsObject", "Prefix");
        Refuse("AsObject", "Timestamps");
        long? tail = Given("Tail") ? Tail : LabelSelector is null ? -1 : SelectorTail;
        _options = new LogOptions
        {
            Follow = Follow,
            Previous = Previous,
            Tail = tail >= 0 ? tail : null,
            // The server takes no part of a second, and no zero.
            SinceSeconds = Given("Since") ? Math.Max(1, (long)Math.Ceiling(Since.TotalSeconds)) : null,
            SinceTime = Given("SinceTime") ? SinceTime.ToUniversalTime() : null,
            LimitBytes = LimitBytes > 0 ? LimitBytes : null,
            ShowTimes = Timestamps,
            ReadTimes = AsObject,
            StartTimeout = PodRunningTimeout,
        };
    }

    private protected override void Process()
    {
        if (InputObject is not null) Read(ResourceTarget.From(InputObject), ClientFor(InputObject));
        else if (LabelSelector is not null) ReadSelected(Client);
        else foreach (string name in Name) Try(name, () => Read(ResourceTarget.Parse(name), Client));
    }

    private protected override void End()
    {
        // What was piped is followed side by side, after all input is there.
        if (_followed.Count == 0) return;
        if (_followed.Count > MaxLogRequests)
        {
            throw new KubeException("KubeLimitExceeded", ErrorCategory.LimitsExceeded, string.Create(CultureInfo.InvariantCulture, $"{_followed.Count} logs are to be followed, but no more than {MaxLogRequests} may be."))
            {
                RecommendedAction = "Name fewer pods or containers, or raise -MaxLogRequests.",
            };
        }

        List<Func<CancellationToken, IAsyncEnumerable<LogPart>>> logs = [.. _followed.Select(log => (Func<CancellationToken, IAsyncEnumerable<LogPart>>)(cancel => log.Client.ReadLogAsync(log.Source, _options, cancel)))];
        foreach (LogPart part in Pull(cancel => Merged.Of(logs, cancel))) Show(part);
    }

    private void Read(ResourceTarget target, KubeClient client)
    {
        ResourceKind kind = target.Kind is null ? BuiltInKinds.Pod : target.FindKind(this, client);
        ApiPath.Check(target.Name, "name");
        string ns = target.Namespace ?? client.DefaultNamespace;
        foreach (V1Pod pod in PodsOf(target, kind, ns, client)) Read(pod, ns, client);
    }

    private void ReadSelected(KubeClient client)
    {
        var options = new ListOptions { Namespace = client.DefaultNamespace, LabelSelector = LabelSelector };
        (List<object> pods, List<KubeException> failures) = Await(cancel => client.ListAllAsync(BuiltInKinds.Pod, options, cancel));
        failures.ForEach(failure => Fail(failure));
        if (pods.Count == 0) ReportEmpty(client, options.Namespace);
        foreach (V1Pod pod in pods.Cast<V1Pod>()) Try(pod, () => Read(pod, pod.Metadata.NamespaceProperty, client));
    }

    private IReadOnlyList<V1Pod> PodsOf(ResourceTarget target, ResourceKind kind, string ns, KubeClient client)
    {
        // The containers of a pod stay; which instance of one runs must be known as of now when it is followed.
        if (!Follow && target.Source is PSObject { BaseObject: V1Pod given }) return [given];
        object owner = Await(cancel => client.GetAsync(kind, kind.Namespaced ? ns : null, target.Name, cancel));
        if (owner is V1Pod pod) return [pod];
        IReadOnlyList<V1Pod> pods = PodChoice.ForLogs(Await(cancel => client.PodsOfAsync(owner, ns, cancel)));
        var reference = new KubeReference(kind.Kind, ns, target.Name);
        if (pods.Count == 0) throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, $"{reference} has no pods now.") { Target = reference };
        if (AllPods || pods.Count == 1) return pods;
        WriteWarning(string.Create(CultureInfo.InvariantCulture, $"Found {pods.Count} pods, using pod/{pods[0].Metadata.Name}"));
        return [pods[0]];
    }

    private void Read(V1Pod pod, string ns, KubeClient client)
    {
        foreach (string container in AllContainers ? ContainerChoice.All(pod) : [Choose(pod)])
        {
            LogSource source = LogSource.Of(pod, ns, container);
            if (Follow) _followed.Add((client, source));
            else if (Raw) Try(source.Reference, () => WriteObject(Await(cancel => client.ReadLogTextAsync(source, _options, cancel))));
            else foreach (LogPart part in Pull(cancel => client.ReadLogAsync(source, _options, cancel))) Show(part);
        }
    }

    private string Choose(V1Pod pod)
    {
        ContainerChoice choice = ContainerChoice.Of(pod, Container);
        if (choice.Note is not null)
        {
            if (choice.IsDoubtful) WriteWarning(choice.Note);
            else WriteVerbose(choice.Note);
        }

        return choice.Name;
    }

    private void Show(LogPart part)
    {
        foreach (LogLine line in part.Lines)
        {
            if (AsObject) WriteObject(new KubeLogLine(line.Time, part.Source.Namespace, part.Source.Pod, part.Source.Container, line.Text));
            else WriteObject(Prefix ? part.Source.Prefix + line.Text : line.Text);
        }

        if (part.Failure is not null) Fail(part.Failure, part.Source.Reference);
    }

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private void Refuse(string one, string other)
    {
        if (Given(one) && Given(other)) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, $"-{one} and -{other} cannot be given together.") { Target = other, EndsCommand = true };
    }
}
