using System.Collections;
using System.Management.Automation;
using k8s.Models;
using PSKube.Conversion;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.DaemonSets;

/// <summary>
/// Makes a DaemonSet of a Deployment, ReplicaSet, StatefulSet or Pod, offline, and emits it. Each thing that a DaemonSet cannot
/// have is told by a warning; what is merely a default or maps onto something is told with -Verbose.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeDaemonSet")]
[OutputType(typeof(V1DaemonSet))]
public sealed class ConvertToKubeDaemonSetCommand : KubeCmdlet
{
    /// <summary>The workload. It is not changed.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Another name. Where the selector is only <c>app: old name</c>, the labels follow.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Labels to add to the DaemonSet and its pods: a hashtable, or <c>'a=1,b=2'</c>.</summary>
    [Parameter]
    [Alias("Labels")]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Label { get; set; }

    /// <summary>Run on control-plane nodes too: adds the tolerations for their taints, old and new.</summary>
    [Parameter]
    public SwitchParameter TolerateControlPlane { get; set; }

    private protected override void Process()
    {
        WorkloadSource source = WorkloadSource.Read(InputObject!);
        if (Name is not null)
        {
            NameRules.CheckSubdomain(Name, "name");
            source.Rename(Name);
        }

        if (KeyValueTransformationAttribute.Pairs(Label) is { } labels)
        {
            NameRules.CheckLabels(labels);
            source.AddLabels(labels);
        }

        (V1DaemonSet daemonSet, IReadOnlyList<ConversionNote> notes) = DaemonSetConversion.Convert(source, TolerateControlPlane);
        foreach (ConversionNote note in notes) Tell(source, note);
        WriteObject(daemonSet);
    }

    private void Tell(WorkloadSource source, ConversionNote note)
    {
        string text = $"{new KubeReference(source.Header.Kind, null, source.Header.Name)}: {note.Path}: {note.Text}.";
        if (note.Outcome is ConversionOutcome.Dropped or ConversionOutcome.Doubtful) WriteWarning(text);
        else WriteVerbose(text);
    }
}
