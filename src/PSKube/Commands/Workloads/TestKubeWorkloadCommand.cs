using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>
/// Says whether workloads are well, and if not, why: crash loops, images that cannot be had, pods that no node takes, volumes
/// that are not there, rollouts that are stuck. One verdict each, with a reason that a runbook can branch on.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "KubeWorkload", DefaultParameterSetName = "All")]
[OutputType(typeof(KubeWorkloadHealth), typeof(bool))]
public sealed class TestKubeWorkloadCommand : KubeApiCmdlet
{
    private static readonly ResourceKind[] Judged = [BuiltInKinds.Deployment, BuiltInKinds.StatefulSet, BuiltInKinds.DaemonSet, BuiltInKinds.Job];
    private readonly Dictionary<(KubeClient, string), IReadOnlyList<V1PersistentVolumeClaim>> _claims = [];
    private bool _allHealthy = true;

    /// <summary><c>TYPE/NAME</c>, for example <c>deployment/web</c>; several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The workloads or pods, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Without a target: only the deployments, stateful sets, daemon sets and jobs with these names, wildcards too.</summary>
    [Parameter(ParameterSetName = "All")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Without a target: only the deployments, stateful sets, daemon sets and jobs with these labels.</summary>
    [Parameter(ParameterSetName = "All")]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Without a target: those of all namespaces.</summary>
    [Parameter(ParameterSetName = "All")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>Only say whether all are well: one bool.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void Process()
    {
        if (InputObject is not null) Judge(ResourceTarget.From(InputObject), ClientFor(InputObject));
        else if (Target.Length > 0) foreach (string target in Target) Try(() => Judge(ResourceTarget.Parse(target), Client));
        else JudgeAll();
    }

    private protected override void End()
    {
        if (Quiet) WriteObject(_allHealthy);
    }

    private void Try(Action judge)
    {
        try
        {
            judge();
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            _allHealthy = false;
            Fail(failure);
        }
    }

    private void JudgeAll()
    {
        KubeClient client = Client;
        string? ns = AllNamespaces ? null : client.DefaultNamespace;
        foreach (ResourceKind kind in Judged)
        {
            Try(() =>
            {
                (List<object> items, List<KubeException> failures) = Await(cancel => client.ListAllAsync(kind, new ListOptions { Namespace = ns, LabelSelector = LabelSelector }, cancel));
                foreach (KubeException failure in failures) Fail(failure);
                foreach (object item in items.Where(item => NamePatterns.Match(Name, ResourceHeader.Read(item).Name))) Try(() => Judge(client, item, ResourceHeader.Read(item).Namespace!));
            });
        }
    }

    private void Judge(ResourceTarget target, KubeClient client)
    {
        ResourceKind kind = target.FindKind(this, client);
        string ns = target.Namespace ?? client.DefaultNamespace;
        Judge(client, Await(cancel => client.GetAsync(kind, kind.Namespaced ? ns : null, target.Name, cancel)), ns);
    }

    private void Judge(KubeClient client, object workload, string ns)
    {
        IReadOnlyList<V1Pod> pods = workload is V1Pod pod ? [pod] : Await(cancel => client.PodsOfAsync(workload, ns, cancel));
        KubeWorkloadHealth verdict = HealthRules.Judge(workload, pods, ClaimsOf(client, pods, ns));
        _allHealthy &= verdict.Healthy;
        if (!Quiet) WriteObject(verdict);
    }

    private IReadOnlyList<V1PersistentVolumeClaim> ClaimsOf(KubeClient client, IReadOnlyList<V1Pod> pods, string ns)
    {
        // Read only for pods that wait for one: a claim that is bound keeps nobody waiting.
        if (!pods.Any(pod => pod.Status?.Phase == "Pending" && (pod.Spec?.Volumes?.Any(volume => volume.PersistentVolumeClaim is not null) ?? false))) return [];
        if (_claims.TryGetValue((client, ns), out IReadOnlyList<V1PersistentVolumeClaim>? known)) return known;
        try
        {
            (List<object> items, _) = Await(cancel => client.ListAllAsync(BuiltInKinds.PersistentVolumeClaim, new ListOptions { Namespace = ns }, cancel));
            known = [.. items.OfType<V1PersistentVolumeClaim>()];
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            WriteVerbose($"The claims of {ns} may not be read; the verdict is made without them.");
            known = [];
        }

        return _claims[(client, ns)] = known;
    }
}
