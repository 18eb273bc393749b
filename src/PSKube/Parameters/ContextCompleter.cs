using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSKube.Config;

namespace PSKube.Parameters;

/// <summary>Completes context names from the kubeconfig alone: no cluster is asked and no plugin is started.</summary>
public sealed class ContextCompleter : IArgumentCompleter
{
    /// <summary>The contexts whose names begin with what was typed; nothing when there is no readable kubeconfig.</summary>
    /// <param name="commandName">The command being typed.</param>
    /// <param name="parameterName">The parameter being typed.</param>
    /// <param name="wordToComplete">What was typed so far.</param>
    /// <param name="commandAst">The command as parsed.</param>
    /// <param name="fakeBoundParameters">The parameters that are already there.</param>
    /// <returns>The completions, quoted so that no name is ever run.</returns>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            string? path = fakeBoundParameters?["Kubeconfig"] as string ?? KubeSession.Current.Kubeconfig;
            return Complete(KubeconfigLoader.Default.Find(path), wordToComplete);
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            // Whatever is wrong with the file is said by the command, not in the middle of typing.
            return [];
        }
    }

    internal static IReadOnlyList<CompletionResult> Complete(Kubeconfig? kubeconfig, string? typed)
    {
        string start = (typed ?? "").Trim('\'', '"');
        return
        [
            .. (kubeconfig?.ContextNames ?? [])
                .Where(name => name.StartsWith(start, StringComparison.OrdinalIgnoreCase) && name.Length > 0 && !name.Any(char.IsControl))
                .Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, ToolTip(kubeconfig!, name))),
        ];
    }

    private static string Quote(string name)
    {
        bool bare = char.IsAsciiLetterOrDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':');
        return bare ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
    }

    private static string ToolTip(Kubeconfig kubeconfig, string name)
    {
        string tip = SafeText.Shown(new KubeContext(kubeconfig.Contexts[name], kubeconfig, false, null).Server ?? name, 200);
        return tip.Length > 0 ? tip : name;
    }
}
