using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>How a server writes a field that has its type's zero value.</summary>
internal enum ZeroForm
{
    /// <summary>Not at all when it was never set; a set one is written even when it is 0 or false (a pointer in Go).</summary>
    Absent,

    /// <summary>Not at all, even when it was set (a plain value with <c>omitempty</c>).</summary>
    Dropped,

    /// <summary>Always, as an object (a struct, which <c>omitempty</c> does not touch).</summary>
    Object,

    /// <summary>Always, as null (a list without <c>omitempty</c>, an empty moment).</summary>
    Null,

    /// <summary>Always, as <see cref="ApiField.Zero"/>.</summary>
    Value,
}

/// <summary>How a server writes one field.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="Order">Where it stands among its type's fields.</param>
/// <param name="Form">What becomes of the zero value.</param>
/// <param name="Zero">The zero value, when it is written.</param>
/// <param name="Since">The first minor version that does it so.</param>
/// <param name="Until">The first minor version that no longer does.</param>
internal sealed record ApiField(string Name, int Order, ZeroForm Form, JsonValue? Zero, int Since, int Until)
{
    /// <summary>The field as its note says: <c>replicas=0</c>, <c>template{}</c>, <c>paused-</c>.</summary>
    public static ApiField Parse(string note, int order)
    {
        int since = 0, until = int.MaxValue;
        if (note.IndexOf('@', StringComparison.Ordinal) is > 0 and var at)
        {
            since = int.Parse(note.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            note = note[..at];
        }

        if (note.IndexOf('<', StringComparison.Ordinal) is > 0 and var end)
        {
            until = int.Parse(note.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            note = note[..end];
        }

        if (note.EndsWith("{}", StringComparison.Ordinal)) return new ApiField(note[..^2], order, ZeroForm.Object, null, since, until);
        if (note[^1] == '~') return new ApiField(note[..^1], order, ZeroForm.Null, null, since, until);
        if (note[^1] == '-') return new ApiField(note[..^1], order, ZeroForm.Dropped, null, since, until);
        int equals = note.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return new ApiField(note, order, ZeroForm.Absent, null, since, until);
        JsonValue zero = note[(equals + 1)..] switch
        {
            "0" => JsonValue.Create(0),
            "false" => JsonValue.Create(false),
            string text => JsonValue.Create(text.Trim('\''))!,
        };
        return new ApiField(note[..equals], order, ZeroForm.Value, zero, since, until);
    }
}

/// <summary>The fields of the API's types in the order and the form in which a server writes them.</summary>
/// <remarks>From the declarations of k8s.io/api (order, pointer or not, <c>omitempty</c> or not); <c>ApiFields.txt</c> has them.</remarks>
internal static class ApiFields
{
    private static readonly Lazy<Dictionary<string, IReadOnlyDictionary<string, ApiField>>> s_types = new(Read);
    private static readonly ConcurrentDictionary<ModelType, IReadOnlyDictionary<string, ApiField>> s_models = new();
    private static readonly Dictionary<string, ApiField> s_none = [];

    /// <summary>The fields of a type by their names; empty for a type that is newer than the table.</summary>
    public static IReadOnlyDictionary<string, ApiField> Of(ModelType model) => s_models.GetOrAdd(model, static model => s_types.Value.GetValueOrDefault(Plain(model), s_none));

    /// <summary>A type's name in Go: KubernetesClient puts the group before some (<c>Corev1Event</c>, <c>RbacV1Subject</c>).</summary>
    public static string Plain(ModelType model)
    {
        string name = model.Name;
        for (int i = 1; i < name.Length - 2; i++)
        {
            if (name[i] is not ('v' or 'V') || !char.IsAsciiDigit(name[i + 1])) continue;
            int rest = i + 2;
            while (rest < name.Length && !char.IsAsciiLetterUpper(name[rest])) rest++;
            if (rest < name.Length) return name[rest..];
        }

        return name;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, ApiField>> Read()
    {
        var types = new Dictionary<string, IReadOnlyDictionary<string, ApiField>>(StringComparer.Ordinal);
        using Stream stream = typeof(ApiFields).Assembly.GetManifestResourceStream("ApiFields.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon)) continue;
            string[] notes = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            types[line[..colon]] = notes.Select(ApiField.Parse).ToDictionary(field => field.Name, StringComparer.Ordinal);
        }

        return types;
    }
}
