using System.Management.Automation;

namespace PSKube.Parameters;

/// <summary>Turns names into completions that are safe to run: whatever needs quotes gets them, nothing in them is evaluated.</summary>
internal static class Completion
{
    /// <summary>The completions for the names that begin with what was typed.</summary>
    public static IEnumerable<CompletionResult> Of(IEnumerable<string> names, string typed)
    {
        string word = typed.Trim('\'', '"');
        foreach (string name in names)
        {
            if (!name.StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            yield return new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, Api.ServerErrors.Escape(name));
        }
    }

    private static string Quote(string name)
    {
        bool plain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':') && !name.StartsWith('-');
        return plain ? name : $"'{System.Management.Automation.Language.CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
    }
}
