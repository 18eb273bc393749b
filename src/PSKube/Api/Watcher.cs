using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Text.Json;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// One watch, by the rules of client-go's reflector (<c>tools/cache/reflector.go</c>): list, watch from the list's version,
/// go on from the last version that was seen, list anew when the server has forgotten it. It ends only with its reader, or with
/// a refusal that asking again will not change.
/// </summary>
internal sealed class Watcher(KubeClient client, RestClient rest, ICallObserver observer, ResourceKind kind, ListOptions options)
{
    /// <summary>etcd takes objects of 1.5 MB by default; what is longer than this is no event.</summary>
    private const int MaxLine = 64 * 1024 * 1024;

    /// <summary>How often the same version may lead to nothing before we list anew.</summary>
    private const int MaxFruitless = 3;

    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, (string? Namespace, string Name, string? Version)> _known = new(StringComparer.Ordinal);
    private TimeSpan _pause = FirstPause;
    private string? _version;
    private bool _synced;

    private static TimeSpan FirstPause => TimeSpan.FromMilliseconds(800);

    /// <summary>Runs until the caller stops reading.</summary>
    public async IAsyncEnumerable<WatchEvent> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        int fruitless = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (_version is null)
            {
                List<WatchEvent>? changes = await RelistAsync(cancel).ConfigureAwait(false);
                if (changes is null)
                {
                    await PauseAsync(cancel).ConfigureAwait(false);
                    continue;
                }

                foreach (WatchEvent change in changes) yield return change;
                if (!_synced) yield return default;
                _synced = true;
                fruitless = 0;
            }

            long start = Stopwatch.GetTimestamp();
            string? from = _version;
            await foreach (WatchEvent change in FollowAsync(cancel).ConfigureAwait(false)) yield return change;
            TimeSpan lasted = Stopwatch.GetElapsedTime(start);
            if (lasted > Healthy) _pause = FirstPause;
            fruitless = _version is null || _version != from ? 0 : fruitless + 1;
            if (_version is null || lasted > TimeSpan.FromSeconds(1)) continue;
            if (fruitless >= MaxFruitless) _version = null;
            await PauseAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the whole list and tells how it differs from what is known; null when the server cannot be reached for now.</summary>
    private async Task<List<WatchEvent>?> RelistAsync(CancellationToken cancel)
    {
        var changes = new List<WatchEvent>();
        var gone = new HashSet<string>(_known.Keys, StringComparer.Ordinal);
        string? version = null;
        try
        {
            string? next = null;
            do
            {
                using ListPage page = await client.ReadPageAsync(kind, options, next, PageSize, null, cancel).ConfigureAwait(false);
                version ??= page.ResourceVersion;
                foreach ((object? item, KubeException? failure) in page.TakeAll())
                {
                    if (item is null)
                    {
                        changes.Add(new WatchEvent(null, null, failure));
                        continue;
                    }

                    ResourceHeader header = ResourceHeader.Read(item);
                    string key = Key(header);
                    gone.Remove(key);
                    bool old = _known.TryGetValue(key, out (string? Namespace, string Name, string? Version) known);
                    if (old && known.Version == header.ResourceVersion) continue;
                    _known[key] = (header.Namespace, header.Name ?? "", header.ResourceVersion);
                    changes.Add(new WatchEvent(old ? WatchChange.Modified : WatchChange.Added, item, null));
                }

                next = page.Continue;
            }
            while (next is not null);
        }
        catch (KubeException failure) when (failure.ErrorId == "KubeExpired" || (_synced && IsPassing(failure)))
        {
            observer.Verbose($"The list of {kind} broke off: {failure.Message} Trying again.");
            return null;
        }

        foreach (string key in gone)
        {
            (string? ns, string name, _) = _known[key];
            _known.Remove(key);
            changes.Add(new WatchEvent(WatchChange.Deleted, Remembered(key, ns, name), null));
        }

        // A server that names no version can only be watched from "any", which tells everything again; what is known is not.
        _version = version ?? "0";
        return changes;
    }

