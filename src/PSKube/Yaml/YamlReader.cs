using System.Buffers;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using PSKube.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PSKube.Yaml;

/// <summary>One document of a YAML text, as JSON.</summary>
/// <param name="Json">The JSON, UTF-8.</param>
/// <param name="Index">Which document of the text this is, from 0; empty documents do not count.</param>
/// <param name="Line">The line on which its content begins, from 1.</param>
internal sealed record YamlDocument(byte[] Json, int Index, int Line);

/// <summary>
/// YAML to JSON as kubectl does it, straight from the parser's events: no object graph, so no depth, no merge key and no
/// anchor can do more than the limits allow.
/// </summary>
internal sealed class YamlReader
{
    private readonly Parser _parser;
    private readonly string? _source;
    private readonly Dictionary<string, List<ParsingEvent>> _anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly List<List<ParsingEvent>> _recorders = [];
    private readonly Stack<Dictionary<string, Mark>> _keySets = new();
    private int _nodes;
    private int _aliases;

    private YamlReader(TextReader text, string? source)
    {
        _parser = new Parser(new Scanner(text, skipComments: true));
        _source = source;
    }

    /// <summary>Reads every document; empty ones are skipped.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it comes from, for messages; null when it was typed.</param>
    /// <exception cref="KubeException">The text is no YAML, repeats a key, or asks for too much (<c>KubeManifestInvalid</c>, <c>KubeDuplicateKey</c>, <c>KubeManifestTooLarge</c>).</exception>
    public static IEnumerable<YamlDocument> Read(string text, string? source = null)
    {
        if (text.Length > YamlLimits.Characters) throw TooLarge(source, null, $"it is longer than {YamlLimits.Characters / 1024 / 1024} Mi characters");
        using var reader = new StringReader(text);
        foreach (YamlDocument document in new YamlReader(reader, source).ReadAll()) yield return document;
    }

    private IEnumerable<YamlDocument> ReadAll()
    {
        int index = 0;
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        Next();
        while (Next() is DocumentStart)
        {
            _anchors.Clear();
            _nodes = 0;
            _aliases = 0;
            ParsingEvent first = Next();
            bool empty = first is Scalar { Style: ScalarStyle.Plain, Value.Length: 0, Tag.IsEmpty: true };
            int line = (int)first.Start.Line;
            buffer.ResetWrittenCount();
            json.Reset();
            WriteNode(json, first, new Source(this), 0);
            json.Flush();
            ParsingEvent end = Next();
            if (end is not DocumentEnd) throw Invalid(end.Start, "the document goes on after its end");
            if (!empty) yield return new YamlDocument(buffer.WrittenSpan.ToArray(), index++, line);
        }
    }

    /// <summary>Where the next event comes from: the parser, or the recording of an anchor.</summary>
    private sealed class Source(YamlReader reader, List<ParsingEvent>? recording = null)
    {
        private int _at;

        /// <summary>True for the text itself; what is repeated from a recording defines no anchors.</summary>
        public bool IsText => recording is null;

        public ParsingEvent Next() => recording is null ? reader.Next() : recording[_at++];
    }

    private ParsingEvent Next()
    {
        try
        {
            if (!_parser.MoveNext()) throw new KubeException("KubeManifestInvalid", ErrorCategory.ParserError, $"{Where(null)}the text ends too early.") { Target = _source };
        }
        catch (YamlException failure)
        {
            throw Invalid(failure.Start, Reason(failure));
        }

        ParsingEvent current = _parser.Current!;
        foreach (List<ParsingEvent> recorder in _recorders) recorder.Add(current);
        return current;
    }

    private void WriteNode(Utf8JsonWriter json, ParsingEvent start, Source source, int depth)
    {
        if (depth > YamlLimits.Depth) throw TooLarge(_source, start.Start, $"it is nested more than {YamlLimits.Depth} levels deep");
        if (++_nodes > YamlLimits.Nodes) throw TooLarge(_source, start.Start, $"one document holds more than {YamlLimits.Nodes} values");
        string? anchor = source.IsText && start is NodeEvent { Anchor.IsEmpty: false } anchored ? anchored.Anchor.Value : null;
        if (anchor is not null) BeginAnchor(anchor, start);
        switch (start)
        {
            case Scalar scalar:
                WriteScalar(json, scalar);
                break;
            case SequenceStart:
                json.WriteStartArray();
                for (ParsingEvent item = source.Next(); item is not SequenceEnd; item = source.Next()) WriteNode(json, item, source, depth + 1);
                json.WriteEndArray();
                break;
            case MappingStart:
                WriteMapping(json, source, depth);
                break;
            case AnchorAlias alias:
                List<ParsingEvent> recorded = Recorded(alias);
                var replay = new Source(this, recorded);
                WriteNode(json, replay.Next(), replay, depth);
                break;
            default:
                throw Invalid(start.Start, "a value was expected here");
        }

        if (anchor is not null) EndAnchor(anchor);
    }

