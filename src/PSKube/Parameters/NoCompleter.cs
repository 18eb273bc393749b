using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PSKube.Parameters;

/// <summary>For values that nothing here knows and that are never files: without a completer, the Tab key offers the files of the folder.</summary>
public sealed class NoCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => [];
}
