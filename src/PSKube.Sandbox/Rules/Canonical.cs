using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>
/// Brings an object into the form in which a server gives it back: what Go's <c>omitempty</c> leaves out is left out, what it
/// always writes is there, fields stand in the order of their declaration and maps in that of their keys.
/// </summary>
/// <param name="minor">The minor version of the server that is played.</param>
internal sealed class Canonical(int minor)
{
    /// <summary>Does it, in place.</summary>
    public void Write(ModelType model, JsonObject json)
    {
        IReadOnlyDictionary<string, ApiField> fields = ApiFields.Of(model);
        Tidy(model, fields, json);
        foreach (ApiField field in fields.Values)
        {
            if (field.Form < ZeroForm.Object || minor < field.Since || minor >= field.Until || json[field.Name] is not null) continue;
            if (field.Form == ZeroForm.Null)
            {
                json[field.Name] = null;
                continue;
            }

            json[field.Name] = field.Form == ZeroForm.Object ? new JsonObject() : field.Zero!.DeepClone();
            if (field.Form == ZeroForm.Object && model.Fields.TryGetValue(field.Name, out ModelType? type)) Write(type, (JsonObject)json[field.Name]!);
        }

        Order(json, name => fields.TryGetValue(name, out ApiField? field) ? field.Order : name is "kind" or "apiVersion" ? -1 : int.MaxValue);
    }

    private void Tidy(ModelType model, IReadOnlyDictionary<string, ApiField> fields, JsonObject json)
    {
        List<string>? dropped = null;
        foreach ((string name, JsonNode? value) in json)
        {
            ApiField? field = fields.GetValueOrDefault(name);
            if (value is null || (IsZero(value) && (field?.Form == ZeroForm.Dropped || (value is JsonArray && field is not { Form: ZeroForm.Value }))) || IsEmptyMap(model, name, value)) (dropped ??= []).Add(name);
            else if (model.Fields.TryGetValue(name, out ModelType? type)) Visit(type, value);
        }

        foreach (string name in dropped ?? []) json.Remove(name);
    }

    private void Visit(ModelType type, JsonNode value)
    {
        switch (type.Shape)
        {
            case ModelShape.Object when value is JsonObject json:
                Write(type, json);
                break;
            case ModelShape.List when type.Element is { Shape: ModelShape.Object } element && value is JsonArray list:
                foreach (JsonNode? item in list)
                {
                    if (item is JsonObject json) Write(element, json);
                }

                break;
            case ModelShape.Map when value is JsonObject map:
                if (type.Element is { Shape: ModelShape.Object or ModelShape.List } inner)
                {
                    foreach ((_, JsonNode? item) in map)
                    {
                        if (item is not null) Visit(inner, item);
                    }
                }

                Order(map, null);
                break;
        }
    }

    private static bool IsEmptyMap(ModelType model, string name, JsonNode value) => value is JsonObject { Count: 0 } && model.Fields.TryGetValue(name, out ModelType? type) && type.Shape == ModelShape.Map;

    private static bool IsZero(JsonNode value) => value switch
    {
        JsonArray list => list.Count == 0,
        JsonValue one => one.GetValueKind() switch
        {
            JsonValueKind.False => true,
            JsonValueKind.String => one.Text() is { Length: 0 },
            JsonValueKind.Number => one.Number() == 0,
            _ => false,
        },
        _ => false,
    };

    /// <summary>Puts the properties in order: by their rank, or by their names; most objects are in order already.</summary>
    private static void Order(JsonObject json, Func<string, int>? rank)
    {
        string? previous = null;
        int last = int.MinValue;
        bool ordered = true;
        foreach ((string name, _) in json)
        {
            int order = rank?.Invoke(name) ?? 0;
            if (order < last || (rank is null && previous is not null && string.CompareOrdinal(previous, name) > 0))
            {
                ordered = false;
                break;
            }

            last = order;
            previous = name;
        }

        if (ordered) return;
        KeyValuePair<string, JsonNode?>[] all = [.. json];
        json.Clear();
        IEnumerable<KeyValuePair<string, JsonNode?>> sorted = rank is null ? all.OrderBy(one => one.Key, StringComparer.Ordinal) : all.OrderBy(one => rank(one.Key));
        foreach (KeyValuePair<string, JsonNode?> one in sorted) json.Add(one);
    }
}
