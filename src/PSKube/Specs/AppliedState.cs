using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Specs;

/// <summary>
/// Tells when an apply would change nothing, from what the object says of itself: <c>metadata.managedFields</c> names the fields
/// that a manager's last apply set (KEP-555). Where they are the document's fields, no more and no less, and the object has the
/// document's values in them, there is nothing to send. In doubt the answer is no, and the server decides.
/// </summary>
internal static class AppliedState
{
    /// <summary>True when the object is as the document says, by the manager's own last apply.</summary>
    /// <param name="document">What would be sent.</param>
    /// <param name="live">The object as the server has it.</param>
    /// <param name="manager">Who applies.</param>
    public static bool IsReached(JsonObject document, JsonObject live, string manager)
    {
        if (live["metadata"]?["managedFields"] is not JsonArray entries) return false;
        JsonObject? own = null;
        var others = new List<JsonObject>();
        foreach (JsonObject entry in entries.OfType<JsonObject>())
        {
            if (entry["fieldsV1"] is not JsonObject fields) return false;
            if (Text(entry["operation"]) != "Apply" || Text(entry["manager"]) != manager || Text(entry["subresource"]) is { Length: > 0 })
            {
                others.Add(fields);
                continue;
            }

            // What was applied in another version of the API may have other fields.
            if (own is not null || Text(entry["apiVersion"]) is not { Length: > 0 } version || version != Text(document["apiVersion"])) return false;
            own = fields;
        }

        return own is not null && IsMap(Described(document), live, own, others);
    }

    /// <summary>The document without what says which object it is, which nobody owns.</summary>
    private static Dictionary<string, JsonNode?> Described(JsonObject document)
    {
        var described = document.Where(field => field.Key is not ("apiVersion" or "kind")).ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);
        if (document["metadata"] is JsonObject metadata)
        {
            var rest = (JsonObject)metadata.DeepClone();
            rest.Remove("name");
            rest.Remove("namespace");
            if (rest.Count > 0) described["metadata"] = rest;
            else described.Remove("metadata");
        }

        return described;
    }

    private static bool IsMap(IEnumerable<KeyValuePair<string, JsonNode?>> document, JsonObject live, JsonObject fields, List<JsonObject> others)
    {
        int owned = 0;
        foreach ((string name, JsonNode? value) in document)
        {
            string path = "f:" + name;
            if (fields[path] is JsonObject inner)
            {
                owned++;
                if (!IsValue(value, live[name], inner, At(others, path))) return false;
            }
            else if (!IsEmpty(value) || !JsonNode.DeepEquals(value, live[name]))
            {
                // Only an empty map or list may be nobody's.
                return false;
            }
        }

        return owned == Count(fields);
    }

    private static bool IsValue(JsonNode? document, JsonNode? live, JsonObject fields, List<JsonObject> others)
    {
        if (document is null || live is null) return false;
        if (Count(fields) == 0)
        {
            // A value that is owned as a whole. One that others own a part of was empty when it was applied.
            return JsonNode.DeepEquals(document, live) && (document is JsonValue || IsEmpty(document) || others.TrueForAll(other => Count(other) == 0));
        }

        return (document, live) switch
        {
            (JsonObject map, JsonObject there) => IsMap(map, there, fields, others),
            (JsonArray list, JsonArray there) => IsList(list, there, fields, others),
            _ => false,
        };
    }

    /// <summary>A list whose elements are known by their keys or values; they also have to be in the document's order.</summary>
    private static bool IsList(JsonArray document, JsonArray live, JsonObject fields, List<JsonObject> others)
    {
        if (document.Count != Count(fields)) return false;
        int at = -1;
        foreach (JsonNode? element in document)
        {
            if (Owned(element, fields) is not ({ } path, JsonNode key)) return false;
            do at++;
            while (at < live.Count && !IsKey(live[at], key));
            if (at == live.Count) return false;
            var inner = (JsonObject)fields[path]!;
            if (path[0] == 'k' && !IsValue(inner.ContainsKey("f:protocol") ? Complete(element, key) : element, live[at], inner, At(others, path))) return false;
        }

        return true;
    }

    /// <summary>Which of the owned elements this is.</summary>
    private static (string Path, JsonNode Key)? Owned(JsonNode? element, JsonObject fields)
    {
        foreach ((string path, JsonNode? inner) in fields)
        {
            if (inner is JsonObject && path.Length > 2 && path[0] is 'k' or 'v' && Parse(path[2..]) is { } key && (path[0] == 'k') == key is JsonObject && IsKey(Complete(element, key), key)) return (path, key);
        }

        return null;
    }

    private static bool IsKey(JsonNode? element, JsonNode key) => key is JsonObject keys ? element is JsonObject map && keys.All(part => JsonNode.DeepEquals(map[part.Key], part.Value)) : JsonNode.DeepEquals(element, key);

    /// <summary>The protocol of a port is the one key that has a default.</summary>
    private static JsonNode? Complete(JsonNode? element, JsonNode key)
    {
        if (element is not JsonObject map || key is not JsonObject keys || Text(keys["protocol"]) != "TCP" || map.ContainsKey("protocol")) return element;
        var complete = (JsonObject)map.DeepClone();
        complete["protocol"] = "TCP";
        return complete;
    }

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>How many parts of a value are owned; a dot stands for the value itself.</summary>
    private static int Count(JsonObject fields) => fields.Count - (fields.ContainsKey(".") ? 1 : 0);

    private static List<JsonObject> At(List<JsonObject> others, string path) => [.. others.Select(other => other[path]).OfType<JsonObject>()];

    private static bool IsEmpty(JsonNode? value) => value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static string? Text(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? read) ? read : null;
}
