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
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Parser _parser;
    private readonly string? _source;
    private readonly Dictionary<string, List<ParsingEvent>> _anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly List<List<ParsingEvent>> _recorders = [];
    private readonly Stack<Dictionary<string, Mark>> _keySets = new();
    private readonly ArrayBufferWriter<byte> _json = new(4096);
    private int _index;
    private int _nodes;
    private int _aliases;
    private int _recorded;
    private int _repeated;
    private bool _broken;

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
        foreach ((YamlDocument? document, KubeException? failure) in ReadEach(text, source)) yield return document ?? throw failure!;
    }

    /// <summary>Reads every document; what is wrong within one (a key twice, a value that JSON has no place for) costs only that one.</summary>
    public static IEnumerable<(YamlDocument? Document, KubeException? Failure)> ReadEach(string text, string? source = null)
    {
        if (text.Length > YamlLimits.Characters)
        {
            yield return (null, TooLarge(source, null, $"it is longer than {YamlLimits.Characters / 1024 / 1024} Mi characters"));
            yield break;
        }

        // A mark at the beginning belongs to a file's encoding, wherever the text has been since.
        using var reader = new StringReader(text.Length > 0 && text[0] == '\uFEFF' ? text[1..] : text);
        var documents = new YamlReader(reader, source);
        while (documents.TryReadNext(out YamlDocument? document, out KubeException? failure))
        {
            if (document is not null || failure is not null) yield return (document, failure);
            if (documents._broken) yield break;
        }
    }

    /// <summary>Reads the next document; false at the end. An empty one gives neither a document nor a failure.</summary>
    private bool TryReadNext(out YamlDocument? document, out KubeException? failure)
    {
        document = null;
        failure = null;
        try
        {
            ParsingEvent begin = Next();
            if (begin is StreamStart) begin = Next();
            if (begin is not DocumentStart) return false;
            document = ReadDocument();
            return true;
        }
        catch (KubeException fault)
        {
            failure = fault;
            if (!_broken) SkipDocument(ref failure);
            return true;
        }
    }

    private YamlDocument? ReadDocument()
    {
        _anchors.Clear();
        _open.Clear();
        _recorders.Clear();
        _nodes = 0;
        _aliases = 0;
        _recorded = 0;
        _repeated = 0;
        ParsingEvent first = Next();
        bool empty = first is Scalar { Style: ScalarStyle.Plain, Tag.IsEmpty: true, Value: "" or "null" or "~" };
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json, WriterOptions)) WriteNode(json, first, new Source(this), 0);
        ParsingEvent end = Next();
        if (end is not DocumentEnd) throw Invalid(end.Start, "the document goes on after its end");
        return empty ? null : new YamlDocument(_json.WrittenSpan.ToArray(), _index++, (int)first.Start.Line);
    }

    /// <summary>Goes on behind a document that cannot be read.</summary>
    private void SkipDocument(ref KubeException? failure)
    {
        try
        {
            _index++;
            _recorders.Clear();
            int level = 0;
            while (_parser.Current is not DocumentEnd)
            {
                level += Next().NestingIncrease;
                // The parser's time grows with the square of the depth; whoever goes as deep as this means harm.
                if (level <= 2 * YamlLimits.Depth) continue;
                _broken = true;
                return;
            }
        }
        catch (KubeException)
        {
            // The text itself is broken further on; the first fault is the one to tell.
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
            if (!_parser.MoveNext())
            {
                _broken = true;
                throw new KubeException("KubeManifestInvalid", ErrorCategory.ParserError, $"{Where(null)}the text ends too early.") { Target = _source };
            }
        }
        catch (YamlException failure)
        {
            _broken = true;
            throw Invalid(failure.Start, Reason(failure));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The parser has other words too: for a document's end (...) in the middle of a key, for a tag that is no address.
            _broken = true;
            throw Invalid(_parser.Current?.End ?? Mark.Empty, "the text goes on where it cannot");
        }

        ParsingEvent current = _parser.Current!;
        // What stands in several anchors is held by each of them.
        if ((_recorded += _recorders.Count) > YamlLimits.Recorded) throw TooLarge(_source, current.Start, $"its anchors hold more than {YamlLimits.Recorded} values");
        foreach (List<ParsingEvent> recorder in _recorders) recorder.Add(current);
        return current;
    }

    private void WriteNode(Utf8JsonWriter json, ParsingEvent start, Source source, int depth)
    {
        if (depth > YamlLimits.Depth) throw TooLarge(_source, start.Start, $"it is nested more than {YamlLimits.Depth} levels deep");
        if (++_nodes > YamlLimits.Nodes) throw TooLarge(_source, start.Start, $"one document holds more than {YamlLimits.Nodes} values");
        string? anchor = source.IsText && start is NodeEvent { Anchor.IsEmpty: false } anchored ? anchored.Anchor.Value : null;
        List<ParsingEvent>? recorder = anchor is null ? null : BeginAnchor(anchor, start);
        switch (start)
        {
            case Scalar scalar:
                if (!source.IsText) Repeat(scalar);
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

        if (anchor is not null) EndAnchor(anchor, recorder!);
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
        if (!source.IsText) Repeat(scalar);
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

    /// <summary>A few aliases of a long text grow as large as many of a short one.</summary>
    private void Repeat(Scalar scalar)
    {
        if ((_repeated += scalar.Value.Length) > YamlLimits.Repeated) throw TooLarge(_source, scalar.Start, $"its aliases repeat more than {YamlLimits.Repeated / 1024 / 1024} Mi characters");
    }

    private List<ParsingEvent> BeginAnchor(string anchor, ParsingEvent start)
    {
        _open.Add(anchor);
        var recorder = new List<ParsingEvent> { start };
        _anchors[anchor] = recorder;
        if (start is not Scalar) _recorders.Add(recorder);
        return recorder;
    }

    /// <summary>Ends the recording that the anchor began; by now its name may be another one's.</summary>
    private void EndAnchor(string anchor, List<ParsingEvent> recorder)
    {
        _open.Remove(anchor);
        _recorders.Remove(recorder);
    }

    private List<ParsingEvent> Recorded(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        // Not named: a password that nobody has put in quotes may begin with a star, too.
        if (!_anchors.TryGetValue(name, out List<ParsingEvent>? recorded)) throw Invalid(alias.Start, "this alias stands for no anchor before it; a text that begins with * has to be in quotes");
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
