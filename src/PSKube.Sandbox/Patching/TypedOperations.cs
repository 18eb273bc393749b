using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Patching;

/// <summary>What server-side apply does with typed objects: which fields a document has, merging, removing.</summary>
/// <remarks>structured-merge-diff's <c>typed/tofieldset.go</c>, <c>merge.go</c>, <c>remove.go</c>.</remarks>
/// <param name="minor">The minor version of the server that is played; the library has changed with it.</param>
internal sealed class TypedOperations(int minor)
{
    /// <summary>Since 1.21 empty objects have an owner too (structured-merge-diff pull request 184).</summary>
    private const int OwnsEmptySince = 21;

    /// <summary>Since 1.23 a merged list takes the order of the applied one (structured-merge-diff pull requests 203 and 205).</summary>
    private const int OrdersListsSince = 23;

    /// <summary>The fields that a document has.</summary>
    public FieldSet Fields(ApplySchema schema, JsonObject document)
    {
        var set = new FieldSet();
        Collect(schema, TypedValue.Of(document), [], set);
        return set;
    }

    /// <summary>A document merged into an object; both are left as they are.</summary>
    public JsonObject Merge(ApplySchema schema, JsonObject live, JsonObject document) => (JsonObject)Merge(schema, TypedValue.Of(live), TypedValue.Of(document)).Node!;

    /// <summary>An object without some fields and items.</summary>
    public static JsonObject Remove(ApplySchema schema, JsonObject value, FieldSet fields) => fields.IsEmpty ? value : Remove(schema, (JsonNode)value, fields) as JsonObject ?? [];

    private void Collect(ApplySchema schema, TypedValue value, List<PathElement> path, FieldSet set)
    {
        (ApplyKind kind, ApplyRule rule) = TypedValue.Form(schema, value);
        if (kind == ApplyKind.Scalar || rule.Shape == MergeShape.Atomic)
        {
            set.Add([.. path]);
            return;
        }

        if (kind == ApplyKind.List) CollectItems(schema, value.List ?? [], path, set);
        if (kind != ApplyKind.Map) return;
        foreach ((string name, JsonNode? one) in value.Map ?? [])
        {
            if (schema.Field(name) is not { } field) continue;
            path.Add(PathElement.ForField(name));
            Collect(field, TypedValue.Of(one), path, set);
            if (!schema.IsNamed(name) || (minor >= OwnsEmptySince && one is null or JsonObject { Count: 0 })) set.Add([.. path]);
            path.RemoveAt(path.Count - 1);
        }
    }

    private void CollectItems(ApplySchema schema, JsonArray list, List<PathElement> path, FieldSet set)
    {
        List<(PathElement Element, JsonNode? Item)> items = Items(schema, list);
        var twice = items.GroupBy(item => item.Element.Text).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet();
        foreach ((PathElement element, JsonNode? item) in items)
        {
            path.Add(element);
            if (!twice.Contains(element.Text)) Collect(schema.Element!, TypedValue.Of(item), path, set);
            set.Add([.. path]);
            path.RemoveAt(path.Count - 1);
        }
    }

    private static List<(PathElement Element, JsonNode? Item)> Items(ApplySchema schema, JsonArray? list)
    {
        List<(PathElement, JsonNode?)> items = [];
        foreach (JsonNode? item in list ?? [])
        {
            if (TypedValue.ItemElement(schema, item, out _) is { } element) items.Add((element, item));
        }

        return items;
    }

    private TypedValue Merge(ApplySchema schema, TypedValue live, TypedValue mine)
    {
        (ApplyKind kind, ApplyRule rule) = TypedValue.Form(schema, live, mine);
        bool empty = kind switch
        {
            ApplyKind.Map => live.Map is not { Count: > 0 } && mine.Map is not { Count: > 0 },
            ApplyKind.List => live.List is not { Count: > 0 } && mine.List is not { Count: > 0 },
            _ => true,
        };
        if (rule.Shape == MergeShape.Atomic || empty) return TypedValue.Of((mine.Exists ? mine : live).Node.Copy());
        if (kind == ApplyKind.List) return MergeItems(schema, live.List, mine.List);
        var merged = new JsonObject();
        foreach ((string name, JsonNode? value) in live.Map ?? []) merged[name] = MergeField(schema, name, TypedValue.Of(value), TypedValue.Field(mine.Map, name));
        foreach ((string name, JsonNode? value) in mine.Map ?? [])
        {
            if (!merged.ContainsKey(name)) merged[name] = MergeField(schema, name, TypedValue.None, TypedValue.Of(value));
        }

        return TypedValue.Of(merged);
    }

    private JsonNode? MergeField(ApplySchema schema, string name, TypedValue live, TypedValue mine) => schema.Field(name) is { } field ? Merge(field, live, mine).Node : (mine.Exists ? mine : live).Node.Copy();

