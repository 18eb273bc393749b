using System.Collections;
using System.Globalization;
using System.Management.Automation;

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
            string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!;
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            terms.Add(value switch
            {
                null => key,
                bool present => present ? key : $"!{key}",
                string text => $"{key}={text}",
                IEnumerable several => $"{key} in ({string.Join(",", several.Cast<object>().Select(Text))})",
                _ => $"{key}={Text(value)}",
            });
        }

        return string.Join(',', terms);
    }

    private static string? Text(object value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture);
}
