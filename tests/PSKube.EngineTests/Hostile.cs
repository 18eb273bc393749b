using System.Collections;
using System.Reflection;
using k8s.Models;

namespace PSKube.EngineTests;

/// <summary>Text that tries to take over a terminal, and objects full of it.</summary>
internal static class Hostile
{
    /// <summary>A window title, a cleared screen, a carriage return, an 8-bit control, overrides and isolates of direction, separators.</summary>
    public const string Text = "evil\u001b]0;owned\u0007\u001b[2J\u001b[1A\r\u009b2J\u0085\u202e\u2066\u061c\u200f\u2028\u0000end";

    private const int Depth = 9;

    /// <summary>What of a text a terminal would obey.</summary>
    public static string Obeyed(string shown) => string.Concat(shown.Where(PSKube.Errors.TerminalText.IsObeyed).Select(c => $"U+{(int)c:X4} ").Distinct());

    /// <summary>An object with that text in every place that takes text.</summary>
    public static object Fill(Type type) => Make(type, Depth)!;

    /// <summary>See <see cref="Fill(Type)"/>.</summary>
    public static T Fill<T>() => (T)Fill(typeof(T));

    private static object? Make(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(object)) return Text;
        if (type == typeof(DateTime)) return DateTime.UtcNow.AddHours(-3);
        if (type == typeof(bool)) return true;
        if (type == typeof(byte[])) return "bytes"u8.ToArray();
        if (type.IsEnum) return Enum.GetValues(type).GetValue(0);
        if (type.IsPrimitive) return Convert.ChangeType(2, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(ResourceQuantity)) return new ResourceQuantity("2");
        if (type == typeof(IntOrString)) return (IntOrString)Text;
        if (depth == 0) return null;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()))!;
            if (Make(type.GetGenericArguments()[1], depth - 1) is { } value) map[Text] = value;
            return map;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>))
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type.GetGenericArguments()))!;
            if (Make(type.GetGenericArguments()[0], depth - 1) is { } item) list.Add(item);
            return list;
        }

        if (type.Namespace != typeof(V1Pod).Namespace || type.GetConstructor([]) is null) return null;
        object made = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.CanWrite && property.GetIndexParameters().Length == 0))
        {
            // A schema holds schemas.
            if (property.PropertyType == type) continue;
            if (Make(property.PropertyType, type == typeof(V1JSONSchemaProps) ? 0 : depth - 1) is { } value) property.SetValue(made, value);
        }

        // Its kind is what makes an object one of its type.
        if (type.GetField("KubeKind")?.GetValue(null) is string kind && type.GetProperty("Kind") is { } named)
        {
            string group = (string)type.GetField("KubeGroup")!.GetValue(null)!;
            named.SetValue(made, kind);
            type.GetProperty("ApiVersion")!.SetValue(made, (group.Length == 0 ? "" : group + "/") + type.GetField("KubeApiVersion")!.GetValue(null));
        }

        return made;
    }
}
