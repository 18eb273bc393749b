using System.Collections;
using System.ComponentModel;
using System.Management.Automation;
using PSKube.Conversion;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands;

/// <summary>A cmdlet that makes an object of one kind of a workload of another, offline, and tells what that costs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ConvertCmdlet : KubeCmdlet
{
    private protected ConvertCmdlet()
    {
    }

    /// <summary>The workload. It is not changed.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Another name. Where the selector is only <c>app: old name</c>, the labels follow.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Labels to add to the object and its pods: a hashtable, or <c>'a=1,b=2'</c>.</summary>
    [Parameter]
    [Alias("Labels")]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Label { get; set; }

    /// <summary>Converts; emits what comes of it, and hands over the report.</summary>
    private protected abstract IReadOnlyList<ConversionNote> Convert(WorkloadSource source);

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

        foreach (ConversionNote note in Convert(source)) Tell(source, note);
    }

    private void Tell(WorkloadSource source, ConversionNote note)
    {
        string text = $"{new KubeReference(source.Header.Kind, null, source.Header.Name)}: {note.Path}: {note.Text}.";
        if (note.Outcome is ConversionOutcome.Dropped or ConversionOutcome.Doubtful) WriteWarning(text);
        else WriteVerbose(text);
    }
}
