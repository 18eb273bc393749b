using System.Text.RegularExpressions;

namespace PSKube.Sandbox.Rules;

/// <summary>What names, keys and values have to look like, and what the server says when they do not.</summary>
/// <param name="minor">The minor version of the server that is played.</param>
/// <remarks>apimachinery's <c>pkg/util/validation/validation.go</c>.</remarks>
internal sealed partial class NameFormats(int minor)
{
    private const string Qualified = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string Label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string Subdomain = Label + "(\\." + Label + ")*";
    private const string QualifiedWords = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    /// <summary>A DNS label of RFC 1123.</summary>
    public IEnumerable<string> DnsLabel(string value)
    {
        if (value.Length > 63) yield return TooLong(63);
        if (!LabelPattern().IsMatch(value)) yield return Told("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character", Label, "my-name", "123-abc");
    }

    /// <summary>A DNS name of RFC 1123.</summary>
    public IEnumerable<string> DnsName(string value)
    {
        if (value.Length > 253) yield return TooLong(253);
        if (!SubdomainPattern().IsMatch(value)) yield return Told("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character", Subdomain, "example.com");
    }

    /// <summary>A DNS label of RFC 1035, which services have.</summary>
    public IEnumerable<string> ServiceLabel(string value)
    {
        if (value.Length > 63) yield return TooLong(63);
        if (!ServicePattern().IsMatch(value)) yield return Told("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character", "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123");
    }

    /// <summary>A name that only has to fit into an address (<c>pkg/api/validation/path</c>).</summary>
    public static IEnumerable<string> PathSegment(string value)
    {
        if (value is "." or "..") yield return $"may not be '{value}'";
        foreach (char forbidden in "/%")
        {
            if (value.Contains(forbidden, StringComparison.Ordinal)) yield return $"may not contain '{forbidden}'";
        }
    }

    /// <summary>The key of a label or annotation, perhaps with a prefix.</summary>
    public IEnumerable<string> QualifiedName(string value)
    {
        string[] parts = value.Split('/');
        if (parts.Length > 2)
        {
            yield return $"a qualified name {Told(QualifiedWords, Qualified, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }

        if (parts.Length == 2)
        {
            if (parts[0].Length == 0) yield return "prefix part must be non-empty";
            else
            {
                foreach (string reason in DnsName(parts[0])) yield return $"prefix part {reason}";
            }
        }

        string name = parts[^1];
        if (name.Length == 0) yield return "name part must be non-empty";
        else if (name.Length > 63) yield return $"name part {TooLong(63)}";
        if (!QualifiedPattern().IsMatch(name)) yield return $"name part {Told(QualifiedWords, Qualified, "MyName", "my.name", "123-abc")}";
    }

    /// <summary>The value of a label.</summary>
    public IEnumerable<string> LabelValue(string value)
    {
        if (value.Length > 63) yield return TooLong(63);
        if (value.Length > 0 && !QualifiedPattern().IsMatch(value)) yield return Told("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", $"({Qualified})?", "MyValue", "my_value", "12345");
    }

    /// <summary>The key of a config map or secret.</summary>
    public IEnumerable<string> DataKey(string value)
    {
        if (value.Length > 253) yield return TooLong(253);
        if (!DataKeyPattern().IsMatch(value)) yield return Told("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");
        foreach (string reason in Dots(value)) yield return reason;
    }

    /// <summary>The name of an environment variable; any printable one since 1.32.</summary>
    public IEnumerable<string> Variable(string value)
    {
        if (minor >= 32)
        {
            if (!PrintablePattern().IsMatch(value)) yield return Told("a valid environment variable name must consist only of printable ASCII characters other than '='", "[ -<>-~]+", "my.env-name", "MY_ENV.NAME", "MyEnvName1");
            yield break;
        }

        if (!VariablePattern().IsMatch(value)) yield return Told("a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit", "[-._a-zA-Z][-._a-zA-Z0-9]*", "my.env-name", "MY_ENV.NAME", "MyEnvName1");
        foreach (string reason in Dots(value)) yield return reason;
    }

    /// <summary>The name of a port.</summary>
    public IEnumerable<string> PortName(string value)
    {
        if (value.Length > 15) yield return TooLong(15);
        if (!PortPattern().IsMatch(value)) yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!value.Any(char.IsAsciiLetterLower)) yield return minor >= 31 ? "must contain at least one letter (a-z)" : "must contain at least one letter or number (a-z, 0-9)";
        if (value.Contains("--", StringComparison.Ordinal)) yield return "must not contain consecutive hyphens";
        if (value.Length > 0 && (value[0] == '-' || value[^1] == '-')) yield return "must not begin or end with a hyphen";
    }

    /// <summary>The number of a port.</summary>
    public static IEnumerable<string> PortNumber(long value) => value is >= 1 and <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];

    /// <summary>The name of a header of HTTP.</summary>
    public static IEnumerable<string> Header(string value) => HeaderPattern().IsMatch(value) ? [] : [Told("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name")];

    /// <summary>A percentage.</summary>
    public static IEnumerable<string> Percent(string value) => PercentPattern().IsMatch(value) ? [] : [Told("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%")];

    /// <summary>An address of IP.</summary>
    public static IEnumerable<string> Address(string value) => System.Net.IPAddress.TryParse(value, out System.Net.IPAddress? address) && (value.Contains(':', StringComparison.Ordinal) || address.ToString() == value) ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];

    /// <summary>A host's name that may begin with <c>*.</c>.</summary>
    public static IEnumerable<string> Wildcard(string value) => value.StartsWith("*.", StringComparison.Ordinal) && SubdomainPattern().IsMatch(value[2..]) ? [] : [Told("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character", "\\*\\." + Subdomain, "*.example.com")];

    private static IEnumerable<string> Dots(string value) => value switch
    {
        "." => ["must not be '.'"],
        ".." => ["must not be '..'"],
        _ when value.StartsWith("..", StringComparison.Ordinal) => ["must not start with '..'"],
        _ => [],
    };

    private string TooLong(int most) => minor >= 32 ? $"must be no more than {most} bytes" : $"must be no more than {most} characters";

    private static string Told(string words, string pattern, params string[] examples) => $"{words} (e.g. {string.Join(" or ", examples.Select(example => $"'{example}', "))}regex used for validation is '{pattern}')";

    [GeneratedRegex("^" + Label + "\\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex("^" + Subdomain + "\\z")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?\\z")]
    private static partial Regex ServicePattern();

    [GeneratedRegex("^" + Qualified + "\\z")]
    private static partial Regex QualifiedPattern();

    [GeneratedRegex("^[-._a-zA-Z0-9]+\\z")]
    private static partial Regex DataKeyPattern();

    [GeneratedRegex("^[-._a-zA-Z][-._a-zA-Z0-9]*\\z")]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^[ -<>-~]+\\z")]
    private static partial Regex PrintablePattern();

    [GeneratedRegex("^[-a-z0-9]+\\z")]
    private static partial Regex PortPattern();

    [GeneratedRegex("^[-A-Za-z0-9]+\\z")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("^[0-9]+%\\z")]
    private static partial Regex PercentPattern();
}
