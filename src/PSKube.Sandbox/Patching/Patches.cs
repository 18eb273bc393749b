using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Patching;

/// <summary>The three patch types that change an object without regard to who owns its fields.</summary>
internal static class Patches
{
    /// <summary>RFC 6902. Neither argument is changed.</summary>
    /// <exception cref="StatusException">The patch cannot be read (400) or applied (422), in the server's words.</exception>
    public static JsonObject Json(JsonObject document, JsonNode? patch)
    {
        JsonObject changed = document.Copy();
        JsonPatch.Apply(changed, patch);
        return changed;
    }

    /// <summary>RFC 7386. Neither argument is changed.</summary>
    public static JsonObject Merge(JsonObject document, JsonObject patch)
    {
        JsonObject changed = document.Copy();
        MergeInto(changed, patch);
        return changed;
    }

    /// <summary>Kubernetes' strategic merge patch by the model's merge keys, with its directives. Neither argument is changed.</summary>
    /// <exception cref="StatusException">The patch cannot be applied, in the server's words.</exception>
    public static JsonObject StrategicMerge(JsonObject document, JsonObject patch, ModelType model) => Patching.StrategicMerge.Apply(document, patch, model);

    /// <summary>A merge patch or a strategic one, which must be an object.</summary>
    /// <exception cref="StatusException">400: it is something else.</exception>
    public static JsonObject Document(string patchType, JsonNode? patch)
    {
        if (patch is JsonObject document) return document;
        throw Refusals.BadRequest(patchType == PatchTypes.Merge ? "Invalid JSON Patch" : $"json: cannot unmarshal {GoText.JsonType(patch)} into Go value of type map[string]interface {{}}");
    }

    private static void MergeInto(JsonObject document, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null) document.Remove(name);
            else if (value is JsonObject inner && document[name] is JsonObject there) MergeInto(there, inner);
            else document[name] = WithoutNulls(value.Copy());
        }
    }

    /// <summary>What a patch brings anew has no fields that are null; null items of lists stay (evanphx/json-patch <c>merge.go</c>, pruneNils).</summary>
    private static JsonNode WithoutNulls(JsonNode node)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                if (item is not null) WithoutNulls(item);
            }
        }
        else if (node is JsonObject map)
        {
            foreach ((string name, JsonNode? value) in map.ToList())
            {
                if (value is null) map.Remove(name);
                else WithoutNulls(value);
            }
        }

        return node;
    }
}
