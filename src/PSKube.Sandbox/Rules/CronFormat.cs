using System.Globalization;

namespace PSKube.Sandbox.Rules;

/// <summary>What a schedule must be like, in the words of the library that the server reads it with.</summary>
/// <remarks>robfig/cron: version 1 until Kubernetes 1.20, version 3 since, which begins its words in lower case.</remarks>
internal static class CronFormat
{
    private static readonly (int Low, int High, string[] Names)[] s_fields =
    [
        (0, 59, []), (0, 23, []), (1, 31, []),
        (1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        (0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    /// <summary>What is wrong with a schedule; null when nothing is.</summary>
    public static string? Error(string schedule, int minor)
    {
        string? error = Read(schedule, minor);
        return error is null || minor >= 21 ? error : char.ToUpperInvariant(error[0]) + error[1..];
    }

    private static string? Read(string schedule, int minor)
    {
        string text = schedule;
        if (minor >= 21 && (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal)))
        {
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            text = space < 0 ? "" : text[space..].Trim();
        }

        if (text.StartsWith('@'))
        {
            if (text is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly") return null;
            if (!text.StartsWith("@every ", StringComparison.Ordinal)) return $"unrecognized descriptor: {schedule}";
            return text.Length > 7 && char.IsAsciiDigit(text[7]) && char.IsAsciiLetter(text[^1]) ? null : $"failed to parse duration {schedule}: time: invalid duration {GoText.Quote(text[7..])}";
        }

        string[] parts = text.Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5) return minor >= 21 ? $"expected exactly 5 fields, found {parts.Length}: [{string.Join(' ', parts)}]" : $"expected exactly 5 fields, found {parts.Length}: {schedule}";
        for (int i = 0; i < 5; i++)
        {
            foreach (string part in parts[i].Split(','))
            {
                if (Part(part, s_fields[i]) is { } error) return error;
            }
        }

        return null;
    }

    private static string? Part(string part, (int Low, int High, string[] Names) field)
    {
        string[] steps = part.Split('/'), ends = steps[0].Split('-');
        int low = field.Low, high = field.High;
        if (ends[0] is not ("*" or "?"))
        {
            if (Number(ends[0], field, out low) is { } wrong) return wrong;
            high = low;
            if (ends.Length == 2 && Number(ends[1], field, out high) is { } bad) return bad;
            if (ends.Length > 2) return $"too many hyphens: {part}";
        }

        if (steps.Length > 2) return $"too many slashes: {part}";
        int step = 1;
        if (steps.Length == 2)
        {
            if (Number(steps[1], (0, 0, []), out step) is { } wrong) return wrong;
            if (ends.Length == 1 && ends[0] is not ("*" or "?")) high = field.High;
        }

        if (low < field.Low) return $"beginning of range ({low}) below minimum ({field.Low}): {part}";
        if (high > field.High) return $"end of range ({high}) above maximum ({field.High}): {part}";
        if (low > high) return $"beginning of range ({low}) beyond end of range ({high}): {part}";
        return step == 0 ? $"step of range should be a positive number: {part}" : null;
    }

    private static string? Number(string text, (int Low, int High, string[] Names) field, out int number)
    {
        int name = Array.IndexOf(field.Names, text.ToLowerInvariant());
        if (name >= 0)
        {
            number = name + field.Low;
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) return $"failed to parse int from {text}: strconv.Atoi: parsing {GoText.Quote(text)}: invalid syntax";
        return number < 0 ? $"negative number ({number}) not allowed: {text}" : null;
    }
}
