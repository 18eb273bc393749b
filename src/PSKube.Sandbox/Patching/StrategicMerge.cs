using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Patching;

/// <summary>The strategic merge patch: a merge patch that merges lists by key, and takes directives.</summary>
/// <remarks>
/// Follows apimachinery's <c>pkg/util/strategicpatch/patch.go</c> function by function, down to its messages. Errors of the patch's
/// form are 400 or 422; the others reach the client as 500, as the server does not interpret them (apiserver's <c>patch.go</c>,
/// interpretStrategicMergePatchError).
/// </remarks>
internal static class StrategicMerge
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrefix = "$deleteFromPrimitiveList";
    private const string OrderPrefix = "$setElementOrder";

    /// <summary>The document with the patch merged in; neither is changed.</summary>
    /// <exception cref="StatusException">The patch cannot be applied.</exception>
    public static JsonObject Apply(JsonObject document, JsonObject patch, ModelType model) => MergeMap(document.Copy(), patch.Copy(), model);

    private static StatusException BadFormat(string of) => Refusals.BadRequest($"invalid patch format of {of}");

    private static StatusException Failed(string message) => new(500, "", message);

    private static StatusException BadType(string expected, JsonNode? actual) => Failed($"expected a {expected}, but received a {GoText.Type(actual)}");

    private static StatusException NoMergeKey(JsonObject item, string key) => Failed($"map: {GoText.Value(item)} does not contain declared merge key: {key}");

    /// <summary>mergeMap: changes and returns <paramref name="original"/>, and takes the patch apart.</summary>
    private static JsonObject MergeMap(JsonObject original, JsonObject patch, ModelType? model)
    {
        if (patch.TryGetPropertyValue(Directive, out JsonNode? directive))
        {
            switch (directive.Text())
            {
                case "replace":
                    patch.Remove(Directive);
                    return patch.Copy();
                case "delete":
                    return [];
                default:
                    throw Failed($"unknown patch type: {GoText.Value(directive)} in map: {GoText.Value(patch)}");
            }
        }

        Retain(original, patch);
        MergeOrdered(original, patch, model);
        foreach ((string key, JsonNode? value) in patch)
        {
            string name = key;
            bool deletes = key.StartsWith(DeletePrefix, StringComparison.Ordinal);
            if (deletes) name = ListName(key, DeletePrefix, "primitive list");
            if (value is null)
            {
                original.Remove(name);
                continue;
            }

            JsonNode? there = original[name];
            if (there is null && !original.ContainsKey(name) || GoText.Type(there) != GoText.Type(value))
            {
                if (!deletes) Take(original, name, value, withoutNulls: true);
                continue;
            }

            switch (there)
            {
                case JsonObject map:
                    ModelType? inner = Field(model, name);
                    JsonObject merged = PatchRule.For(model, name).Replaces ? (JsonObject)value.Copy() : MergeMap(map, (JsonObject)value, inner);
                    if (!ReferenceEquals(merged, map)) original[name] = merged;
                    break;
                case JsonArray list:
                    PatchRule rule = PatchRule.For(model, name);
                    ModelType? items = Field(model, name)?.Element;
                    original[name] = rule.Merges || deletes ? Array(MergeList([.. list], [.. (JsonArray)value], items, rule.Key, deletes)) : value.Copy();
                    break;
                default:
                    original[name] = value.Copy();
                    break;
            }
        }

        return original;
    }

    private static JsonArray Array(List<JsonNode?> items)
    {
        var array = new JsonArray();
        foreach (JsonNode? item in items) array.Add(item.Copy());
        return array;
    }

    /// <summary>The type of a field; null within what the models say nothing about.</summary>
    /// <exception cref="StatusException">500: the type has no such field.</exception>
    private static ModelType? Field(ModelType? model, string name)
    {
        if (model is null || model.Shape == ModelShape.Any) return null;
        if (model.Shape == ModelShape.Map) throw Failed("merging an object in json but data type is not struct, instead is: map");
        return model.Fields.TryGetValue(name, out ModelType? type) ? type : throw Failed($"unable to find api field in struct {model.Name} for the json field \"{name}\"");
    }

    /// <summary>Puts a patch's value where there was none, without its directives.</summary>
    private static void Take(JsonObject original, string name, JsonNode value, bool withoutNulls)
    {
        if (withoutNulls) DiscardNulls(value);
        if (RemoveDirectives(value)) original[name] = value.Copy();
        else original.Remove(name);
    }

    private static void DiscardNulls(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list) DiscardNulls(item);
        }
        else if (node is JsonObject map)
        {
            foreach ((string key, JsonNode? value) in map.ToList())
            {
                if (value is null) map.Remove(key);
                else DiscardNulls(value);
            }
        }
    }

    /// <summary>Drops what carries a directive from within a value; false when the value itself does.</summary>
    private static bool RemoveDirectives(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            if (map.ContainsKey(Directive)) return false;
            foreach ((string key, JsonNode? value) in map.ToList())
            {
                if (!RemoveDirectives(value)) map.Remove(key);
            }
        }
        else if (node is JsonArray list)
        {
            for (int i = list.Count - 1; i >= 0; i--)
            {
                if (!RemoveDirectives(list[i])) list.RemoveAt(i);
            }
        }

        return true;
    }

    private static string ListName(string key, string prefix, string what)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash == prefix.Length ? key[(slash + 1)..] : throw BadFormat(what);
    }

    /// <summary>applyRetainKeysDirective: drops the fields that the patch does not list.</summary>
    private static void Retain(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out JsonNode? given)) return;
        patch.Remove(RetainKeys);
        if (given is not JsonArray list) throw BadFormat("retainKeys");
        var kept = list.Select(name => name.Text()).ToHashSet();
        foreach ((string key, JsonNode? value) in patch)
        {
            if (value is null || key.StartsWith(DeletePrefix, StringComparison.Ordinal) || key.StartsWith(OrderPrefix, StringComparison.Ordinal)) continue;
            if (!kept.Contains(key)) throw BadFormat("retainKeys");
        }

        foreach (string key in original.Select(pair => pair.Key).ToList())
        {
            if (!kept.Contains(key)) original.Remove(key);
        }
    }

    /// <summary>mergePatchIntoOriginal: merges the lists whose order the patch gives, and takes them out of the patch.</summary>
    private static void MergeOrdered(JsonObject original, JsonObject patch, ModelType? model)
    {
        foreach ((string key, JsonNode? given) in patch.ToList())
        {
            if (!key.StartsWith(OrderPrefix, StringComparison.Ordinal)) continue;
            patch.Remove(key);
            if (given is not JsonArray ordered) throw BadType("[]interface {}", given);
            string name = ListName(key, OrderPrefix, "setElementOrder list");
            bool there = original.TryGetPropertyValue(name, out JsonNode? oldNode);
            bool changed = patch.TryGetPropertyValue(name, out JsonNode? newNode);
            if (there && oldNode is not JsonArray) throw BadType("[]interface {}", oldNode);
            if (changed && newNode is not JsonArray) throw BadType("[]interface {}", newNode);
            ModelType? items = Field(model, name)?.Element;
            PatchRule rule = PatchRule.For(model, name);
            List<JsonNode?> order = [.. ordered];
            List<JsonNode?> live = [.. oldNode as JsonArray ?? []];
            List<JsonNode?> mine = [.. newNode as JsonArray ?? []];
            CheckOrder(mine, order, rule.Key);
            List<JsonNode?> merged;
            if (there && changed) merged = rule.Merges ? MergeList(live, mine, items, rule.Key, false) : mine;
            else if (there) merged = live;
            else if (!changed) continue;
            else
            {
                RemoveDirectives(newNode);
                merged = [.. (JsonArray)newNode!];
            }

            bool maps = AreMaps(live, mine);
            (List<JsonNode?> named, List<JsonNode?> others) = Partition(merged, order, rule.Key);
            original[name] = Array(Arrange(named, others, order, live, rule.Key, maps));
            patch.Remove(name);
        }
    }

    /// <summary>validatePatchWithSetOrderList: the items of a patch must come in the order that the patch gives.</summary>
    private static void CheckOrder(List<JsonNode?> patch, List<JsonNode?> order, string? mergeKey)
    {
        if (patch.Count == 0 || order.Count == 0) return;
        List<JsonNode?> kept = mergeKey is null ? patch : [.. patch.Where(item => item is not JsonObject map ? throw BadType("map[string]interface {}", item) : map.Text(Directive) != "delete")];
        int mine = 0;
        int place = 0;
        while (mine < kept.Count && place < order.Count)
        {
            if (kept[mine] is JsonObject map && map.ContainsKey(Directive))
            {
                mine++;
                continue;
            }

            if (SameItem(kept[mine], order[place], mergeKey)) mine++;
            place++;
        }

        if (mine < kept.Count && place >= order.Count) throw Failed($"The order in patch list:\n{GoText.Value(Array(patch))}\n doesn't match {OrderPrefix} list:\n{GoText.Value(Array(order))}\n");
    }

    private static bool SameItem(JsonNode? one, JsonNode? other, string? mergeKey)
    {
        if (mergeKey is null) return one.Same(other);
        return KeyOf(one, mergeKey).Same(KeyOf(other, mergeKey));
    }

    private static JsonNode? KeyOf(JsonNode? item, string mergeKey)
    {
        if (item is not JsonObject map) throw BadType("map[string]interface {}", item);
        return map.TryGetPropertyValue(mergeKey, out JsonNode? key) ? key : throw NoMergeKey(map, mergeKey);
    }

    /// <summary>mergeSlice.</summary>
    private static List<JsonNode?> MergeList(List<JsonNode?> original, List<JsonNode?> patch, ModelType? items, string? mergeKey, bool deletes)
    {
        if (original.Count == 0 && patch.Count == 0) return original;
        if (!AreMaps(original, patch))
        {
            if (deletes) return [.. original.Where(item => !patch.Any(gone => gone.Same(item)))];
            List<JsonNode?> both = Distinct([.. original, .. patch]);
            (List<JsonNode?> mine, List<JsonNode?> rest) = Partition(both, patch, null);
            return Arrange(mine, rest, patch, original, null, false);
        }

        if (mergeKey is null) throw Failed($"cannot merge lists without merge key for {items?.Name}");
        (original, patch) = Special(original, patch, mergeKey);
        List<JsonNode?> merged = [.. original];
        foreach (JsonNode? item in patch)
        {
            JsonNode? key = KeyOf(item, mergeKey);
            int index = IndexOf(merged, key, mergeKey);
            if (index < 0) merged.Add(item);
            else merged[index] = MergeMap((JsonObject)merged[index]!, ((JsonObject)item!).Copy(), items);
        }

        (List<JsonNode?> named, List<JsonNode?> others) = Partition(merged, patch, mergeKey);
        return Arrange(named, others, patch, original, mergeKey, true);
    }

    /// <summary>mergeSliceWithSpecialElements: the items that are directives are carried out and left out.</summary>
    private static (List<JsonNode?> Original, List<JsonNode?> Patch) Special(List<JsonNode?> original, List<JsonNode?> patch, string mergeKey)
    {
        List<JsonNode?> plain = [];
        bool replace = false;
        foreach (JsonObject item in patch.OfType<JsonObject>())
        {
            if (!item.TryGetPropertyValue(Directive, out JsonNode? directive))
            {
                plain.Add(item);
                continue;
            }

            switch (directive.Text())
            {
                case "delete":
                    JsonNode? key = KeyOf(item, mergeKey);
                    original = [.. original.Where(one => !(one as JsonObject)?[mergeKey].Same(key) ?? true)];
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw Failed("merging lists cannot yet be specified in the patch");
                default:
                    throw Failed($"unknown patch type: {GoText.Value(directive)} in map: {GoText.Value(item)}");
            }
        }

        return replace ? (plain, []) : (original, plain);
    }

    private static int IndexOf(List<JsonNode?> list, JsonNode? key, string mergeKey)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject map) throw Failed($"value for key {i} is not a map");
            if (map.TryGetPropertyValue(mergeKey, out JsonNode? value) && value.Same(key)) return i;
        }

        return -1;
    }

    /// <summary>True for lists of objects, false for lists of values (sliceElementType).</summary>
    private static bool AreMaps(List<JsonNode?> one, List<JsonNode?> other)
    {
        string? type = null;
        foreach (JsonNode? item in one.Concat(other))
        {
            if (item is JsonArray) throw new StatusException(422, "Invalid", "the server rejected our request due to an error in our request") { Details = [] };
            string its = GoText.Type(item);
            if (type is not null && type != its) throw Failed($"list element types are not identical: {GoText.Lists(one, other)}");
            type = its;
        }

        if (type is null) throw Failed("no elements in any of the given slices");
        return type == "map[string]interface {}";
    }

    /// <summary>deduplicateScalars: the last item takes the place of one that is there already.</summary>
    private static List<JsonNode?> Distinct(List<JsonNode?> list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            for (int j = i + 1; j < list.Count; j++)
            {
                if (!list[i].Same(list[j])) continue;
                list[j--] = list[^1];
                list.RemoveAt(list.Count - 1);
            }
        }

        return list;
    }

    private static (List<JsonNode?> In, List<JsonNode?> NotIn) Partition(List<JsonNode?> list, List<JsonNode?> by, string? mergeKey)
    {
        List<JsonNode?> inside = [];
        List<JsonNode?> outside = [];
        foreach (JsonNode? item in list)
        {
            bool found = mergeKey is null ? by.Any(one => one.Same(item)) : IndexOf(by, KeyOf(item, mergeKey), mergeKey) >= 0;
            (found ? inside : outside).Add(item);
        }

        return (inside, outside);
    }

    /// <summary>
    /// normalizeElementOrder: the patch's items in the patch's order, the others in the live one, and those interleaved as they
    /// were; where the two disagree the patch's items come first.
    /// </summary>
    private static List<JsonNode?> Arrange(List<JsonNode?> patch, List<JsonNode?> others, List<JsonNode?> patchOrder, List<JsonNode?> liveOrder, string? mergeKey, bool maps)
    {
        List<JsonNode?> right = [.. patch.OrderBy(item => Place(patchOrder, item))];
        List<JsonNode?> left = [.. others.OrderBy(item => Place(liveOrder, item))];
        List<JsonNode?> all = new(left.Count + right.Count);
        int i = 0;
        int j = 0;
        while (i < left.Count && j < right.Count)
        {
            int mine = Place(liveOrder, left[i]);
            int other = Place(liveOrder, right[j]);
            all.Add(mine >= 0 && other >= 0 && mine < other ? left[i++] : right[j++]);
        }

        all.AddRange(left.Skip(i));
        all.AddRange(right.Skip(j));
        return all;

        int Place(List<JsonNode?> order, JsonNode? item) => order.FindIndex(one => maps ? (one as JsonObject)?[mergeKey!].Same((item as JsonObject)?[mergeKey!]) ?? false : one.Same(item));
    }
}