    private void WriteMapping(Utf8JsonWriter json, Source source, int depth)
    {
        json.WriteStartObject();
        Dictionary<string, Mark> keys = _keySets.TryPop(out Dictionary<string, Mark>? pooled) ? pooled : new(StringComparer.Ordinal);
        List<List<ParsingEvent>>? merges = null;
        for (ParsingEvent key = source.Next(); key is not MappingEnd; key = source.Next())
        {
            if (key is Scalar { Value: "<<", Style: ScalarStyle.Plain })
            {
                (merges ??= []).AddRange(ReadMerge(source));
                continue;
            }

            string name = KeyName(key, source);
            if (!keys.TryAdd(name, key.Start)) throw Duplicate(name, keys[name], key.Start);
            json.WritePropertyName(name);
            WriteNode(json, source.Next(), source, depth + 1);
        }

        // What the mapping says itself comes before what it merges, and an earlier merge before a later one.
        foreach (List<ParsingEvent> merge in merges ?? []) WriteMerged(json, merge, keys, depth);
        json.WriteEndObject();
        keys.Clear();
        _keySets.Push(keys);
    }

    private void WriteMerged(Utf8JsonWriter json, List<ParsingEvent> merge, Dictionary<string, Mark> keys, int depth)
    {
        if (depth > YamlLimits.Depth) throw TooLarge(_source, merge[0].Start, $"it is nested more than {YamlLimits.Depth} levels deep");
        var replay = new Source(this, merge);
        List<List<ParsingEvent>>? inner = null;
        replay.Next();
        for (ParsingEvent key = replay.Next(); key is not MappingEnd; key = replay.Next())
        {
            if (key is Scalar { Value: "<<", Style: ScalarStyle.Plain })
            {
                (inner ??= []).AddRange(ReadMerge(replay));
                continue;
            }

            string name = KeyName(key, replay);
            if (keys.TryAdd(name, key.Start))
            {
                json.WritePropertyName(name);
                WriteNode(json, replay.Next(), replay, depth + 1);
            }
            else
            {
                Skip(replay);
            }
        }

        foreach (List<ParsingEvent> next in inner ?? []) WriteMerged(json, next, keys, depth + 1);
    }

    /// <summary>The mappings that a merge key names: one, or a list of them.</summary>
    private List<List<ParsingEvent>> ReadMerge(Source source)
    {
        ParsingEvent value = source.Next();
        var found = new List<List<ParsingEvent>>();
        if (value is SequenceStart)
        {
            for (ParsingEvent item = source.Next(); item is not SequenceEnd; item = source.Next()) found.Add(Mapping(item, source));
        }
        else
        {
            found.Add(Mapping(value, source));
        }

        return found;
    }

    private List<ParsingEvent> Mapping(ParsingEvent start, Source source)
    {
        if (start is AnchorAlias alias)
        {
            List<ParsingEvent> recorded = Recorded(alias);
            if (recorded[0] is MappingStart) return recorded;
        }
        else if (start is MappingStart)
        {
            var events = new List<ParsingEvent> { start };
            for (int level = 1; level > 0;)
            {
                ParsingEvent next = source.Next();
                if (++_nodes > YamlLimits.Nodes) throw TooLarge(_source, next.Start, $"one document holds more than {YamlLimits.Nodes} values");
                events.Add(next);
                level += next.NestingIncrease;
            }

            return events;
        }

        throw Invalid(start.Start, "a merge key (<<) takes a mapping or a list of mappings");
    }

    private void Skip(Source source)
    {
        int level = 0;
        do
        {
            if (++_nodes > YamlLimits.Nodes) throw TooLarge(_source, null, $"one document holds more than {YamlLimits.Nodes} values");
            level += source.Next().NestingIncrease;
        }
        while (level > 0);
    }

