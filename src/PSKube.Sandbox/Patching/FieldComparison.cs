using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Patching;

/// <summary>The fields in which two states of an object differ.</summary>
/// <remarks>
/// structured-merge-diff's <c>typed/compare.go</c>. The server compares Go objects, in which structs are always there and fields
/// without a value are not; here that is made up for by <see cref="ApplySchema.Blank"/> and by taking null for missing
/// where the object around is on both sides.
/// </remarks>
internal sealed class FieldComparison
{
    private readonly List<PathElement> _path = [];

    private FieldComparison()
    {
    }

    /// <summary>Fields that only the old state has.</summary>
    public FieldSet Removed { get; private set; } = new();

    /// <summary>Fields whose value differs.</summary>
    public FieldSet Modified { get; private set; } = new();

    /// <summary>Fields that only the new state has.</summary>
    public FieldSet Added { get; private set; } = new();

    /// <summary>True when the states do not differ.</summary>
    public bool IsSame => Removed.IsEmpty && Modified.IsEmpty && Added.IsEmpty;

    /// <summary>Compares two states.</summary>
    public static FieldComparison Of(ApplySchema schema, JsonObject old, JsonObject now)
    {
        var comparison = new FieldComparison();
        comparison.Compare(schema, TypedValue.Of(old), TypedValue.Of(now));
        return comparison;
    }

    /// <summary>Takes fields, and what is beneath them, out of the comparison.</summary>
    public void Exclude(FieldSet fields)
    {
        Removed = Removed.Without(fields);
        Modified = Modified.Without(fields);
        Added = Added.Without(fields);
    }

    private void Compare(ApplySchema schema, TypedValue old, TypedValue now)
    {
        (ApplyKind kind, ApplyRule rule) = TypedValue.Form(schema, old, now);
        bool empty = kind switch
        {
            ApplyKind.Map => old.Map is not { Count: > 0 } && now.Map is not { Count: > 0 },
            ApplyKind.List => old.List is not { Count: > 0 } && now.List is not { Count: > 0 },
            _ => true,
        };
        if (rule.Shape == MergeShape.Atomic || empty)
        {
            if (!old.Exists) Add(Added);
            else if (!now.Exists) Add(Removed);
            else if (!TypedValue.Same(old.Node, now.Node)) Add(Modified);
            return;
        }

        if (kind == ApplyKind.List) CompareItems(schema, old.List, now.List);
        else CompareFields(schema, old, now);
        if (!old.Exists) Add(Added);
        else if (!now.Exists) Add(Removed);
    }

    private void CompareFields(ApplySchema schema, TypedValue old, TypedValue now)
    {
        bool both = old.Map is not null && now.Map is not null;
        foreach ((string name, JsonNode? value) in old.Map ?? []) CompareField(schema, name, TypedValue.Of(value), TypedValue.Field(now.Map, name), both);
        foreach ((string name, JsonNode? value) in now.Map ?? [])
        {
            if (old.Map is null || !old.Map.ContainsKey(name)) CompareField(schema, name, TypedValue.None, TypedValue.Of(value), both);
        }
    }

    private void CompareField(ApplySchema schema, string name, TypedValue old, TypedValue now, bool both)
    {
        if (schema.Field(name) is not { } field || (name == "managedFields" && schema.Name == "ObjectMeta")) return;
        if (both)
        {
            if (old.IsNothing && now.IsNothing) return;
            if (old.IsNothing) old = schema.Blank(name);
            if (now.IsNothing) now = schema.Blank(name);
        }

        _path.Add(PathElement.ForField(name));
        Compare(field, old, now);
        _path.RemoveAt(_path.Count - 1);
    }

    private void CompareItems(ApplySchema schema, JsonArray? old, JsonArray? now)
    {
        SortedDictionary<PathElement, (List<JsonNode?> Old, List<JsonNode?> Now)> items = [];
        Gather(old, true);
        Gather(now, false);
        foreach ((PathElement element, (List<JsonNode?> was, List<JsonNode?> @is)) in items)
        {
            _path.Add(element);
            if (was.Count <= 1 && @is.Count <= 1) Compare(schema.Element!, Only(was), Only(@is));
            else if (was.Count >= 2 && @is.Count >= 2)
            {
                if (was.Count != @is.Count || !was.Zip(@is).All(pair => TypedValue.Same(pair.First, pair.Second))) Add(Modified);
            }
            else if (was.Count >= 2)
            {
                // Items that could not be told apart, and now can.
                if (@is.Count > 0) Compare(schema.Element!, TypedValue.None, Only(@is));
                Add(Removed);
            }
            else
            {
                if (was.Count > 0) Compare(schema.Element!, Only(was), TypedValue.None);
                Add(Added);
            }

            _path.RemoveAt(_path.Count - 1);
        }

        static TypedValue Only(List<JsonNode?> list) => list.Count == 0 ? TypedValue.None : TypedValue.Of(list[0]);

        void Gather(JsonArray? list, bool isOld)
        {
            foreach (JsonNode? item in list ?? [])
            {
                if (TypedValue.ItemElement(schema, item, out _) is not { } element) continue;
                if (!items.TryGetValue(element, out (List<JsonNode?> Old, List<JsonNode?> Now) both)) items[element] = both = ([], []);
                (isOld ? both.Old : both.Now).Add(item);
            }
        }
    }

    private void Add(FieldSet set) => set.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_path));
}