    /// <summary>One connection of the watch; ends when it does.</summary>
    private async IAsyncEnumerable<WatchEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        RestRequest request = Request(out int seconds);
        RestStream? stream = await OpenAsync(request, TimeSpan.FromSeconds(seconds + 30), cancel).ConfigureAwait(false);
        if (stream is null) yield break;
        await using (stream.ConfigureAwait(false))
        {
            var lines = new LineReader(stream.Content, MaxLine);
            while (await ReadLineAsync(lines, cancel).ConfigureAwait(false) is { } line)
            {
                if (line.Span.Trim((byte)'\r').IsEmpty) continue;
                bool goesOn = Take(line, stream.Sent, out WatchEvent? change);
                if (change is { } told) yield return told;
                if (!goesOn) yield break;
            }
        }
    }

    private async Task<RestStream?> OpenAsync(RestRequest request, TimeSpan idle, CancellationToken cancel)
    {
        try
        {
            return await rest.OpenAsync(request, idle, cancel).ConfigureAwait(false);
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 410)
        {
            Forget();
        }
        catch (KubeException failure) when (IsPassing(failure))
        {
            observer.Warning($"The watch of {kind} is interrupted ({failure.Message.TrimEnd('.')}). It goes on when the server can be reached.");
        }

        return null;
    }

    /// <summary>The next line, or null when the connection is over. Half a line at the end was cut off; what it told will be told again.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadLineAsync(LineReader lines, CancellationToken cancel)
    {
        try
        {
            ReadOnlyMemory<byte>? line = await lines.ReadAsync(cancel).ConfigureAwait(false);
            if (!lines.LineTooLong) return line;
            observer.Warning($"The watch of {kind} got a line of more than {MaxLine / (1024 * 1024)} MB; it begins anew.");
            Forget();
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // However a connection dies (.NET names it in many ways, a cancellation that nobody asked for among them), it has died.
            observer.Verbose($"The connection of the watch of {kind} ended; going on from version {_version}.");
        }

        return null;
    }

    /// <summary>Reads one line; false when the connection is of no more use.</summary>
    private bool Take(ReadOnlyMemory<byte> line, SentSecrets sent, out WatchEvent? change)
    {
        change = null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = ResourceJson.Options.MaxDepth });
        }
        catch (JsonException)
        {
            observer.Verbose($"The watch of {kind} got a line that is no event; asking again from version {_version}.");
            return false;
        }

        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out JsonElement type) || !root.TryGetProperty("object", out JsonElement value) || value.ValueKind != JsonValueKind.Object) return false;
            switch (type.ValueKind == JsonValueKind.String ? type.GetString() : null)
            {
                case "ERROR":
                    Refused(value, sent);
                    return false;
                case "BOOKMARK":
                    _version = Metadata(value, "resourceVersion") ?? _version;
                    return true;
                case "ADDED":
                    change = Changed(value, deleted: false);
                    return true;
                case "MODIFIED":
                    change = Changed(value, deleted: false);
                    return true;
                case "DELETED":
                    change = Changed(value, deleted: true);
                    return true;
                default:
                    return true;
            }
        }
    }

    private WatchEvent? Changed(JsonElement value, bool deleted)
    {
        string? version = Metadata(value, "resourceVersion");
        _version = version ?? _version;
        string? ns = Metadata(value, "namespace");
        string name = Metadata(value, "name") ?? "";
        string key = Metadata(value, "uid") ?? $"{ns}/{name}";
        bool old = _known.TryGetValue(key, out (string? Namespace, string Name, string? Version) known);
        if (deleted ? !old : old && known.Version == version) return null;
        if (deleted) _known.Remove(key);
        else _known[key] = (ns, name, version);
        try
        {
            return new WatchEvent(deleted ? WatchChange.Deleted : old ? WatchChange.Modified : WatchChange.Added, client.Adopt(value, kind), null);
        }
        catch (KubeException failure)
        {
            return new WatchEvent(null, null, failure);
        }
    }

    /// <summary>A Status instead of an object: the version is forgotten, or the server refuses.</summary>
    private void Refused(JsonElement status, SentSecrets sent)
    {
        int code = status.TryGetProperty("code", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value) ? value : 0;
        string reason = Text("reason");
        string message = ServerErrors.Escape(sent.Strike(Text("message")));
        if (code == 410 || reason is "Expired" or "Gone")
        {
            Forget();
            return;
        }

        if (code is 401 or 403 or 404 or 405 or 422)
        {
            var reference = new KubeReference(kind.Kind, options.Namespace, null);
            throw new KubeException(code == 403 ? "KubeForbidden" : code == 401 ? "KubeUnauthorized" : "KubeWatchRefused", code == 403 ? ErrorCategory.PermissionDenied : code == 401 ? ErrorCategory.AuthenticationError : ErrorCategory.InvalidOperation, $"The server ended the watch of {kind}: {message}") { Target = reference };
        }

        observer.Verbose(string.Create(CultureInfo.InvariantCulture, $"The server ended the watch of {kind} ({code} {reason}: {message}); asking again."));

        string Text(string name) => status.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
    }

    private void Forget()
    {
        observer.Verbose($"The server has forgotten version {_version} of {kind}; listing anew.");
        _version = null;
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        TimeSpan pause = _pause * (1 + Random.Shared.NextDouble());
        _pause = _pause * 2 > TimeSpan.FromSeconds(30) ? TimeSpan.FromSeconds(30) : _pause * 2;
        await Task.Delay(pause, cancel).ConfigureAwait(false);
    }

    private RestRequest Request(out int seconds)
    {
        // client-go spreads the ends of watches so that a restarted server is not asked by all at once.
        seconds = Random.Shared.Next(300, 600);
        return new RestRequest(HttpMethod.Get, ApiPath.For(kind, options.Namespace, null, null))
        {
            Target = new KubeReference(kind.Kind, options.Namespace, null),
            Query =
            [
                new("watch", "true"),
                new("allowWatchBookmarks", "true"),
                new("resourceVersion", _version),
                new("timeoutSeconds", seconds.ToString(CultureInfo.InvariantCulture)),
                new("labelSelector", options.LabelSelector),
                new("fieldSelector", options.FieldSelector),
            ],
        };
    }

    /// <summary>Failures that end by themselves: a server that restarts, is overloaded, or a line that is down.</summary>
    internal static bool IsPassing(KubeException failure) => failure switch
    {
        KubeApiException refusal => refusal.StatusCode is 408 or 429 or >= 500,
        _ => failure.Category is ErrorCategory.ConnectionError or ErrorCategory.OperationTimeout or ErrorCategory.InvalidResult,
    };

    /// <summary>An object that went unseen: all that is known of it.</summary>
    private object Remembered(string uid, string? ns, string name)
    {
        var json = new System.Text.Json.Nodes.JsonObject
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Kind,
            ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = name, ["namespace"] = ns, ["uid"] = uid.Contains('/', StringComparison.Ordinal) ? null : uid },
        };
        return client.Adopt(json.Deserialize<JsonElement>(), kind);
    }

    private static string Key(ResourceHeader header) => header.Uid ?? $"{header.Namespace}/{header.Name}";

    private static string? Metadata(JsonElement value, string field) => value.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(field, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private const int PageSize = 500;
}
