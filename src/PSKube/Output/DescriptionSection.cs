namespace PSKube.Output;

/// <summary>One part of a description: a name with a value, with rows below it, or both.</summary>
public sealed class DescriptionSection
{
    internal DescriptionSection(string? name, string? value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>What kubectl writes before the colon, for example <c>Labels</c>; null for a line without a name.</summary>
    public string? Name { get; }

    /// <summary>The value as the server has it, control characters included; null when there are only rows. Several values are one a line here, and one a row below.</summary>
    public string? Value { get; internal set; }

    /// <summary>What stands below: sections, or the rows of a table with one property for each column.</summary>
    public IReadOnlyList<object> Rows => Items;

    /// <summary>Where the writer puts the rows.</summary>
    internal List<object> Items { get; } = [];

    /// <summary>The name and the value on one line, safe for a terminal.</summary>
    public override string ToString() => Api.ServerErrors.Escape(string.Join(": ", new[] { Name, Value }.Where(part => !string.IsNullOrEmpty(part))));
}
