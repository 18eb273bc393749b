using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PSKube.EngineTests.Canary;

/// <summary>Every text that can be reached from an object through what is public of it.</summary>
internal static class Reflected
{
    private const int Depth = 10;
    private const int MaxObjects = 50_000;

    /// <summary>Of an error record these hold the command line as it was bound: objects of the caller's own, which the engine puts there.</summary>
    private static readonly HashSet<string> s_callers = ["UnboundArguments"];

    /// <summary>The texts, each with the way to it.</summary>
    public static IEnumerable<(string Way, string Text)> Texts(object root)
    {
        // What was told once need not be told again, nor what is too short to hold any of what is sought.
        var told = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Queue<(object Value, string Way, int Depth)>();
        left.Enqueue((root, root.GetType().Name, 0));
        while (left.TryDequeue(out (object Value, string Way, int Depth) next))
        {
            (object value, string way, int depth) = next;
            if (value is string own)
            {
                if (own.Length > 15 && told.Add(own)) yield return (way, own);
                continue;
            }

            if (IsOfTheRuntime(value) || (!value.GetType().IsValueType && !seen.Add(value))) continue;
            if (seen.Count > MaxObjects) throw new InvalidOperationException($"{root.GetType()} leads to too many objects.");
            if (Try(value.ToString) is string { Length: > 15 } text && told.Add(text)) yield return (way + ".ToString()", text);
            if (depth == Depth) continue;
            if (value is byte[] bytes)
            {
                yield return (way, System.Text.Encoding.Latin1.GetString(bytes));
                continue;
            }

            if (value is IEnumerable several) foreach ((object? item, int i) in Items(several).Select((item, i) => (item, i))) Add(item, $"{way}[{i}]");
            foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (property.GetIndexParameters().Length == 0 && !s_callers.Contains(property.Name) && !property.PropertyType.IsByRefLike) Add(Try(() => property.GetValue(value)), $"{way}.{property.Name}");
            }

            foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance)) Add(field.GetValue(value), $"{way}.{field.Name}");

            void Add(object? found, string where)
            {
                if (found is not null) left.Enqueue((found, where, depth + 1));
            }
        }
    }

    private static bool IsOfTheRuntime(object value) => value is Type or MemberInfo or Assembly or Module or Pointer or Delegate or ParameterInfo or System.Globalization.CultureInfo or System.Text.Encoding or System.Management.Automation.CommandInfo or System.Management.Automation.Language.Ast or System.Management.Automation.ScriptBlock or System.Management.Automation.Runspaces.Runspace || value.GetType().IsPrimitive || value is ITuple { Length: 0 };

    private static IEnumerable<object?> Items(IEnumerable several)
    {
        IEnumerator items = several.GetEnumerator();
        for (int i = 0; i < 10_000 && Try(() => items.MoveNext()) is true; i++) yield return items.Current;
    }

    private static object? Try(Func<object?> read)
    {
        try
        {
            return read();
        }
        catch (Exception)
        {
            // Some properties can be read at some times only.
            return null;
        }
    }
}
