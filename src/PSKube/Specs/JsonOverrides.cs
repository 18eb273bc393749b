using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Specs;

/// <summary>How overrides are laid over an object.</summary>
public enum OverrideType
{
    /// <summary>RFC 7396: maps are merged, lists are replaced, null removes.</summary>
    Merge,

    /// <summary>Kubernetes' own: lists of containers, volumes, variables and ports are merged by their keys.</summary>
    Strategic,

    /// <summary>RFC 6902: a list of operations.</summary>
    Json,
}

/// <summary>Lays a user's overrides, or any patch, over an object as the API server does.</summary>
internal static class JsonOverrides
{
    /// <summary>Beside a list that is merged by a key: the keys in the order that the list is to have.</summary>
    public const string OrderOf = "$setElementOrder/";

    /// <summary>In a map of a strategic patch: <c>replace</c> what is there, or <c>delete</c> it.</summary>
    public const string Directive = "$patch";

    /// <summary>The keys by which lists of pods are merged (kubernetes <c>core/v1/types.go</c>, patchMergeKey).</summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["ephemeralContainers"] = "name",
        ["volumes"] = "name",
        ["env"] = "name",
        ["imagePullSecrets"] = "name",
        ["resourceClaims"] = "name",
        ["schedulingGates"] = "name",
        ["ports"] = "containerPort",
        ["volumeMounts"] = "mountPath",
        ["volumeDevices"] = "devicePath",
        ["hostAliases"] = "ip",
        ["topologySpreadConstraints"] = "topologyKey",
    };

    /// <summary>Applies overrides; the object may be changed.</summary>
    /// <exception cref="KubeException">They do not fit (<c>KubeInvalidArgument</c>).</exception>
    public static JsonObject Apply(JsonObject target, JsonNode overrides, OverrideType type)
    {
        JsonNode? result = (type, overrides) switch
        {
            (OverrideType.Json, JsonArray operations) => Operate(target, operations),
            (OverrideType.Json, _) => throw PodTemplateBuilder.Invalid("-Overrides of type Json have to be a list of operations (RFC 6902)."),
            (OverrideType.Strategic, JsonObject map) => Merge(target, map, strategic: true),
            (_, JsonObject map) => Merge(target, map, strategic: false),
            _ => throw PodTemplateBuilder.Invalid("-Overrides have to be an object: a hashtable, or JSON text that begins with '{'."),
        };
        return result as JsonObject ?? throw PodTemplateBuilder.Invalid("The overrides leave no object.");
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch, bool strategic)
    {
        if (strategic && Is(patch, "replace")) return Merge([], Plain(patch), strategic);
        foreach ((string key, JsonNode? value) in patch)
        {
            if (strategic && key.StartsWith('$')) CheckDirective(key, value);
            else if (value is null || (strategic && value is JsonObject gone && Is(gone, "delete"))) target.Remove(key);
            else if (value is JsonObject map) target[key] = Merge(target[key] as JsonObject is { } inner ? (JsonObject)inner.DeepClone() : [], map, strategic);
            else if (strategic && value is JsonArray added && MergeKeys.TryGetValue(key, out string? by)) target[key] = MergeLists(target[key] as JsonArray ?? [], added, by);
            else target[key] = value.DeepClone();
        }

        if (strategic) Reorder(target, patch);
        return target;
    }

    private static JsonArray MergeLists(JsonArray present, JsonArray added, string by)
    {
        JsonArray merged = added.Any(item => item is JsonObject { Count: 1 } whole && Is(whole, "replace")) ? [] : (JsonArray)present.DeepClone();
        foreach (JsonNode? item in added)
        {
            string? key = item?[by]?.ToString();
            int at = key is null ? -1 : merged.ToList().FindIndex(other => other?[by]?.ToString() == key);
            if (item is not JsonObject patch) merged.Add(item?.DeepClone());
            else if (Is(patch, "delete") && at >= 0) merged.RemoveAt(at);
            else if (at >= 0) merged[at] = Merge((JsonObject)merged[at]!.DeepClone(), patch, strategic: true);
            else if (!Is(patch, "delete") && (key is not null || !Is(patch, "replace"))) merged.Add(Merge([], patch, strategic: true));
        }

        return merged;
    }

    /// <summary>Puts lists into the order that the patch wants; what it does not name keeps its place behind.</summary>
    private static void Reorder(JsonObject target, JsonObject patch)
    {
        foreach ((string key, JsonNode? value) in patch)
        {
            if (!key.StartsWith(OrderOf, StringComparison.Ordinal) || value is not JsonArray order || target[key[OrderOf.Length..]] is not JsonArray list || !MergeKeys.TryGetValue(key[OrderOf.Length..], out string? by)) continue;
            List<string?> keys = [.. order.Select(item => item?[by]?.ToString())];
            JsonNode?[] sorted = [.. list.OrderBy(item => keys.IndexOf(item?[by]?.ToString()) is >= 0 and var at ? at : int.MaxValue)];
            list.Clear();
            foreach (JsonNode? item in sorted) list.Add(item);
        }
    }

    private static void CheckDirective(string key, JsonNode? value)
    {
        if (key.StartsWith(OrderOf, StringComparison.Ordinal) || (key == Directive && value?.ToString() is "replace" or "merge" or "delete")) return;
        throw PodTemplateBuilder.Invalid($"The directive {key} is not supported in -Overrides; use -OverrideType Json to remove or replace.");
    }

    private static bool Is(JsonObject patch, string directive) => patch[Directive]?.ToString() == directive;

    private static JsonObject Plain(JsonObject patch)
    {
        var plain = (JsonObject)patch.DeepClone();
        plain.Remove(Directive);
        return plain;
    }

    private static JsonNode? Operate(JsonNode target, JsonArray operations)
    {
        JsonNode? document = target;
        foreach (JsonObject operation in operations.OfType<JsonObject>())
        {
            string name = operation["op"]?.ToString() ?? "";
            string[] path = Path(operation["path"]?.ToString());
            document = name switch
            {
                "add" => Set(document, path, operation["value"]?.DeepClone(), insert: true),
                "replace" => Set(Require(document, path), path, operation["value"]?.DeepClone(), insert: false),
                "remove" => Remove(Require(document, path), path),
                "copy" => Set(document, path, Find(document, Path(operation["from"]?.ToString()))?.DeepClone(), insert: true),
                "move" => Move(document, Path(operation["from"]?.ToString()), path),
                "test" => JsonNode.DeepEquals(Find(document, path), operation["value"]) ? document : throw PodTemplateBuilder.Invalid($"The test of {operation["path"]} in -Overrides does not hold."),
                _ => throw PodTemplateBuilder.Invalid($"'{name}' is no operation of RFC 6902."),
            };
        }

        return document;
    }

    private static JsonNode? Move(JsonNode? document, string[] from, string[] to)
    {
        JsonNode? value = Find(Require(document, from), from)?.DeepClone();
        return Set(Remove(document, from), to, value, insert: true);
    }

    private static string[] Path(string? pointer)
    {
        if (pointer is null || (pointer.Length > 0 && pointer[0] != '/')) throw PodTemplateBuilder.Invalid($"'{pointer}' is no JSON pointer (RFC 6901).");
        return [.. pointer.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Require(JsonNode? document, string[] path)
    {
        JsonNode? parent = Find(document, path[..^1]);
        bool there = parent switch { JsonObject map => map.ContainsKey(path[^1]), JsonArray list => Index(path[^1], list.Count - 1) >= 0, _ => false };
        return there ? document : throw PodTemplateBuilder.Invalid($"There is nothing at /{string.Join('/', path)} to change.");
    }

    private static JsonNode? Find(JsonNode? node, string[] path)
    {
        foreach (string part in path) node = node switch { JsonObject map => map[part], JsonArray list when Index(part, list.Count - 1) is >= 0 and var at => list[at], _ => null };
        return node;
    }

    private static JsonNode? Set(JsonNode? document, string[] path, JsonNode? value, bool insert)
    {
        if (path.Length == 0) return value;
        switch (Find(document, path[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list when insert && Index(path[^1], list.Count) is >= 0 and var at:
                list.Insert(at, value);
                break;
            case JsonArray list when Index(path[^1], list.Count - 1) is >= 0 and var at:
                list[at] = value;
                break;
            default:
                throw PodTemplateBuilder.Invalid($"/{string.Join('/', path)} has no place in the object.");
        }

        return document;
    }

    private static JsonNode? Remove(JsonNode? document, string[] path)
    {
        switch (Find(document, path[..^1]))
        {
            case JsonObject map:
                map.Remove(path[^1]);
                break;
            case JsonArray list when Index(path[^1], list.Count - 1) is >= 0 and var at:
                list.RemoveAt(at);
                break;
        }

        return document;
    }

    private static int Index(string part, int last) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= last ? index : -1;
}
