using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PSKube.Errors;
using PSKube.Specs;

namespace PSKube.Parameters;

/// <summary>Takes a label selector as the API writes it (<c>app=web,tier!=db</c>) or as a hashtable (<c>@{ app = 'web'; tier = 'a', 'b' }</c>: a list means "one of").</summary>
public sealed class SelectorTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is IDictionary map ? Write(map) : inputData;
    }

    /// <summary>Writes a hashtable as a selector, keys in their own order.</summary>
    internal static string Write(IDictionary map)
    {
        var terms = new List<string>();
        foreach (DictionaryEntry entry in map)
        {
            string key = Key(Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!);
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            terms.Add(value switch
            {
                null => key,
                bool present => present ? key : $"!{key}",
                string text => $"{key}={Value(key, text)}",
                IEnumerable several => $"{key} in ({string.Join(",", several.Cast<object>().Select(one => Value(key, Text(one))))})",
                _ => $"{key}={Value(key, Text(value))}",
            });
        }

        return string.Join(',', terms);
    }

    /// <summary>A comma in a value would begin a condition of its own: a selection of other objects than the table says, perhaps to be removed.</summary>
    private static string Value(string key, string? text) => NameRules.IsLabelValue(text ?? "") ? text ?? "" : throw new ArgumentTransformationMetadataException(TerminalText.Escape($"'{text}' cannot be the value of the label '{key}': it has to be letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, at most 63 characters."));

    private static string Key(string text) => NameRules.IsQualifiedName(text) ? text : throw new ArgumentTransformationMetadataException(TerminalText.Escape($"'{text}' cannot be the key of a label: it has to be letters, digits, '-', '_' and '.', at most 63 characters, with an optional DNS prefix and '/'."));

    private static string? Text(object value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture);
}