    private TypedValue MergeItems(ApplySchema schema, JsonArray? live, JsonArray? mine)
    {
        List<(PathElement Element, JsonNode? Item)> left = Items(schema, live);
        List<(PathElement Element, JsonNode? Item)> right = Items(schema, mine);
        var there = new Dictionary<string, TypedValue>(StringComparer.Ordinal);
        // Items that cannot be told apart are not merged.
        foreach ((PathElement element, JsonNode? item) in left) there[element.Text] = there.ContainsKey(element.Text) ? TypedValue.Of(null) : TypedValue.Of(item);
        Dictionary<string, TypedValue> applied = right.DistinctBy(item => item.Element.Text).ToDictionary(item => item.Element.Text, item => TypedValue.Of(item.Item));
        var merged = new JsonArray();
        foreach ((string key, TypedValue kept) in minor >= OrdersListsSince ? Ordered(left, right, there, applied) : Appended(left, right, applied))
        {
            bool isLive = kept.Exists;
            TypedValue old = isLive ? kept : there.GetValueOrDefault(key);
            merged.Add(Merge(schema.Element!, old, isLive ? TypedValue.None : applied[key]).Node);
        }

        return TypedValue.Of(merged);
    }

    /// <summary>The live items in their order, each merged where it is, and then the new ones.</summary>
    private static IEnumerable<(string Key, TypedValue Live)> Appended(List<(PathElement Element, JsonNode? Item)> left, List<(PathElement Element, JsonNode? Item)> right, Dictionary<string, TypedValue> applied)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach ((PathElement element, JsonNode? item) in left)
        {
            if (!applied.ContainsKey(element.Text)) yield return (element.Text, TypedValue.Of(item));
            else if (done.Add(element.Text)) yield return (element.Text, TypedValue.None);
        }

        foreach ((PathElement element, _) in right)
        {
            if (done.Add(element.Text)) yield return (element.Text, TypedValue.None);
        }
    }

    /// <summary>The applied items in their order, and the other live ones where they were between those.</summary>
    private static IEnumerable<(string Key, TypedValue Live)> Ordered(List<(PathElement Element, JsonNode? Item)> left, List<(PathElement Element, JsonNode? Item)> right, Dictionary<string, TypedValue> there, Dictionary<string, TypedValue> applied)
    {
        var shared = new Queue<string>(right.Select(item => item.Element.Text).Where(there.ContainsKey));
        var done = new HashSet<string>(StringComparer.Ordinal);
        string? next = shared.TryDequeue(out string? first) ? first : null;
        int i = 0;
        int j = 0;
        while (i < left.Count || j < right.Count)
        {
            if (i < left.Count && j < right.Count)
            {
                string key = left[i].Element.Text;
                if (key == right[j].Element.Text)
                {
                    done.Add(key);
                    yield return (key, TypedValue.None);
                    i++;
                    j++;
                    next = shared.TryDequeue(out string? following) ? following : null;
                    continue;
                }

                if (applied.ContainsKey(key) && next is not null && next != key)
                {
                    // In both, but not its turn.
                    i++;
                    continue;
                }
            }

            if (i < left.Count)
            {
                string key = left[i].Element.Text;
                if (!applied.ContainsKey(key))
                {
                    yield return (key, TypedValue.Of(left[i].Item));
                    i++;
                    continue;
                }

                if (done.Contains(key)) i++;
            }

            if (j >= right.Count) continue;
            string mine = right[j++].Element.Text;
            done.Add(mine);
            yield return (mine, TypedValue.None);
            if (next == mine) next = shared.TryDequeue(out string? later) ? later : null;
        }
    }

    private static JsonNode? Remove(ApplySchema schema, JsonNode? value, FieldSet fields)
    {
        (ApplyKind kind, ApplyRule rule) = TypedValue.Form(schema, TypedValue.Of(value));
        if (kind == ApplyKind.Scalar) return value.Copy();
        if (rule.Shape == MergeShape.Atomic) return null;
        if (value is JsonArray list)
        {
            var items = new JsonArray();
            foreach (JsonNode? item in list)
            {
                if (TypedValue.ItemElement(schema, item, out _) is not { } element) items.Add(item.Copy());
                else if (!fields.Has(element)) items.Add(fields.Beneath(element) is { } within ? Remove(schema.Element!, item, within) : item.Copy());
            }

            return items.Count > 0 ? items : null;
        }

        if (value is not JsonObject map) return null;
        var kept = new JsonObject();
        foreach ((string name, JsonNode? one) in map)
        {
            PathElement element = PathElement.ForField(name);
            if (fields.Has(element)) continue;
            if (schema.Field(name) is not { } field || fields.Beneath(element) is not { } beneath) kept[name] = one.Copy();
            else if (Remove(field, one, beneath) is { } rest) kept[name] = rest;
        }

        return kept.Count > 0 ? kept : null;
    }
}
