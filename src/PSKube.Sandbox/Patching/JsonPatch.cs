using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Patching;

/// <summary>RFC 6902 as API servers have it, which is not to the letter.</summary>
/// <remarks>
/// The server uses <c>gopkg.in/evanphx/json-patch.v4</c> (<c>patch.go</c>): <c>replace</c> also makes a field of an object that is
/// there, indexes count from the end when negative, a path needs no slash in front (its first part is dropped whatever it is),
/// and the whole document cannot be addressed.
/// </remarks>
internal static class JsonPatch
{
    /// <summary>Applies a patch to a document, which is changed.</summary>
    /// <exception cref="StatusException">The patch cannot be read (400) or applied (422).</exception>
    public static void Apply(JsonObject document, JsonNode? patch)
    {
        if (patch is not JsonArray operations) throw Refusals.BadRequest($"json: cannot unmarshal {GoText.JsonType(patch)} into Go value of type jsonpatch.Patch");
        foreach (JsonNode? one in operations)
        {
            if (one is not JsonObject) throw Refusals.BadRequest($"json: cannot unmarshal {GoText.JsonType(one)} into Go value of type jsonpatch.Operation");
        }

        foreach (JsonObject operation in operations.OfType<JsonObject>())
        {
            if (!Apply(document, operation)) throw Rejected();
        }
    }

    /// <summary>422 without a reason why: <c>NewGenericServerResponse</c> of apimachinery's <c>errors.go</c> drops it.</summary>
    private static StatusException Rejected() => new(422, "Invalid", "the server rejected our request due to an error in our request") { Details = [] };

    private static bool Apply(JsonObject document, JsonObject operation)
    {
        if (operation.Text("path") is not { } path || Find(document, path) is not { } target) return false;
        switch (operation.Text("op"))
        {
            case "add": return target.Add(operation["value"]);
            case "remove": return target.Remove(out _);
            case "replace": return target.Set(operation["value"]);
            case "test": return target.Get(out JsonNode? value) ? value.Same(operation["value"]) : operation["value"] is null && !target.IsInList;
            case "move":
                if (Source(document, operation) is not { } from || !from.Remove(out JsonNode? moved)) return false;
                return Find(document, path) is { } place && place.Add(moved);
            case "copy":
                // A field that is not there is copied as null.
                if (Source(document, operation) is not { } source) return false;
                return (source.Get(out JsonNode? copied) || !source.IsInList) && target.Add(copied);
            default: return false;
        }
    }

    private static Place? Source(JsonObject document, JsonObject operation) => operation.Text("from") is { } from ? Find(document, from) : null;

    private static Place? Find(JsonObject document, string path)
    {
        string[] parts = path.Split('/');
        if (parts.Length < 2) return null;
        JsonNode node = document;
        foreach (string part in parts.AsSpan(1, parts.Length - 2))
        {
            if (!new Place(node, Plain(part)).Get(out JsonNode? next) || next is not (JsonObject or JsonArray)) return null;
            node = next;
        }

        return new Place(node, Plain(parts[^1]));
    }

    private static string Plain(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    /// <summary>A place in an object or a list, whether anything is there or not.</summary>
    private readonly record struct Place(JsonNode Container, string Key)
    {
        /// <summary>True for a place in a list.</summary>
        public bool IsInList => Container is JsonArray;

        /// <summary>What is there; false when nothing is.</summary>
        public bool Get(out JsonNode? value)
        {
            value = null;
            if (Container is JsonObject map) return map.TryGetPropertyValue(Key, out value);
            var list = (JsonArray)Container;
            if (Index(list.Count) is not { } index || index >= list.Count) return false;
            value = list[index];
            return true;
        }

        /// <summary>Puts a copy of a value there; in a list, before what is there.</summary>
        public bool Add(JsonNode? value)
        {
            if (Container is JsonObject) return Set(value);
            var list = (JsonArray)Container;
            if (Key == "-")
            {
                list.Add(value.Copy());
                return true;
            }

            // Negative indexes count in the list as it will be.
            if (Index(list.Count + 1) is not { } index || index > list.Count) return false;
            list.Insert(index, value.Copy());
            return true;
        }

        /// <summary>Puts a copy of a value there in place of what is there; in an object, there need be nothing.</summary>
        public bool Set(JsonNode? value)
        {
            if (Container is JsonObject map)
            {
                map[Key] = value.Copy();
                return true;
            }

            var list = (JsonArray)Container;
            if (Index(list.Count) is not { } index || index >= list.Count) return false;
            list[index] = value.Copy();
            return true;
        }

        /// <summary>Takes out what is there.</summary>
        public bool Remove(out JsonNode? value)
        {
            if (!Get(out value)) return false;
            if (Container is JsonObject map) return map.Remove(Key);
            var list = (JsonArray)Container;
            list.RemoveAt(Index(list.Count)!.Value);
            return true;
        }

        private int? Index(int count)
        {
            if (!int.TryParse(Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index)) return null;
            if (index >= 0) return index;
            return index < -count ? null : index + count;
        }
    }
}
