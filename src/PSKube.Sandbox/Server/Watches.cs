using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>Answers watches: what changes, as one JSON document per line, until the client goes or its time is up.</summary>
internal sealed class Watches(ObjectStore store)
{
    private static readonly TimeSpan s_bookmarkEvery = TimeSpan.FromSeconds(60);

    /// <summary>One watch request.</summary>
    /// <exception cref="StatusException">It cannot be read (400), or begins at a version that the store has not reached (504).</exception>
    public ApiResponse Answer(ServedResource served, string? ns, ApiRequest request, string? name)
    {
        LabelQuery labels = LabelQuery.Parse(request["labelSelector"]);
        FieldQuery fields = FieldQuery.Parse(request["fieldSelector"], served.Resource);
        string given = request["resourceVersion"] ?? "";
        long from = 0;
        if (given.Length > 0 && (!long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from < 0)) throw Refusals.BadRequest($"resourceVersion: Invalid value: \"{given}\": strconv.ParseUint: parsing \"{given}\": invalid syntax");
        if (from > store.Version) throw new StatusException(504, "Timeout", string.Create(CultureInfo.InvariantCulture, $"Too large resource version: {from}, current: {store.Version}"));
        TimeSpan limit = request["timeoutSeconds"] is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out int seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(30);
        bool bookmarks = request.IsSet("allowWatchBookmarks");
        bool partial = Lists.IsPartial(request.Accept, "PartialObjectMetadata");
        bool IsWanted(StoredObject one) => (ns is null || one.Namespace == ns) && (name is null || one.Name == name) && labels.Matches(one.Labels) && fields.Matches(one);
        return new ApiResponse { Stream = (stream, cancel) => RunAsync(served, from, limit, bookmarks, partial, IsWanted, stream, cancel) };
    }

    private async Task RunAsync(ServedResource served, long from, TimeSpan limit, bool bookmarks, bool partial, Func<StoredObject, bool> isWanted, Stream stream, CancellationToken cancel)
    {
        var changes = Channel.CreateUnbounded<StoreEvent>(new UnboundedChannelOptions { SingleReader = true });
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(limit);
        StoredObject[] present = [];
        StoreEvent[] past = [];
        bool expired = false;
        IDisposable listening;
        long last;
        lock (store.Gate)
        {
            last = store.Version;
            if (from == 0) present = store.List(served.Resource);
            else if (from < store.Oldest) expired = true;
            else past = store.Since(from);
            listening = store.Listen(change =>
            {
                if (change.Object.Resource == served.Resource) changes.Writer.TryWrite(change);
            });
        }

        using (listening)
        {
            if (expired)
            {
                var error = new StatusException(410, "Expired", string.Create(CultureInfo.InvariantCulture, $"too old resource version: {from} ({store.Oldest})"));
                await WriteAsync(stream, "ERROR", JsonSerializer.SerializeToUtf8Bytes(error.ToStatus()), cancel).ConfigureAwait(false);
                return;
            }

            foreach (StoredObject one in present)
            {
                if (isWanted(one)) await WriteAsync(stream, "ADDED", Shown(served, one, partial), cancel).ConfigureAwait(false);
            }

            foreach (StoreEvent change in past)
            {
                if (change.Object.Resource == served.Resource) await TellAsync(served, change, isWanted, partial, stream, cancel).ConfigureAwait(false);
            }

            // The headers must reach the client although nothing happens yet.
            await stream.FlushAsync(cancel).ConfigureAwait(false);
            try
            {
                while (true)
                {
                    using var pause = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
                    pause.CancelAfter(s_bookmarkEvery);
                    try
                    {
                        StoreEvent change = await changes.Reader.ReadAsync(pause.Token).ConfigureAwait(false);
                        last = change.Version;
                        await TellAsync(served, change, isWanted, partial, stream, cancel).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (!deadline.IsCancellationRequested)
                    {
                        if (bookmarks) await BookmarkAsync(served, last, stream, cancel).ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                if (bookmarks) await BookmarkAsync(served, last, stream, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A change as this watch sees it: what no longer meets its selector is gone, what meets it now is new.</summary>
    private static Task TellAsync(ServedResource served, StoreEvent change, Func<StoredObject, bool> isWanted, bool partial, Stream stream, CancellationToken cancel)
    {
        bool was = change.Previous is not null && isWanted(change.Previous);
        bool has = change.Type != StoreEventType.Deleted && isWanted(change.Object);
        string? type = (was, has) switch { (false, true) => "ADDED", (true, true) => "MODIFIED", (true, false) => "DELETED", _ => null };
        return type is null ? Task.CompletedTask : WriteAsync(stream, type, Shown(served, change.Object, partial), cancel);
    }

    private static Task BookmarkAsync(ServedResource served, long version, Stream stream, CancellationToken cancel)
    {
        var bookmark = new JsonObject
        {
            ["kind"] = served.Resource.Kind,
            ["apiVersion"] = served.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
        };
        return WriteAsync(stream, "BOOKMARK", JsonSerializer.SerializeToUtf8Bytes(bookmark), cancel);
    }

    private static ReadOnlyMemory<byte> Shown(ServedResource served, StoredObject one, bool partial) => partial ? JsonSerializer.SerializeToUtf8Bytes(Lists.Partial(one.Parse())) : Lists.Shown(served, one);

    private static async Task WriteAsync(Stream stream, string type, ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        byte[] head = Encoding.ASCII.GetBytes($$"""{"type":"{{type}}","object":""");
        byte[] line = new byte[head.Length + json.Length + 2];
        head.CopyTo(line, 0);
        json.CopyTo(line.AsMemory(head.Length));
        line[^2] = (byte)'}';
        line[^1] = (byte)'\n';
        await stream.WriteAsync(line, cancel).ConfigureAwait(false);
        await stream.FlushAsync(cancel).ConfigureAwait(false);
    }
}
