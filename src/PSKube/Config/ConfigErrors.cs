using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>The failures of finding and reading a configuration; each ends the command, because nothing can be asked without one.</summary>
internal static class ConfigErrors
{
    /// <summary>A configuration with one or more problems, all of them in one message.</summary>
    public static KubeException Invalid(string source, IReadOnlyCollection<string> problems, string? advice = null)
    {
        string list = problems.Count == 1 ? problems.First() : string.Join("", problems.Select(static problem => $"{Environment.NewLine}- {problem}"));
        return new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, $"The configuration in {source} cannot be used: {list}")
        {
            EndsCommand = true,
            Target = source,
            RecommendedAction = advice,
        };
    }

    /// <summary>See <see cref="Invalid(string, IReadOnlyCollection{string}, string?)"/>.</summary>
    public static KubeException Invalid(string source, string problem, string? advice = null) => Invalid(source, [problem], advice);

    /// <summary>No configuration anywhere; <paramref name="looked"/> says where it was sought.</summary>
    public static KubeException NotFound(IEnumerable<string> looked) =>
        new("KubeConfigNotFound", ErrorCategory.ObjectNotFound, $"No cluster is configured. Looked at: {string.Join("; ", looked)}.")
        {
            EndsCommand = true,
            RecommendedAction = "Name a file with -Kubeconfig or the KUBECONFIG environment variable, or connect with Connect-KubeCluster -Server.",
        };

    /// <summary>A context that is not there, with the names that come near.</summary>
    public static KubeException ContextNotFound(string? name, string source, IReadOnlyCollection<string> known)
    {
        string message = name is null ? $"{source} names no current context." : $"The context '{name}' does not exist in {source}.";
        return new KubeException("KubeContextNotFound", ErrorCategory.ObjectNotFound, message + Offer(name, known))
        {
            EndsCommand = true,
            Target = name,
            RecommendedAction = "List the contexts with Get-KubeContext and choose one with Use-KubeContext or -Context.",
        };
    }

    private static string Offer(string? name, IReadOnlyCollection<string> known)
    {
        if (known.Count == 0) return " It defines no contexts.";
        string[] near = name is null ? [] : [.. known.Where(other => IsNear(name, other)).Take(5)];
        return near.Length > 0
            ? $" Did you mean {string.Join(" or ", near.Select(static n => $"'{n}'"))}?"
            : $" It defines {string.Join(", ", known.Take(10).Select(static n => $"'{n}'"))}{(known.Count > 10 ? $" and {known.Count - 10} more" : "")}.";
    }

    private static bool IsNear(string name, string other) =>
        other.Contains(name, StringComparison.OrdinalIgnoreCase)
        || name.Contains(other, StringComparison.OrdinalIgnoreCase)
        || Distance(name.ToUpperInvariant(), other.ToUpperInvariant()) <= Math.Min(3, Math.Min(name.Length, other.Length) / 3);

    /// <summary>Levenshtein's distance; context names are short.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3) return int.MaxValue;
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
