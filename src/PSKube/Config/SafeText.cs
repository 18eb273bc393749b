using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PSKube.Config;

/// <summary>Text that another program wrote, made fit for an error message: no control characters, nothing that looks like a secret.</summary>
internal static partial class SafeText
{
    /// <summary>The last <paramref name="limit"/> characters, escaped and with secrets struck out.</summary>
    public static string Shown(string text, int limit)
    {
        string struck = Secret().Replace(text, static match => match.Groups["name"].Value + "<redacted>").Trim();
        if (struck.Length > limit) struck = "…" + struck[^limit..];
        var shown = new StringBuilder(struck.Length);
        foreach (char c in struck)
        {
            // The same kinds of characters that can move a cursor, clear a screen or turn text round.
            bool harmless = c is '\n' or '\t' || !(char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            if (harmless) shown.Append(c);
            else if (c != '\r') shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return shown.ToString();
    }

    // JSON Web Tokens wherever they stand, PEM blocks, and whatever follows a word that announces a secret.
    [GeneratedRegex(
        @"eyJ[\w-]+\.[\w-]+(\.[\w-]*)*"
        + @"|-----BEGIN[^-]+-----[\s\S]*?(-----END[^-]+-----|$)"
        + @"|(?<name>\b[\w-]*(token|password|passwd|secret|authorization|api-?key|key-data)[\w-]*[""']?\s*[:=]\s*[""']?(bearer\s+|basic\s+)?)[^\s""',;}]{6,}"
        + @"|(?<name>\b(bearer|basic)\s+)[^\s""',;}]{16,}",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();
}
