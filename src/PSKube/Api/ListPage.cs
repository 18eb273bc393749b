using System.Management.Automation;
using System.Text.Json;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// One page of a list, whose objects are read from its body as they are taken: a page of large objects is never in memory as
/// objects, and its first one is there before the last is read. Not for two threads at once. Dispose it to give the body back.
/// </summary>
internal sealed class ListPage : IDisposable
{
    private readonly ResourceKind _kind;
    private readonly Type? _type;
    private readonly ClusterConfig _cluster;
    private RestReply? _reply;
    private KubeException? _broken;
    private JsonReaderState _state;
    private int _at;

    private ListPage(RestReply reply, ResourceKind kind, ClusterConfig cluster)
    {
        _reply = reply;
        _kind = kind;
        _type = ResourceJson.ModelType(kind);
        _cluster = cluster;
    }

    /// <summary>What to ask the next page with; null on the last one.</summary>
    public string? Continue { get; private set; }

    /// <summary>The moment that the list shows, from which a watch can go on; null when the server did not say.</summary>
    public string? ResourceVersion { get; private set; }

    /// <summary>How many bytes the page has.</summary>
    public int Length { get; private init; }

    /// <summary>True when all has been read.</summary>
    public bool IsRead => _reply is null && _broken is null;

    /// <summary>Reads what a list reply says of itself, up to its first object where the server says it first, as all known ones do.</summary>
    /// <exception cref="KubeException">The body is no list (<c>KubeResponseInvalid</c>); it has been disposed of.</exception>
    public static ListPage Open(RestReply reply, ResourceKind kind, ClusterConfig cluster)
    {
        var page = new ListPage(reply, kind, cluster) { Length = reply.Bytes.Length };
        try
        {
            page.ReadHead();
            return page;
        }
        catch (Exception failure)
        {
            page.Dispose();
            if (failure is JsonException or InvalidOperationException) throw page.Invalid();
            throw;
        }
    }

    /// <summary>Reads the next objects, apiVersion and kind stamped; none when there are no more. One that cannot be read is a failure that names it, and costs no other.</summary>
    /// <exception cref="KubeException">The body is broken behind what has been read (<c>KubeResponseInvalid</c>).</exception>
    public List<ListItem> Take(int count)
    {
        var items = new List<ListItem>();
        try
        {
            while (items.Count < count && _reply is not null && Next(_reply.Bytes.Span, out Range place))
            {
                if (Read(_reply.Bytes.Span[place]) is { } item) items.Add(item);
            }
        }
        catch (JsonException)
        {
            Dispose();
            _broken = Invalid();
        }

        // What was read before it is right, and comes first.
        if (_broken is not null && items.Count == 0) throw _broken;
        return items;
    }

    /// <summary>Reads what is left of the objects.</summary>
    /// <exception cref="KubeException">As <see cref="Take"/>.</exception>
    public IEnumerable<ListItem> TakeAll()
    {
        while (!IsRead)
        {
            foreach (ListItem item in Take(64)) yield return item;
        }
    }

    /// <summary>Reads what is left, and gives those objects as the server wrote them that have one of these names.</summary>
    /// <exception cref="KubeException">The body is broken (<c>KubeResponseInvalid</c>).</exception>
    public List<(string Name, byte[] Json)> TakeJson(IReadOnlySet<string> names)
    {
        var found = new List<(string, byte[])>();
        try
        {
            while (_reply is not null && Next(_reply.Bytes.Span, out Range place))
            {
                using JsonDocument document = JsonDocument.Parse(_reply.Bytes[place], new JsonDocumentOptions { MaxDepth = ResourceJson.Options.MaxDepth });
                if (MetadataField(document.RootElement, "name") is { } name && names.Contains(name)) found.Add((name, _reply.Bytes[place].ToArray()));
            }

            return found;
        }
        catch (JsonException)
        {
            Dispose();
            throw Invalid();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reply?.Dispose();
        _reply = null;
    }

    /// <summary>The failure of one object that the model cannot take; names it and the place, never its content.</summary>
    public static KubeException Unreadable(JsonElement element, ResourceKind kind, Exception failure)
    {
        var reference = new KubeReference(kind.Kind, MetadataField(element, "namespace"), MetadataField(element, "name"));
        string place = failure is JsonException { Path: { } path } ? $" at {path}" : "";
        return new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, $"{reference} cannot be read{place}: a value there does not fit the kind.") { Target = reference };
    }

    private static string? MetadataField(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object ? Field(metadata, name) : null;

    private static JsonReaderOptions ReaderOptions => new() { MaxDepth = ResourceJson.Options.MaxDepth };

    private KubeException Invalid() => new("KubeResponseInvalid", ErrorCategory.InvalidResult, $"The server's list of {_kind} is not valid JSON.") { Target = new KubeReference(_kind.Kind, null, null) };

    private void ReadHead()
    {
        ReadOnlySpan<byte> body = _reply!.Bytes.Span;
        var reader = new Utf8JsonReader(body, isFinalBlock: true, new JsonReaderState(ReaderOptions));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        bool described = false;
        bool found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool items = reader.ValueTextEquals("items"u8);
            bool metadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (items && reader.TokenType == JsonTokenType.StartArray)
            {
                _state = reader.CurrentState;
                _at = (int)reader.BytesConsumed;
                found = true;
                if (described) return;
            }
            else if (metadata && reader.TokenType == JsonTokenType.StartObject)
            {
                using JsonDocument list = JsonDocument.ParseValue(ref reader);
                Continue = Field(list.RootElement, "continue") is { Length: > 0 } next ? next : null;
                ResourceVersion = Field(list.RootElement, "resourceVersion");
                described = true;
                // Behind the objects: they are read from where they were seen.
                if (found) return;
                continue;
            }

            reader.Skip();
        }

        // "items" is null or missing where a list is empty.
        if (!found) Dispose();
    }

    private static string? Field(JsonElement metadata, string name) => metadata.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Finds the next object; behind the last one gives the body back.</summary>
    private bool Next(ReadOnlySpan<byte> body, out Range place)
    {
        place = default;
        var reader = new Utf8JsonReader(body[_at..], isFinalBlock: true, _state);
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            // A body that goes wrong behind its last object may have lost some.
            while (reader.Read())
            {
            }

            Dispose();
            return false;
        }

        int start = _at + (int)reader.TokenStartIndex;
        reader.Skip();
        _at += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
        place = start.._at;
        return true;
    }

    /// <summary>Reads one object; null for a null.</summary>
    private ListItem? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            if (json is [(byte)'n', ..]) return null;
            object item;
            if (_type is not null)
            {
                item = ResourceJson.Decode(json, _type, _kind.ApiVersion, _kind.Kind);
            }
            else
            {
                var reader = new Utf8JsonReader(json, ReaderOptions);
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                item = ResourceJson.ToPSObject(document.RootElement, _kind.ApiVersion, _kind.Kind);
            }

            ResourceOrigin.Set(item, _cluster);
            return new ListItem(item, null);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return new ListItem(null, Unreadable(document.RootElement, _kind, failure));
        }
    }
}
