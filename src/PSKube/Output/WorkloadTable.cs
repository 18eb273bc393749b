using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Text;
using PSKube.Resources;

namespace PSKube.Output;

/// <summary>
/// One of the tables of <c>kubectl get all</c>: the objects of one kind with that kind's columns. PowerShell shows objects of
/// several types in one pipeline as lists, so each object carries its place in its table, and is shown as that row.
/// </summary>
internal sealed class WorkloadTable
{
    /// <summary>The type name whose view shows rows.</summary>
    public const string TypeName = "PSKube.Workload";

    /// <summary>kubectl's columns behind NAME; a value is a member, or a text that <see cref="ViewText"/> makes.</summary>
    private static readonly Dictionary<string, (string Header, Func<PSObject, string> Cell)[]> Columns = new(StringComparer.Ordinal)
    {
        ["Pod"] = [Of("READY", "Ready"), Of("STATUS", "State"), ("RESTARTS", ViewText.Restarts)],
        ["ReplicationController"] = [Of("DESIRED", "Desired"), Of("CURRENT", "Current"), Of("READY", "Ready")],
        ["Service"] = [Of("TYPE", "Type"), Of("CLUSTER-IP", "ClusterIP"), ("EXTERNAL-IP", ViewText.ExternalAddress), Of("PORT(S)", "Ports")],
        ["DaemonSet"] = [Of("DESIRED", "Desired"), Of("CURRENT", "Current"), Of("READY", "Ready"), Of("UP-TO-DATE", "UpToDate"), Of("AVAILABLE", "Available"), Of("NODE SELECTOR", "NodeSelector")],
        ["Deployment"] = [Of("READY", "Ready"), Of("UP-TO-DATE", "UpToDate"), Of("AVAILABLE", "Available")],
        ["ReplicaSet"] = [Of("DESIRED", "Desired"), Of("CURRENT", "Current"), Of("READY", "Ready")],
        ["StatefulSet"] = [Of("READY", "Ready")],
        ["HorizontalPodAutoscaler"] = [Of("REFERENCE", "Reference"), Of("TARGETS", "Targets"), Of("MINPODS", "MinPods"), Of("MAXPODS", "MaxPods"), Of("REPLICAS", "Replicas")],
        ["CronJob"] = [Of("SCHEDULE", "Schedule"), Of("TIMEZONE", "TimeZone"), Of("SUSPEND", "Suspended"), Of("ACTIVE", "Active"), Of("LAST SCHEDULE", "LastSchedule")],
        ["Job"] = [Of("STATUS", "State"), Of("COMPLETIONS", "Completions"), ("DURATION", row => ViewText.Blank(row, "Duration"))],
    };

    private static readonly ConditionalWeakTable<object, Row> Rows = [];

    [ThreadStatic]
    private static Row? _shown;

    private readonly (string Header, Func<PSObject, string> Cell)[] _columns;
    private readonly List<PSObject> _objects = [];
    private readonly bool _first;
    private int[]? _widths;

    private WorkloadTable(string kind, bool namespaces, bool first)
    {
        _first = first;
        (string, Func<PSObject, string>)[] own = Columns.TryGetValue(kind, out (string, Func<PSObject, string>)[]? known) ? known : [];
        _columns = [.. namespaces ? [Of("NAMESPACE", "Namespace")] : Array.Empty<(string, Func<PSObject, string>)>(), ("NAME", ViewText.QualifiedName), .. own, ("AGE", ViewText.Age)];
    }

    /// <summary>Where an object stands.</summary>
    private sealed record Row(WorkloadTable Table, int Index, PSObject Object);

    /// <summary>Marks the objects of one kind as one table.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="namespaces">Show the namespaces too.</param>
    /// <param name="first">True for the first table of an output: a blank line stands before the others.</param>
    public static IReadOnlyList<PSObject> Mark(string kind, IEnumerable<object> objects, bool namespaces, bool first)
    {
        var table = new WorkloadTable(kind, namespaces, first);
        foreach (object value in objects)
        {
            PSObject row = PSObject.AsPSObject(value);
            row.TypeNames.Insert(0, TypeName);
            Rows.AddOrUpdate(row.BaseObject is PSCustomObject ? row : row.BaseObject, new Row(table, table._objects.Count, row));
            table._objects.Add(row);
        }

        return table._objects;
    }

    /// <summary>The row of an object; with the table's header before the first one that is shown.</summary>
    public static string Text(PSObject target)
    {
        if (!Rows.TryGetValue(target.BaseObject is PSCustomObject ? target : target.BaseObject, out Row? row)) row = Alone(target);
        bool begins = _shown is null || !ReferenceEquals(_shown.Table, row.Table) || row.Index <= _shown.Index;
        _shown = row;
        string line = row.Table.Line(column => column.Cell(target));
        if (!begins) return line;
        return $"{(row.Table._first ? "" : "\n")}{row.Table.Line(column => column.Header)}\n{line}";
    }

    private static Row Alone(PSObject target)
    {
        // An object from a job or another machine has no table here; it is one of its own.
        string kind = ResourceHeader.TryRead(target, out ResourceHeader? header) ? header.Kind : "";
        var table = new WorkloadTable(kind, namespaces: false, first: true);
        table._objects.Add(target);
        return new Row(table, 0, target);
    }

    private string Line(Func<(string Header, Func<PSObject, string> Cell), string> text)
    {
        _widths ??= [.. _columns.Select(column => Math.Max(column.Header.Length, _objects.Max(row => column.Cell(row).Length)))];
        var line = new StringBuilder();
        for (int i = 0; i < _columns.Length; i++)
        {
            string cell = text(_columns[i]);
            // kubectl's tabwriter: three spaces between columns, none behind the last.
            line.Append(i == _columns.Length - 1 ? cell : cell.PadRight(_widths[i] + 3));
        }

        return line.ToString();
    }

    private static (string Header, Func<PSObject, string> Cell) Of(string header, string member) => (header, row => ViewText.Cell(row, member));
}
