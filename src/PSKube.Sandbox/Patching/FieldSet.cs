using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Patching;

/// <summary>A set of fields: a tree in which every node may itself be a member, whatever its children are.</summary>
/// <remarks>
/// structured-merge-diff's <c>fieldpath/set.go</c>. The two differences are not the same: <see cref="Except"/> takes out members
/// one by one, <see cref="Without"/> a member with all that is beneath it.
/// </remarks>
internal sealed class FieldSet
{
    private readonly SortedList<PathElement, Node> _nodes = [];

    /// <summary>True when nothing is a member.</summary>
    public bool IsEmpty
    {
        get
        {
            foreach (Node node in _nodes.Values)
            {
                if (node.IsMember || node.Children is { IsEmpty: false }) return false;
            }

            return true;
        }
    }

    /// <summary>Every element with a place in the set, whether it is a member, and what is beneath it.</summary>
    public IEnumerable<(PathElement Element, bool IsMember, FieldSet? Children)> Elements => _nodes.Select(pair => (pair.Key, pair.Value.IsMember, pair.Value.Children));

    /// <summary>Adds a field; those above it are not added.</summary>
    public void Add(params ReadOnlySpan<PathElement> path)
    {
        FieldSet set = this;
        for (int i = 0; i < path.Length; i++)
        {
            Node node = set.At(path[i]);
            if (i == path.Length - 1) node.IsMember = true;
            else set = node.Children ??= new FieldSet();
        }
    }

    /// <summary>True when the element itself is a member.</summary>
    public bool Has(PathElement element) => _nodes.TryGetValue(element, out Node? node) && node.IsMember;

    /// <summary>What is beneath an element; null for nothing.</summary>
    public FieldSet? Beneath(PathElement element) => _nodes.TryGetValue(element, out Node? node) && node.Children is { IsEmpty: false } children ? children : null;

    /// <summary>What is in either set.</summary>
    public FieldSet Union(FieldSet other)
    {
        var set = new FieldSet();
        foreach ((PathElement element, Node node) in _nodes) set._nodes[element] = node;
        foreach ((PathElement element, Node node) in other._nodes)
        {
            if (!_nodes.TryGetValue(element, out Node? mine)) set._nodes[element] = node;
            else set._nodes[element] = new Node { IsMember = mine.IsMember || node.IsMember, Children = mine.Children is null ? node.Children : node.Children is null ? mine.Children : mine.Children.Union(node.Children) };
        }

        return set;
    }

    /// <summary>What is in both sets.</summary>
    public FieldSet Intersect(FieldSet other)
    {
        var set = new FieldSet();
        foreach ((PathElement element, Node node) in _nodes)
        {
            if (!other._nodes.TryGetValue(element, out Node? its)) continue;
            FieldSet? children = node.Children is null || its.Children is null ? null : node.Children.Intersect(its.Children);
            set.Put(element, node.IsMember && its.IsMember, children);
        }

        return set;
    }

    /// <summary>What is in this set and not in the other, member by member.</summary>
    public FieldSet Except(FieldSet other)
    {
        var set = new FieldSet();
        foreach ((PathElement element, Node node) in _nodes)
        {
            if (!other._nodes.TryGetValue(element, out Node? its)) set._nodes[element] = node;
            else set.Put(element, node.IsMember && !its.IsMember, node.Children is not null && its.Children is not null ? node.Children.Except(its.Children) : node.Children);
        }

        return set;
    }

    /// <summary>What is in this set and neither in the other nor beneath one of its members.</summary>
    public FieldSet Without(FieldSet other)
    {
        var set = new FieldSet();
        foreach ((PathElement element, Node node) in _nodes)
        {
            if (!other._nodes.TryGetValue(element, out Node? its)) set._nodes[element] = node;
            else if (!its.IsMember) set.Put(element, node.IsMember, node.Children is not null && its.Children is not null ? node.Children.Without(its.Children) : node.Children);
        }

        return set;
    }

    /// <summary>The set with the fields of objects added that have members beneath them.</summary>
    public FieldSet WithNamedParents(ApplySchema? schema)
    {
        var set = new FieldSet();
        foreach ((PathElement element, Node node) in _nodes)
        {
            bool named = node.Children is not null && element.Field is { } name && schema is not null && schema.IsNamed(name);
            set._nodes[element] = new Node { IsMember = node.IsMember || named, Children = node.Children?.WithNamedParents(schema?.Step(element)) };
        }

        return set;
    }

    /// <summary>Every member's path: at each place its own members first, as the server lists conflicts.</summary>
    public IEnumerable<PathElement[]> Paths()
    {
        foreach ((PathElement element, Node node) in _nodes)
        {
            if (node.IsMember) yield return [element];
        }

        foreach ((PathElement element, Node node) in _nodes)
        {
            if (node.Children is null) continue;
            foreach (PathElement[] rest in node.Children.Paths()) yield return [element, .. rest];
        }
    }

    /// <summary>True when a path is a member.</summary>
    public bool Has(ReadOnlySpan<PathElement> path)
    {
        FieldSet? set = this;
        for (int i = 0; i < path.Length - 1; i++)
        {
            set = set?.Beneath(path[i]);
        }

        return set is not null && path.Length > 0 && set.Has(path[^1]);
    }

    /// <summary>As fieldsV1 has it.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        Write(json);
        return json;
    }

    /// <summary>The set of what is beneath an element.</summary>
    public static FieldSet Under(PathElement element, FieldSet children)
    {
        var set = new FieldSet();
        set.Put(element, false, children);
        return set;
    }

    /// <summary>Reads fieldsV1. An element with nothing beneath it is a member.</summary>
    public static FieldSet Parse(JsonObject json)
    {
        var set = new FieldSet();
        foreach ((string text, JsonNode? beneath) in json)
        {
            if (text == "." || PathElement.Parse(text) is not { } element) continue;
            var inner = beneath as JsonObject;
            FieldSet? children = inner is null ? null : Parse(inner);
            bool none = children is null || children._nodes.Count == 0;
            set._nodes[element] = new Node { IsMember = none || inner!.ContainsKey("."), Children = none ? null : children };
        }

        return set;
    }

    private void Write(JsonObject json)
    {
        foreach ((PathElement element, Node node) in _nodes)
        {
            bool both = node.IsMember && node.Children is { IsEmpty: false };
            var beneath = new JsonObject();
            if (both) beneath["."] = new JsonObject();
            node.Children?.Write(beneath);
            if (node.IsMember || beneath.Count > 0) json[element.Text] = beneath;
        }
    }

    private void Put(PathElement element, bool member, FieldSet? children)
    {
        if (children is { IsEmpty: true }) children = null;
        if (member || children is not null) _nodes[element] = new Node { IsMember = member, Children = children };
    }

    private Node At(PathElement element)
    {
        if (_nodes.TryGetValue(element, out Node? node)) return node;
        node = new Node();
        _nodes.Add(element, node);
        return node;
    }

    // Sets share nodes: only Add changes one, and only of a set that is being built.
    private sealed class Node
    {
        public bool IsMember { get; set; }

        public FieldSet? Children { get; set; }
    }
}
