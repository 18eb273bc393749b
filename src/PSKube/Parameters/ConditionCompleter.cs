using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PSKube.Parameters;

/// <summary>Completes the conditions that Kubernetes' own kinds report.</summary>
public sealed class ConditionCompleter : IArgumentCompleter
{
    private static readonly string[] Known =
    [
        "Available", "Complete", "ContainersReady", "DiskPressure", "Established", "Failed", "Initialized", "MemoryPressure", "NamesAccepted", "PIDPressure", "PodScheduled", "Progressing", "Ready", "Suspended",
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => Completion.Of(Known, wordToComplete ?? "");
}
