using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;

namespace PSKube.Parameters;

/// <summary>Takes names with values: a hashtable (ordered or not), <c>'a=1,b=2'</c>, or several such texts. The order is kept.</summary>
/// <param name="commas">True when a comma separates pairs within a text; values of environment variables may hold commas.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyValueTransformationAttribute(bool commas) : ArgumentTransformationAttribute
{
    /// <summary>Whether a comma separates pairs within a text.</summary>
    public bool Commas { get; } = commas;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = Unwrap(inputData)!;
        var pairs = new OrderedDictionary();
        switch (value)
        {
            case IDictionary map:
                foreach (DictionaryEntry entry in map) pairs[Text(entry.Key)] = Text(entry.Value);
                return pairs;
            case string text:
                Add(pairs, text);
                return pairs;
            case IEnumerable several:
                foreach (object item in several)
                {
                    if (Unwrap(item) is string text) Add(pairs, text);
                    else throw new ArgumentTransformationMetadataException("A hashtable or texts such as 'name=value' were expected.");
                }

                return pairs;
            default:
                throw new ArgumentTransformationMetadataException("A hashtable or texts such as 'name=value' were expected.");
        }
    }

    /// <summary>The pairs of a bound parameter.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>>? Pairs(IDictionary? map)
    {
        if (map is null) return null;
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (DictionaryEntry entry in map) pairs.Add(KeyValuePair.Create(Text(entry.Key), Text(entry.Value)));
        return pairs;
    }

    private void Add(OrderedDictionary pairs, string text)
    {
        foreach (string pair in Commas ? text.Split(',', StringSplitOptions.RemoveEmptyEntries) : [text])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ArgumentTransformationMetadataException($"'{pair}' is no pair of a name and a value; write name=value.");
            pairs[pair[..equals].Trim()] = pair[(equals + 1)..];
        }
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    private static string Text(object? value) => Unwrap(value) switch
    {
        null => "",
        // Kubernetes and the programs in containers write booleans in lower case.
        bool flag => flag ? "true" : "false",
        var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? "",
    };
}
