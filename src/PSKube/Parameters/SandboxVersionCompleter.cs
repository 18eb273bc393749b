using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSKube.Sandbox;

namespace PSKube.Parameters;

/// <summary>Completes the versions of Kubernetes that a sandbox plays, the newest first.</summary>
public sealed class SandboxVersionCompleter : IArgumentCompleter
{
    /// <summary>Those that begin with what was typed.</summary>
    /// <param name="commandName">The command being typed.</param>
    /// <param name="parameterName">The parameter being typed.</param>
    /// <param name="wordToComplete">What was typed so far.</param>
    /// <param name="commandAst">The command as parsed.</param>
    /// <param name="fakeBoundParameters">The parameters that are already there.</param>
    /// <returns>The completions.</returns>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(Enumerable.Range(0, SandboxOptions.NewestMinor - SandboxOptions.OldestMinor + 1).Select(age => $"1.{SandboxOptions.NewestMinor - age}"), wordToComplete ?? "");
}
