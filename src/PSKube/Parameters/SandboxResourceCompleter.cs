using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSKube.Config;
using PSKube.Sandboxes;

namespace PSKube.Parameters;

/// <summary>Completes the resources that a sandbox can be asked for: those of <c>-Sandbox</c>, else of the session's.</summary>
public sealed class SandboxResourceCompleter : IArgumentCompleter
{
    /// <summary>Those that begin with what was typed.</summary>
    /// <param name="commandName">The command being typed.</param>
    /// <param name="parameterName">The parameter being typed.</param>
    /// <param name="wordToComplete">What was typed so far.</param>
    /// <param name="commandAst">The command as parsed.</param>
    /// <param name="fakeBoundParameters">The parameters that are already there.</param>
    /// <returns>The completions.</returns>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(SandboxResources.Names(fakeBoundParameters?["Sandbox"] as KubeSandbox ?? KubeSession.Current.Sandbox), wordToComplete ?? "");
}
