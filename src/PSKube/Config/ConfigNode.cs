using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PSKube.Config;

/// <summary>What a kubeconfig node is.</summary>
internal enum ConfigNodeKind
{
    Scalar,
    List,
    Map,
}

/// <summary>
/// One node of a kubeconfig, with its place in the text so that a change can be made there and nowhere else. Built from
/// parser events in a loop: neither depth nor size of a hostile file can exhaust the stack or the memory.
/// </summary>
internal sealed class ConfigNode
{
    /// <summary>The size that a kubeconfig may have; the largest real ones carry some hundred clusters in well under 1 MiB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int MaxDepth = 50;
    private const int MaxExpandedNodes = 100_000;

    private readonly List<ConfigNode> _items = [];
    private readonly List<(ConfigNode Key, ConfigNode Value)> _entries = [];

    private ConfigNode(ConfigNodeKind kind, NodeEvent source)
    {
        Kind = kind;
        Start = (int)source.Start.Index;
        End = (int)source.End.Index;
        Line = (int)source.Start.Line;
        Column = (int)source.Start.Column;
    }

    public ConfigNodeKind Kind { get; }

    /// <summary>The place of a scalar in the text; of a list or map only the start is meaningful.</summary>
    public int Start { get; }

    public int End { get; }

    public int Line { get; }

    public int Column { get; }

    /// <summary>True for <c>{ … }</c> and <c>[ … ]</c>, which JSON files are made of.</summary>
    public bool IsFlow { get; private init; }

    public string Text { get; private init; } = "";

    public bool IsPlain { get; private init; }

    public IReadOnlyList<ConfigNode> Items => _items;

    public IReadOnlyList<(ConfigNode Key, ConfigNode Value)> Entries => _entries;

    /// <summary>True for an absent value: <c>key:</c>, <c>~</c> and <c>null</c>.</summary>
    public bool IsNull => Kind == ConfigNodeKind.Scalar && IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Reads the first document of a text; null when there is none.</summary>
    /// <exception cref="ConfigSyntaxException">The text is not YAML, or is nested too deep.</exception>
    public static ConfigNode? Parse(string text)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            return Build(parser);
        }
        catch (YamlException error)
        {
            // Where reading ended, which is nearer to the fault than where the broken value began.
            throw new ConfigSyntaxException(error.Message, error.End.Line, error.End.Column);
        }
        catch (Exception error) when (error is not ConfigSyntaxException and not OutOfMemoryException)
        {
            // The parser has other words too: for a document's end (...) in the middle of a key, for a tag that is no address.
            Mark end = parser.Current?.End ?? Mark.Empty;
            throw new ConfigSyntaxException("The text goes on where it cannot.", end.Line, end.Column);
        }
    }

    /// <summary>The value under a key, exact case; null when it is absent or null.</summary>
    public ConfigNode? Get(string key)
    {
        foreach ((ConfigNode name, ConfigNode value) in _entries)
        {
            if (name.Kind == ConfigNodeKind.Scalar && name.Text == key) return value.IsNull ? null : value;
        }

        return null;
    }

    /// <summary>The node as JSON, with the scalar types of YAML 1.1 that kubectl knows.</summary>
    public JsonNode? ToJson()
    {
        int budget = MaxExpandedNodes;
        return ToJson(ref budget, 0);
    }

    private static ConfigNode? Build(Parser parser)
    {
        var open = new Stack<(ConfigNode Node, ConfigNode? Key, string? Anchor)>();
        var anchors = new Dictionary<string, ConfigNode>(StringComparer.Ordinal);
        while (parser.MoveNext())
        {
            ConfigNode? done = null;
            switch (parser.Current)
            {
                case MappingStart start:
                    Open(new ConfigNode(ConfigNodeKind.Map, start) { IsFlow = start.Style == MappingStyle.Flow }, start);
                    break;
                case SequenceStart start:
                    Open(new ConfigNode(ConfigNodeKind.List, start) { IsFlow = start.Style == SequenceStyle.Flow }, start);
                    break;
                case Scalar scalar:
                    done = new ConfigNode(ConfigNodeKind.Scalar, scalar) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
                    if (!scalar.Anchor.IsEmpty) anchors[scalar.Anchor.Value] = done;
                    break;
                case AnchorAlias alias:
                    // Not named: a password may begin with a star, too. An anchor is known once its node is complete, so no node can contain itself.
                    if (!anchors.TryGetValue(alias.Value.Value, out done)) throw new ConfigSyntaxException("An alias stands for nothing that comes before it; a text that begins with * has to be in quotes.", alias.Start.Line, alias.Start.Column);
                    break;
                case MappingEnd or SequenceEnd:
                    (done, ConfigNode? _, string? anchor) = open.Pop();
                    if (anchor is not null) anchors[anchor] = done;
                    break;
                case DocumentEnd:
                    return null;
            }

            if (done is null) continue;
            if (open.Count == 0) return done;
            Add(done);
        }

        return null;

        void Open(ConfigNode node, NodeEvent source)
        {
            if (open.Count == MaxDepth) throw new ConfigSyntaxException($"The file is nested more than {MaxDepth} levels deep.", source.Start.Line, source.Start.Column);
            open.Push((node, null, source.Anchor.IsEmpty ? null : source.Anchor.Value));
        }

        void Add(ConfigNode child)
        {
            (ConfigNode parent, ConfigNode? key, string? anchor) = open.Peek();
            if (parent.Kind == ConfigNodeKind.List)
            {
                parent._items.Add(child);
                return;
            }

            open.Pop();
            if (key is not null) parent._entries.Add((key, child));
            open.Push((parent, key is null ? child : null, anchor));
        }
    }

    private JsonNode? ToJson(ref int budget, int depth)
    {
        // Aliases share nodes, so the expanded form may be far larger (and deeper) than the file.
        // A long text counts for more than one value.
        budget -= 1 + (Text.Length / 64);
        if (budget < 0 || depth > MaxDepth) throw new ConfigSyntaxException("The value grows too large when its aliases are expanded.", Line, Column);
        if (Kind == ConfigNodeKind.Scalar) return ScalarToJson();
        if (Kind == ConfigNodeKind.List)
        {
            var array = new JsonArray();
            foreach (ConfigNode item in _items) array.Add(item.ToJson(ref budget, depth + 1));
            return array;
        }

        var map = new JsonObject();
        foreach ((ConfigNode key, ConfigNode value) in _entries) map[key.Text] = value.ToJson(ref budget, depth + 1);
        return map;
    }

    private JsonValue? ScalarToJson()
    {
        if (!IsPlain) return JsonValue.Create(Text);
        if (IsNull) return null;
        return Text switch
        {
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
            _ when long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
            _ when char.IsAsciiDigit(Text[^1]) && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) => JsonValue.Create(real),
            _ => JsonValue.Create(Text),
        };
    }
}

/// <summary>A kubeconfig that cannot be read, with the place where reading ended.</summary>
internal sealed class ConfigSyntaxException(string message, long line, long column) : Exception(message)
{
    public long Line { get; } = line;

    public long Column { get; } = column;
}
