using System.Management.Automation;
using System.Text.RegularExpressions;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>Kubernetes' rules for names (apimachinery <c>util/validation/validation.go</c>), checked here before anything is sent.</summary>
internal static partial class NameRules
{
    private const string LabelRule = "lower-case letters, digits and '-', beginning and ending with a letter or digit, at most 63 characters";
    private const string SubdomainRule = "lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit, at most 253 characters";

    /// <summary>An RFC 1123 label: names of namespaces, containers, services.</summary>
    public static bool IsLabel(string text) => text.Length is > 0 and <= 63 && Label().IsMatch(text);

    /// <summary>An RFC 1123 subdomain: names of most objects.</summary>
    public static bool IsSubdomain(string text) => text.Length is > 0 and <= 253 && Subdomain().IsMatch(text);

    /// <summary>A label's or annotation's key: a name, or <c>prefix/name</c>.</summary>
    public static bool IsQualifiedName(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string name = slash < 0 ? text : text[(slash + 1)..];
        return (slash < 0 || IsSubdomain(text[..slash])) && name.Length is > 0 and <= 63 && Qualified().IsMatch(name);
    }

    /// <summary>A label's value: empty, or a name of at most 63 characters.</summary>
    public static bool IsLabelValue(string text) => text.Length == 0 || (text.Length <= 63 && Qualified().IsMatch(text));

    /// <summary>A name of an environment variable: printable ASCII without '='.</summary>
    public static bool IsEnvironmentName(string text) => text.Length > 0 && text.All(c => c is >= ' ' and <= '~' and not '=');

    /// <summary>Refuses a text that is no RFC 1123 label.</summary>
    public static void CheckLabel(string text, string what)
    {
        if (!IsLabel(text)) throw InvalidName(text, what, LabelRule);
    }

    /// <summary>Refuses a text that is no RFC 1123 subdomain.</summary>
    public static void CheckSubdomain(string text, string what)
    {
        if (!IsSubdomain(text)) throw InvalidName(text, what, SubdomainRule);
    }

    /// <summary>Refuses labels whose keys or values the server would refuse.</summary>
    public static void CheckLabels(IEnumerable<KeyValuePair<string, string>> labels)
    {
        foreach ((string key, string value) in labels)
        {
            if (!IsQualifiedName(key)) throw InvalidName(key, "label key", "letters, digits, '-', '_' and '.', at most 63 characters, with an optional DNS prefix and '/'");
            if (!IsLabelValue(value)) throw InvalidName(value, $"value of label '{key}'", "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, at most 63 characters");
        }
    }

    /// <summary>The failure of a name.</summary>
    public static KubeException InvalidName(string text, string what, string rule) => new("KubeInvalidName", ErrorCategory.InvalidArgument, $"'{Api.ServerErrors.Escape(text)}' cannot be a {what}: it has to be {rule}.")
    {
        Target = Api.ServerErrors.Escape(text),
    };

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Qualified();
}