    private string KeyName(ParsingEvent key, Source source)
    {
        if (key is AnchorAlias alias && Recorded(alias) is [Scalar referred, ..]) key = referred;
        if (key is not Scalar scalar) throw Invalid(key.Start, "a key has to be a text");
        if (source.IsText && !scalar.Anchor.IsEmpty) _anchors[scalar.Anchor.Value] = [scalar];
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty) return scalar.Value;
        return YamlScalar.Resolve(scalar.Value, out string number) switch
        {
            YamlScalar.Meaning.True => "true",
            YamlScalar.Meaning.False => "false",
            YamlScalar.Meaning.Number => number,
            YamlScalar.Meaning.Null => throw Invalid(key.Start, "a key is missing, or is null"),
            _ => scalar.Value,
        };
    }

    private void WriteScalar(Utf8JsonWriter json, Scalar scalar)
    {
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        if (tag == "tag:yaml.org,2002:binary") throw Invalid(scalar.Start, "!!binary values are not taken; write the base64 text as a plain string");
        if (scalar.Style != ScalarStyle.Plain && tag is "" or "!" or "tag:yaml.org,2002:str" || tag is "!" or "tag:yaml.org,2002:str")
        {
            json.WriteStringValue(scalar.Value);
            return;
        }

        switch (YamlScalar.Resolve(scalar.Value, out string number))
        {
            case YamlScalar.Meaning.Null:
                json.WriteNullValue();
                break;
            case YamlScalar.Meaning.True:
                json.WriteBooleanValue(true);
                break;
            case YamlScalar.Meaning.False:
                json.WriteBooleanValue(false);
                break;
            case YamlScalar.Meaning.Number:
                json.WriteRawValue(number, skipInputValidation: true);
                break;
            case YamlScalar.Meaning.NotANumber:
                throw Invalid(scalar.Start, $"'{scalar.Value}' is no number that JSON can hold; quote it if it is meant as text");
            default:
                json.WriteStringValue(scalar.Value);
                break;
        }
    }

    private void BeginAnchor(string anchor, ParsingEvent start)
    {
        _open.Add(anchor);
        var recorder = new List<ParsingEvent> { start };
        _anchors[anchor] = recorder;
        if (start is not Scalar) _recorders.Add(recorder);
    }

    private void EndAnchor(string anchor)
    {
        _open.Remove(anchor);
        _recorders.Remove(_anchors[anchor]);
    }

    private List<ParsingEvent> Recorded(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out List<ParsingEvent>? recorded)) throw Invalid(alias.Start, $"the anchor &{name} is not defined before this alias");
        if (_open.Contains(name)) throw Invalid(alias.Start, $"the anchor &{name} contains itself");
        if (++_aliases > YamlLimits.Aliases) throw TooLarge(_source, alias.Start, $"one document follows more than {YamlLimits.Aliases} aliases");
        return recorded;
    }

    private static string Reason(YamlException failure)
    {
        string message = failure.Message;
        // The position stands in our own message.
        int at = message.IndexOf("): ", StringComparison.Ordinal);
        if (message.StartsWith('(') && at > 0) message = message[(at + 3)..];
        return char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
    }

    private KubeException Invalid(Mark mark, string reason) => new("KubeManifestInvalid", ErrorCategory.ParserError, $"{Where(mark)}{reason}.")
    {
        Target = _source,
        RecommendedAction = "Correct the YAML at that place.",
    };

    private KubeException Duplicate(string key, Mark first, Mark second)
    {
        return new KubeException("KubeDuplicateKey", ErrorCategory.ParserError, string.Create(CultureInfo.InvariantCulture, $"{Where(second)}the key '{key}' stands twice in one mapping; the first is at line {first.Line}, column {first.Column}."))
        {
            Target = _source,
            RecommendedAction = "Remove one of the two.",
        };
    }

    private static KubeException TooLarge(string? source, Mark? mark, string reason) => new("KubeManifestTooLarge", ErrorCategory.LimitsExceeded, $"{Where(source, mark)}the YAML is refused: {reason}.") { Target = source };

    private string Where(Mark? mark) => Where(_source, mark);

    private static string Where(string? source, Mark? mark)
    {
        string place = source ?? "YAML";
        return mark is { } at ? string.Create(CultureInfo.InvariantCulture, $"{place}, line {at.Line}, column {at.Column}: ") : $"{place}: ";
    }
}
