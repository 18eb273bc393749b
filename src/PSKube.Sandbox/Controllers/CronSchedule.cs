using System.Globalization;

namespace PSKube.Sandbox.Controllers;

/// <summary>A schedule in cron's five fields, or one of its names such as <c>@hourly</c>.</summary>
internal sealed class CronSchedule
{
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 1 1 *", ["@annually"] = "0 0 1 1 *", ["@monthly"] = "0 0 1 * *", ["@weekly"] = "0 0 * * 0", ["@daily"] = "0 0 * * *", ["@midnight"] = "0 0 * * *", ["@hourly"] = "0 * * * *",
    };

    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly bool[] _minutes, _hours, _monthDays, _months, _weekDays;
    private readonly bool _anyMonthDay, _anyWeekDay;
    private readonly TimeSpan? _every;

    private CronSchedule(string text)
    {
        _minutes = _hours = _monthDays = _months = _weekDays = [];
        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            _every = Duration(text[7..]);
            return;
        }

        string[] fields = (s_names.TryGetValue(text, out string? named) ? named : text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5) throw new FormatException($"expected exactly 5 fields, found {fields.Length}: {text}");
        _minutes = Field(fields[0], 0, 59, []);
        _hours = Field(fields[1], 0, 23, []);
        _monthDays = Field(fields[2], 1, 31, []);
        _months = Field(fields[3], 1, 12, s_months);
        _weekDays = Field(fields[4], 0, 7, s_days);
        // Sunday has two numbers.
        _weekDays[0] |= _weekDays[7];
        _anyMonthDay = fields[2][0] is '*' or '?';
        _anyWeekDay = fields[4][0] is '*' or '?';
    }

    /// <summary>Reads a schedule; null when it is none.</summary>
    public static CronSchedule? Parse(string text)
    {
        try
        {
            return new CronSchedule(text.Trim());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The first moment after another one, UTC, by the clocks of a time zone; null when there is none within five years.</summary>
    public DateTime? Next(DateTime after, TimeZoneInfo zone)
    {
        if (_every is { } every) return after + every;
        DateTime local = TimeZoneInfo.ConvertTimeFromUtc(after, zone);
        DateTime one = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified).AddMinutes(1);
        DateTime end = one.AddYears(5);
        while (one < end)
        {
            if (!_months[one.Month]) one = new DateTime(one.Year, one.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(1);
            else if (!IsDay(one)) one = one.Date.AddDays(1);
            else if (!_hours[one.Hour]) one = one.Date.AddHours(one.Hour + 1);
            else if (!_minutes[one.Minute] || zone.IsInvalidTime(one)) one = one.AddMinutes(1);
            else return TimeZoneInfo.ConvertTimeToUtc(one, zone);
        }

        return null;
    }

    private bool IsDay(DateTime day)
    {
        bool month = _monthDays[day.Day], week = _weekDays[(int)day.DayOfWeek];
        return _anyMonthDay || _anyWeekDay ? month && week : month || week;
    }

    private static bool[] Field(string text, int least, int most, string[] names)
    {
        bool[] allowed = new bool[most + 1];
        foreach (string part in text.Split(','))
        {
            string[] steps = part.Split('/');
            string[] range = steps[0].Split('-');
            int from, to;
            if (steps[0] is "*" or "?") (from, to) = (least, most == 7 ? 6 : most);
            else
            {
                from = Number(range[0], least, most, names);
                to = range.Length > 1 ? Number(range[1], least, most, names) : steps.Length > 1 ? most : from;
            }

            int step = steps.Length > 1 ? Number(steps[1], 1, int.MaxValue, []) : 1;
            if (to < from || range.Length > 2 || steps.Length > 2) throw new FormatException(text);
            for (int at = from; at <= to; at += step) allowed[at] = true;
        }

        return allowed;
    }

    private static int Number(string text, int least, int most, string[] names)
    {
        int at = Array.IndexOf(names, text.ToLowerInvariant());
        if (at >= 0) return at + least;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number : throw new FormatException(text);
    }

    private static TimeSpan Duration(string text)
    {
        TimeSpan time = TimeSpan.Zero;
        int from = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (char.IsAsciiDigit(text[at]) || text[at] == '.') continue;
            if (!double.TryParse(text.AsSpan(from, at - from), CultureInfo.InvariantCulture, out double number)) throw new FormatException(text);
            time += text[at] switch { 'h' => TimeSpan.FromHours(number), 'm' => TimeSpan.FromMinutes(number), 's' => TimeSpan.FromSeconds(number), _ => throw new FormatException(text) };
            from = at + 1;
        }

        return time >= TimeSpan.FromSeconds(1) ? time : throw new FormatException(text);
    }
}
