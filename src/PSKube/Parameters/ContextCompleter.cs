using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Parameters;

/// <summary>Completes context names from the kubeconfig; asks no cluster and runs no plugin.</summary>
public sealed class ContextCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            Kubeconfig file = ClusterSelector.LoadKubeconfig(KubeSession.Current, fakeBoundParameters["Kubeconfig"] as string);
            return Completion.Of(file.Contexts.Keys.Order(StringComparer.Ordinal), wordToComplete);
        }
        catch (KubeException)
        {
            return [];
        }
    }
}
