using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Patching;

/// <summary>A field that an applier would change and somebody else owns.</summary>
/// <param name="With">Who owns it.</param>
/// <param name="Path">The field.</param>
internal sealed record Conflict(ManagerId With, PathElement[] Path)
{
    /// <summary>The field as messages have it.</summary>
    public string Printed => string.Concat<PathElement>(Path);
}

/// <summary>How ownership moves when an object changes.</summary>
/// <remarks>structured-merge-diff's <c>merge/update.go</c>. All owners wrote in one version here, so nothing is converted.</remarks>
/// <param name="typed">The operations on typed objects.</param>
/// <param name="schema">The schema of the object.</param>
/// <param name="minor">The minor version of the server that is played.</param>
internal sealed class OwnershipState(TypedOperations typed, ApplySchema schema, int minor)
{
    /// <summary>Until 1.21 who owned a map or list without its items was taken to own them all (pull request 192).</summary>
    private const int KeepsEmptySince = 22;

    /// <summary>Since 1.21 removing an object removes what is in it (pull request 184).</summary>
    private const int RemovesObjectsSince = 21;

    /// <summary>Who owns what after an update: what has changed or gone is nobody's.</summary>
    public ManagedFields Update(JsonObject live, FieldComparison comparison, ManagedFields managed)
    {
        ManagedFields owners = Reconcile(live, managed);
        FieldSet taken = comparison.Modified.Union(comparison.Added).Union(comparison.Removed);
        if (!taken.IsEmpty) TakeFrom(owners, owners.Ids, taken);
        return owners;
    }

    /// <summary>The object and its owners after an apply, and the fields that the applier took from others in doing so.</summary>
    public (JsonObject Merged, ManagedFields Owners, IReadOnlyList<Conflict> Conflicts) Apply(JsonObject live, JsonObject document, FieldSet own, ManagedFields managed, ManagerId id, string version)
    {
        ManagedFields owners = Reconcile(live, managed);
        FieldSet? last = owners[id]?.Set;
        owners[id] = new ManagedEntry(own, version, null);
        JsonObject merged = Prune(typed.Merge(schema, live, document), owners, last);
        FieldComparison comparison = FieldComparison.Of(schema, live, merged);
        FieldSet changed = comparison.Modified.Union(comparison.Added);
        List<ManagerId> others = [.. owners.Ids.Where(other => other != id)];
        List<Conflict> conflicts = [];
        foreach (ManagerId other in others)
        {
            conflicts.AddRange(owners[other]!.Set.Intersect(changed).Paths().Select(path => new Conflict(other, path)));
        }

        TakeFrom(owners, others, changed.Union(comparison.Removed));
        return (merged, owners, conflicts);
    }

    private static void TakeFrom(ManagedFields owners, IReadOnlyCollection<ManagerId> ids, FieldSet fields)
    {
        foreach (ManagerId id in ids)
        {
            ManagedEntry entry = owners[id]!;
            owners[id] = entry with { Set = entry.Set.Except(fields) };
        }
    }

    /// <summary>Removes what the applier applied last time and not this time, unless somebody else owns it.</summary>
    private JsonObject Prune(JsonObject merged, ManagedFields owners, FieldSet? last)
    {
        if (last is null || last.IsEmpty) return merged;
        JsonObject pruned = TypedOperations.Remove(schema, merged, Named(last));
        FieldSet mergedSet = Named(typed.Fields(schema, merged));
        // What an owner claims comes back …
        FieldSet claimed = owners.Ids.Aggregate(new FieldSet(), (all, id) => all.Union(owners[id]!.Set));
        pruned = TypedOperations.Remove(schema, merged, mergedSet.Except(Named(typed.Fields(schema, pruned)).Union(Named(claimed))));
        // … and so does what the applier never owned.
        FieldSet gone = mergedSet.Except(Named(typed.Fields(schema, pruned)));
        return TypedOperations.Remove(schema, merged, gone.Intersect(Named(last)));
    }

    private FieldSet Named(FieldSet set) => minor >= RemovesObjectsSince ? set.WithNamedParents(schema) : set;

    private ManagedFields Reconcile(JsonObject live, ManagedFields managed)
    {
        ManagedFields owners = managed.Copy();
        if (minor >= KeepsEmptySince) return owners;
        FieldSet? all = null;
        foreach (ManagerId id in owners.Ids)
        {
            ManagedEntry entry = owners[id]!;
            FieldSet more = Contents(schema, entry.Set, () => all ??= typed.Fields(schema, live));
            if (!more.IsEmpty) owners[id] = entry with { Set = entry.Set.Union(more) };
        }

        return owners;
    }

    /// <summary>The contents of the maps and lists that a set has without their contents.</summary>
    private static FieldSet Contents(ApplySchema schema, FieldSet set, Func<FieldSet?> live)
    {
        var more = new FieldSet();
        foreach ((PathElement element, bool member, FieldSet? children) in set.Elements)
        {
            if (schema.Step(element) is not { } inner || inner.Kind is ApplyKind.Scalar or ApplyKind.Deduced || inner.Rule.Shape == Schema.MergeShape.Atomic) continue;
            FieldSet? beneath = children is not null ? Contents(inner, children, () => live()?.Beneath(element)) : member ? live()?.Beneath(element) : null;
            if (beneath is { IsEmpty: false }) more = more.Union(FieldSet.Under(element, beneath));
        }

        return more;
    }
}
