using System.Globalization;
using System.Text;

namespace PSKube.Errors;

/// <summary>Text of other people's on its way to a terminal: what a terminal would obey is shown instead.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Control characters, except tab and line feed, and what turns text round or breaks lines, as escapes. Text without any is
    /// returned as it is; the objects that commands emit keep theirs.
    /// </summary>
    public static string Escape(string text)
    {
        StringBuilder? escaped = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool obeyed = IsObeyed(c);
            if (obeyed) escaped ??= new StringBuilder(text, 0, i, text.Length + 16);
            if (escaped is null) continue;
            if (obeyed) escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else escaped.Append(c);
        }

        return escaped?.ToString() ?? text;
    }

    /// <summary>True for C0 and C1 controls, the marks, embeddings, overrides and isolates of bidirectional text, and the separators of lines and paragraphs.</summary>
    public static bool IsObeyed(char c) =>
        (char.IsControl(c) && c is not '\t' and not '\n')
        || c is '\u061C' or '\u200E' or '\u200F' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
