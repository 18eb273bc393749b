using System.Globalization;
using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Resources;

namespace PSKube.Commands.Clusters;

/// <summary>
/// Looks whether a cluster is well: reachable, its certificate, its own health checks, its version, its nodes and the pods of
/// kube-system. One object per check, or with -Quiet one answer.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "KubeCluster")]
[OutputType(typeof(ClusterCheck), typeof(bool))]
public sealed class TestKubeClusterCommand : KubeApiCmdlet
{
    /// <summary>A certificate that ends sooner than this is worth a look.</summary>
    private const int FewDays = 14;

    /// <summary>The minor versions that PSKube is made for.</summary>
    private const int OldestMinor = 20;
    private const int NewestMinor = 37;

    private readonly List<ClusterCheck> _checks = [];
    private KubeClient _client = null!;

    /// <summary>Only true or false: whether every check is well.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>One object for each of the server's own checks; without it those that are well are counted.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override void Process()
    {
        _client = Client;
        if (Reachable())
        {
            Certificate();
            Health("readyz");
            Health("livez");
            Look("Nodes", Nodes);
            Look("kube-system", SystemPods);
        }

        if (Quiet) WriteObject(_checks.TrueForAll(check => check.Ok));
    }

    private bool Reachable()
    {
        try
        {
            (int status, string text) = Await(cancel => _client.GetTextAsync("version", null, cancel));
            Add("Reachable", true, _client.Cluster.Server.Authority);
            Version(status, text);
            return true;
        }
        catch (KubeException failure) when (failure.Category is ErrorCategory.ConnectionError or ErrorCategory.SecurityError or ErrorCategory.AuthenticationError or ErrorCategory.OperationTimeout or ErrorCategory.InvalidResult)
        {
            // That there is no answer is the answer here; a wrong configuration is an error as everywhere.
            Add("Reachable", false, failure.Message);
            return false;
        }
    }

    private void Version(int status, string text)
    {
        ServerVersion version = ServerVersion.Read(status, text);
        string? skew = version.Minor is not { } minor ? "its version cannot be told" : minor < OldestMinor ? string.Create(CultureInfo.InvariantCulture, $"older than 1.{OldestMinor}, which PSKube is made for") : minor > NewestMinor ? string.Create(CultureInfo.InvariantCulture, $"newer than 1.{NewestMinor}: fields that came since are not in the objects") : null;
        Add("Version", skew is null, skew is null ? version.Git : $"{version.Git}: {skew}");
    }

    private void Certificate()
    {
        if (_client.ServerCertificateEnds is not { } end) return;
        int days = (int)Math.Floor((end - DateTime.UtcNow).TotalDays);
        Add("Certificate", days >= FewDays, string.Create(CultureInfo.InvariantCulture, $"{days} days left (until {end:yyyy-MM-dd})"));
    }

    /// <summary>The server's own checks (kubernetes.io, "Kubernetes API health endpoints"): <c>[+]etcd ok</c>, <c>[-]etcd failed</c>.</summary>
    private void Health(string path)
    {
        (int status, string text) = Await(cancel => _client.GetTextAsync(path, "verbose", cancel));
        // A failed check comes as a refusal, whose message tells the status before the list.
        int begin = text.AsSpan().IndexOf('[');
        if (status != 200 && begin > 0) text = text[begin..];
        int well = 0, ill = 0;
        foreach (string line in text.Split('\n'))
        {
            if (!line.StartsWith("[+]", StringComparison.Ordinal) && !line.StartsWith("[-]", StringComparison.Ordinal)) continue;
            bool ok = line[1] == '+';
            if (ok) well++;
            else ill++;
            if (ok && !Detailed) continue;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string name = space < 0 ? line[3..] : line[3..space];
            Add($"{path}/{name}", ok, ServerErrors.Escape(space < 0 ? "" : line[(space + 1)..].Trim()));
        }

        if (well > 0 && !Detailed) Add(path, ill == 0, string.Create(CultureInfo.InvariantCulture, $"{well} of {well + ill} checks are well"));
        if (well + ill == 0) Add(path, status == 200, status == 200 ? "ok" : ServerErrors.Escape(text));
    }

    private void Nodes()
    {
        (List<object> nodes, _) = Await(cancel => _client.ListAllAsync(BuiltInKinds.Node, new ListOptions(), cancel));
        if (nodes.Count == 0) Add("Nodes", false, "there are none: nothing can run");
        foreach (V1Node node in nodes.OfType<V1Node>())
        {
            string state = KubeMembers.NodeState(PSObject.AsPSObject(node)) ?? "Unknown";
            V1NodeCondition? ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
            Add($"Node/{node.Metadata.Name}", state.StartsWith("Ready", StringComparison.Ordinal), state.StartsWith("Ready", StringComparison.Ordinal) ? state : $"{state}: {ServerErrors.Escape(ready?.Message ?? "")}");
        }
    }

    private void SystemPods()
    {
        (List<object> pods, _) = Await(cancel => _client.ListAllAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "kube-system" }, cancel));
        string[] unwell = [.. pods.OfType<V1Pod>().Where(pod => PodPrinter.State(pod) is not ("Running" or "Completed")).Select(pod => $"{pod.Metadata.Name} {PodPrinter.State(pod)}")];
        Add("kube-system", unwell.Length == 0, unwell.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"{pods.Count} pods running") : string.Join(", ", unwell));
    }

    /// <summary>What may not be looked at is a check that says so, not the end of the others.</summary>
    private void Look(string name, Action look)
    {
        try
        {
            look();
        }
        catch (KubeApiException refusal)
        {
            Add(name, false, refusal.Message);
        }
    }

    private void Add(string check, bool ok, string detail)
    {
        var result = new ClusterCheck { Check = check, Ok = ok, Detail = detail };
        _checks.Add(result);
        if (!Quiet) WriteObject(result);
    }
}
