using System.Management.Automation;
using k8s;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>
/// Reads everything that runs, as <c>kubectl get all</c> does: the kinds of the category <c>all</c>, custom ones included. The
/// lists are read in parallel and emitted in kubectl's order.
/// </summary>
[Cmdlet(VerbsCommon.Get, "KubeWorkload", DefaultParameterSetName = "List")]
[OutputType(typeof(IKubernetesObject), typeof(PSObject), typeof(KubeTreeNode))]
public sealed class GetKubeWorkloadCommand : KubeApiCmdlet
{
    /// <summary>The groups in the order in which servers list them; others follow in the server's own.</summary>
    private static readonly string[] GroupOrder = ["", "apps", "autoscaling", "batch"];

    /// <summary>Only objects with these names, wildcards too; with -Tree, the trees whose root has one.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only objects with these labels: <c>app=web,tier!=db</c>, or a hashtable.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Only these kinds.</summary>
    [Parameter(ParameterSetName = "List")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Kind { get; set; }

    /// <summary>Read all namespaces.</summary>
    [Parameter]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>Every kind that can be listed in a namespace, not only those of the category <c>all</c>. Events are left out.</summary>
    [Parameter(ParameterSetName = "List")]
    public SwitchParameter Everything { get; set; }

    /// <summary>Show who owns whom, from the workloads down to containers and volume claims, as objects that print as a tree.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Tree")]
    public SwitchParameter Tree { get; set; }

    private protected override void Process()
    {
        if (Array.Find(Name ?? [], static name => name.Contains('=', StringComparison.Ordinal)) is { } selector) throw new KubeException("KubeInvalidName", ErrorCategory.InvalidArgument, $"'{ServerErrors.Escape(selector)}' cannot be a name; labels are given with -LabelSelector.") { Target = ServerErrors.Escape(selector), EndsCommand = true };
        string? ns = AllNamespaces ? null : Client.DefaultNamespace;
        List<ResourceKind> kinds = Choose(Await(Client.AllKindsAsync));
        var options = new ListOptions { Namespace = ns, LabelSelector = LabelSelector };
        Task<(List<object> Items, List<KubeException> Failures)>[] lists = [.. kinds.Select(kind => Task.Run(() => Client.ListAllAsync(kind, options, CancelToken), CancelToken))];
        // The first refused credential ends the command, and nobody then waits for the other lists.
        Array.ForEach(lists, Abandoned.Observe);
        if (Tree)
        {
            Draw(kinds, lists);
            return;
        }

        bool any = false;
        for (int i = 0; i < lists.Length; i++) any |= Emit(kinds[i], lists[i], first: !any);
        if (any) return;
        string where = ns is null ? "" : $" in {ns} namespace";
        WriteVerbose($"No resources found{where}.");
        if (ns is not null && !Exists(ns)) throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, $"namespaces \"{ns}\" not found") { Target = new KubeReference("Namespace", null, ns) };
    }

    private void Draw(List<ResourceKind> kinds, Task<(List<object> Items, List<KubeException> Failures)>[] lists)
    {
        var all = new List<object>();
        for (int i = 0; i < lists.Length; i++)
        {
            Task<(List<object> Items, List<KubeException> Failures)> list = lists[i];
            try
            {
                (List<object> items, List<KubeException> failures) = Await(_ => list);
                foreach (KubeException failure in failures) Fail(failure);
                // Claims belong below the pods that use them; those that no pod uses are no part of a workload.
                all.AddRange(items);
            }
            catch (KubeException failure) when (!failure.EndsCommand)
            {
                Fail(failure);
            }
        }

        string[] roots = [.. kinds.Select(kind => kind.Kind)];
        foreach (KubeTreeNode node in WorkloadTree.Build(all).Where(node => node.Kind != "PersistentVolumeClaim").OrderBy(node => node.Namespace, StringComparer.Ordinal).ThenBy(node => Array.IndexOf(roots, node.Kind)))
        {
            if (NamePatterns.Match(Name, node.Name)) WriteObject(node);
        }
    }

    private bool Emit(ResourceKind kind, Task<(List<object> Items, List<KubeException> Failures)> list, bool first)
    {
        try
        {
            (List<object> items, List<KubeException> failures) = Await(_ => list);
            foreach (KubeException failure in failures) Fail(failure);
            List<object> named = Name is null ? items : [.. items.Where(item => NamePatterns.Match(Name, ResourceHeader.Read(item).Name))];
            foreach (PSObject item in WorkloadTable.Mark(kind.Kind, named, AllNamespaces, first)) WriteObject(item);
            return named.Count > 0 || failures.Count > 0;
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            // A kind that may not be read, or whose server is down, does not hide the others.
            Fail(failure);
            return true;
        }
    }

    private bool Exists(string ns)
    {
        try
        {
            return Await(cancel => Client.FindAsync(BuiltInKinds.Namespace, null, ns, cancel)) is not null;
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            return true;
        }
    }

    private List<ResourceKind> Choose(IReadOnlyList<ResourceKind> served)
    {
        var chosen = new List<ResourceKind>();
        foreach (ResourceKind kind in served)
        {
            if (!kind.Namespaced || !kind.Verbs.Contains("list")) continue;
            // The preferred version of a group stands first; a kind that moved groups (events) counts once.
            if (chosen.Exists(earlier => earlier.Plural == kind.Plural && (earlier.Group == kind.Group || Everything))) continue;
            bool wanted = Kind is not null
                ? Array.Exists(Kind, name => BuiltInKinds.IsCalled(kind, name))
                : Everything ? kind.Kind != "Event" : kind.Categories.Contains("all");
            if (wanted) chosen.Add(kind);
        }

        if (Tree)
        {
            chosen.RemoveAll(kind => kind.Kind is "Service" or "HorizontalPodAutoscaler");
            chosen.Add(BuiltInKinds.PersistentVolumeClaim);
        }

        if (Kind is not null)
        {
            foreach (string name in Kind)
            {
                if (!chosen.Exists(kind => BuiltInKinds.IsCalled(kind, name))) throw new KubeException("KubeKindNotFound", ErrorCategory.ObjectNotFound, $"The server doesn't have a resource type \"{name}\" in namespaces.") { Target = name };
            }
        }

        // Each version of a group is a list of its own: before 1.21 jobs were in batch/v1 and cron jobs in batch/v1beta1.
        List<string> versions = [.. served.Select(kind => kind.ApiVersion).Distinct()];
        return [.. chosen.OrderBy(GroupRank).ThenBy(kind => versions.IndexOf(kind.ApiVersion)).ThenBy(kind => GroupRank(kind) < GroupOrder.Length ? kind.Plural : "", StringComparer.Ordinal)];
    }

    private static int GroupRank(ResourceKind kind) => Array.IndexOf(GroupOrder, kind.Group) is >= 0 and var rank ? rank : GroupOrder.Length;
}
