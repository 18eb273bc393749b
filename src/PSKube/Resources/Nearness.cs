namespace PSKube.Resources;

/// <summary>Finds what somebody probably meant, for "did you mean".</summary>
internal static class Nearness
{
    private const int MaxSuggestions = 3;

    /// <summary>The closest few of the candidates, at most three, none that is far off.</summary>
    public static IEnumerable<string> Closest(string text, IEnumerable<string> candidates)
    {
        int limit = Math.Max(1, text.Length / 3);
        return candidates.Distinct(StringComparer.Ordinal)
            .Select(candidate => (Candidate: candidate, Distance: Distance(text.ToUpperInvariant(), candidate.ToUpperInvariant(), limit)))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .Take(MaxSuggestions)
            .Select(pair => pair.Candidate);
    }

    /// <summary>Levenshtein's distance; stops counting above the limit.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit) return int.MaxValue;
        int[] row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
