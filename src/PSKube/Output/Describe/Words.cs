using System.Globalization;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output.Describe;

/// <summary>Values in the words in which kubectl, that is Go, writes them.</summary>
internal static class Words
{
    private const int MaxAnnotation = 140;
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>A text without the culture.</summary>
    public static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number; the given word for none.</summary>
    public static string Number(long? number, string none = "<unset>") => number?.ToString(CultureInfo.InvariantCulture) ?? none;

    /// <summary><c>true</c> or <c>false</c>, as Go's %v writes it; null is false.</summary>
    public static string Lower(bool? flag) => flag == true ? "true" : "false";

    /// <summary><c>True</c>, <c>False</c> or <c>&lt;unset&gt;</c>.</summary>
    public static string Upper(bool? flag) => flag switch { true => "True", false => "False", null => "<unset>" };

    /// <summary>A list, as Go's %v writes it.</summary>
    public static string List(IEnumerable<string>? items) => $"[{string.Join(' ', items ?? [])}]";

    /// <summary>A quantity.</summary>
    public static string Amount(ResourceQuantity? quantity, string none = "0") => quantity is null ? none : Quantity.Text(quantity);

    /// <summary>The text, or the word for nothing.</summary>
    public static string OrNone(string? text) => string.IsNullOrEmpty(text) ? DescriptionWriter.None : text;

    /// <summary>Labels, one a line.</summary>
    public static IEnumerable<string> Labels(IDictionary<string, string>? labels) => Sorted(labels).Select(label => $"{label.Key}={label.Value}");

    /// <summary>Writes annotations, one a line; long ones and ones of several lines below their name, shortened. What apply left is skipped.</summary>
    public static void Annotations(this DescriptionWriter writer, IDictionary<string, string>? annotations)
    {
        var lines = new List<string>();
        foreach ((string key, string text) in Sorted(annotations))
        {
            if (key == LastApplied) continue;
            string value = text.EndsWith('\n') ? text[..^1] : text;
            if (value.Length + key.Length + 2 <= MaxAnnotation && !value.Contains('\n', StringComparison.Ordinal))
            {
                lines.Add($"{key}: {value}");
                continue;
            }

            lines.Add($"{key}:");
            lines.AddRange(value.Split('\n').Select(line => "  " + Shorten(line, MaxAnnotation - 2)));
        }

        writer.Values("Annotations", lines);
    }

    /// <summary>Name, namespace, labels and annotations, with which most descriptions begin.</summary>
    public static void Header(this DescriptionWriter writer, V1ObjectMeta? metadata)
    {
        writer.Field("Name", metadata?.Name);
        writer.Field("Namespace", metadata?.NamespaceProperty);
        writer.LabelsAndAnnotations(metadata);
    }

    /// <summary>Labels and annotations.</summary>
    public static void LabelsAndAnnotations(this DescriptionWriter writer, V1ObjectMeta? metadata)
    {
        writer.Values("Labels", Labels(metadata?.Labels));
        writer.Annotations(metadata?.Annotations);
    }

    /// <summary>Who controls an object, if somebody does.</summary>
    public static void ControlledBy(this DescriptionWriter writer, V1ObjectMeta? metadata)
    {
        if (Controller(metadata) is { } owner) writer.Field("Controlled By", $"{owner.Kind}/{owner.Name}");
    }

    /// <summary>The owner that controls an object.</summary>
    public static V1OwnerReference? Controller(V1ObjectMeta? metadata) => metadata?.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);

    /// <summary>A map in the order of its names.</summary>
    public static IEnumerable<KeyValuePair<string, T>> Sorted<T>(IDictionary<string, T>? map) => (map ?? new Dictionary<string, T>()).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Cuts what is too long.</summary>
    public static string Shorten(string text, int length) => text.Length > length ? text[..length] + "..." : text;
}
