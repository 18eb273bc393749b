using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Commands;
using PSKube.Commands.Clusters;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>What a cmdlet says to a cluster: one method per thing that can be done to objects of any kind.</summary>
internal sealed class KubeClient
{
    /// <summary>kubectl's chunk size.</summary>
    internal const int PageSize = 500;

    /// <summary>Less, since the first object waits for the whole first page.</summary>
    private const int FirstPageSize = 250;

    /// <summary>How often an apply looks anew at an object that others keep changing, before it tells the conflict.</summary>
    private const int MaxAdoptions = 5;

    private readonly ApiConnection _connection;
    private readonly RestClient _rest;
    private readonly ICallObserver _observer;

    /// <summary>A client for one command.</summary>
    public KubeClient(ApiConnection connection, ICallObserver observer, TimeSpan timeout, string defaultNamespace)
    {
        _connection = connection;
        _observer = observer;
        _rest = connection.Rest(observer, timeout);
        DefaultNamespace = defaultNamespace;
        Timeout = timeout;
    }

    /// <summary>Which cluster, and as whom.</summary>
    public ClusterConfig Cluster => _connection.Config;

    /// <summary>How long a request may take until its answer begins, and an answer may fall silent.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>When the server's certificate runs out, UTC; null without TLS.</summary>
    public DateTime? ServerCertificateEnds => _connection.Config.Seen.CertificateEnds;

    /// <summary>The namespace of commands that name none: the command's own, else the session's choice, else the context's, else <c>default</c>.</summary>
    public string DefaultNamespace { get; }

    /// <summary>Opens the cluster that a command's parameters and session name.</summary>
    public static KubeClient Open(KubeApiCmdlet cmdlet)
    {
        KubeSession session = cmdlet.Session;
        string? kubeconfig = cmdlet.FullPath(cmdlet.Kubeconfig);
        ClusterConfig config = ClusterSelector.Resolve(session, kubeconfig, cmdlet.Context, ask: cmdlet.AsksToTrust);
        return Open(cmdlet, config, cmdlet.Namespace ?? ClusterSelector.Namespace(session, kubeconfig, cmdlet.Context, config));
    }

    /// <summary>Opens the cluster that an object came from; the command's own when it came from none, or when the command names one.</summary>
    public static KubeClient OpenFor(KubeApiCmdlet cmdlet, object? input)
    {
        if (cmdlet.Kubeconfig is not null || cmdlet.Context is not null || ResourceOrigin.Of(input) is not { } origin) return cmdlet.Client;
        if (cmdlet.HasClientOf(origin)) return cmdlet.Client;
        return Open(cmdlet, origin, cmdlet.Namespace ?? origin.Namespace);
    }

    /// <summary>The kind that somebody names: kind, plural, singular or short name, with or without a group.</summary>
    public Task<ResourceKind> FindKindAsync(string text, CancellationToken cancel)
    {
        // Built-in names need no discovery, unless a group is named that tells another kind of the same name.
        if (BuiltInKinds.Find(text) is { } kind && !BuiltInKinds.IsVersioned(kind)) return Task.FromResult(kind);
        return _connection.Discovery.FindAsync(text, _rest, _observer, cancel);
    }

    /// <summary>The kind that an object says it is.</summary>
    public Task<ResourceKind> FindKindAsync(string apiVersion, string kind, CancellationToken cancel)
    {
        if (BuiltInKinds.Find(apiVersion, kind) is { } found && (!BuiltInKinds.IsVersioned(found) || found == BuiltInKinds.HorizontalPodAutoscaler)) return Task.FromResult(found);
        return _connection.Discovery.FindAsync(apiVersion, kind, _rest, _observer, cancel);
    }

    /// <summary>A kind that we know, as this server serves it.</summary>
    public Task<ResourceKind> ServedAsync(ResourceKind kind, CancellationToken cancel) => BuiltInKinds.IsVersioned(kind) ? _connection.Discovery.FindAsync(kind.ToString(), _rest, _observer, cancel) : Task.FromResult(kind);

    /// <summary>Every kind that the server serves.</summary>
    public Task<IReadOnlyList<ResourceKind>> AllKindsAsync(CancellationToken cancel) => _connection.Discovery.AllAsync(_rest, refresh: false, _observer, cancel);

    /// <summary>
    /// Lists page by page. The next page is fetched while the caller works on the current one, but not before it asks for
    /// its tenth object or the page's last: <c>Select-Object -First 3</c> costs one request. Objects are read a few at a time,
    /// those behind while the caller works on those before.
    /// </summary>
    public async IAsyncEnumerable<ListItem> ListAsync(ResourceKind kind, ListOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        const int prefetchAt = 10;
        const int maxBatch = 64;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        int left = options.Limit ?? int.MaxValue;
        int asked = Math.Min(left, FirstPageSize);
        Task<ListPage>? next = ReadPageAsync(kind, options, null, asked, null, stop.Token);
        ListPage? page = null;
        Task<List<ListItem>>? batch = null;
        try
        {
            while (next is not null)
            {
                page = await next.ConfigureAwait(false);
                next = null;
                bool more = page.Continue is not null && left > asked;
                asked = Math.Min(left - asked, PageSize);
                int taken = 0;
                int size = prefetchAt;
                batch = Task.FromResult(page.Take(size));
                while (batch is not null)
                {
                    List<ListItem> items = await batch.ConfigureAwait(false);
                    size = Math.Min(size * 2, maxBatch);
                    (ListPage read, int count) = (page, size);
                    batch = read.IsRead || left <= items.Count ? null : Task.Run(() => read.Take(count), CancellationToken.None);
                    foreach (ListItem item in items)
                    {
                        if (more && next is null && taken++ >= prefetchAt) next = ReadPageAsync(kind, options, page.Continue, asked, page.Length, stop.Token);
                        if (item.Object is not null && --left < 0) break;
                        yield return item;
                    }
                }

                page.Dispose();
                if (page.Continue is not null && left > 0) next ??= ReadPageAsync(kind, options, page.Continue, asked = Math.Min(left, PageSize), page.Length, stop.Token);
            }
        }
        finally
        {
            // A page must not be given back while it is read: its buffer would be another answer's.
            if (batch is not null) await ((Task)batch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            page?.Dispose();
            if (next is not null)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                // A page nobody reads any more: its failure is of no interest, but must be observed.
                Abandoned.Observe(next);
            }
        }
    }

    /// <summary>Reads a whole list at once; for lists that are short by nature or shown as one.</summary>
    public async Task<(List<object> Items, List<KubeException> Failures)> ListAllAsync(ResourceKind kind, ListOptions options, CancellationToken cancel)
    {
        var items = new List<object>();
        var failures = new List<KubeException>();
        await foreach (ListItem item in ListAsync(kind, options, cancel).ConfigureAwait(false))
        {
            if (item.Object is not null) items.Add(item.Object);
            else failures.Add(item.Failure!);
        }

        return (items, failures);
    }

    /// <summary>
    /// Lists, then tells every change, for as long as the caller reads: across closed connections, restarts of the server and
    /// forgotten versions, with no change lost or told twice.
    /// </summary>
    public IAsyncEnumerable<WatchEvent> WatchAsync(ResourceKind kind, ListOptions options, CancellationToken cancel) => new Watcher(this, _rest, _observer, kind, options).RunAsync(cancel);

    /// <summary>The log of one container, as many lines at a time as are there; whatever goes wrong is its last item.</summary>
    public IAsyncEnumerable<LogPart> ReadLogAsync(LogSource source, LogOptions options, CancellationToken cancel) => new LogStream(this, _rest, _observer, source, options).RunAsync(cancel);

    /// <summary>The log of one container as one text, line ends and all.</summary>
    public Task<string> ReadLogTextAsync(LogSource source, LogOptions options, CancellationToken cancel) => new LogStream(this, _rest, _observer, source, options).ReadTextAsync(cancel);

    /// <summary>The pods that a workload's or a service's selector selects, less those that another workload runs.</summary>
    /// <exception cref="KubeException">The object has no selector (<c>KubeInputInvalid</c>), or the pods cannot be read.</exception>
    public async Task<IReadOnlyList<V1Pod>> PodsOfAsync(object owner, string? ns, CancellationToken cancel, string? labelSelector = null, string? fieldSelector = null)
    {
        ResourceHeader header = ResourceHeader.Read(owner);
        string labels = LabelSelectorText.Of(ResourceJson.ToJsonObject(owner)["spec"]?["selector"]) ?? throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"{header.Reference} has no selector, so no pods of its own.") { Target = header.Reference };
        (List<object> items, List<KubeException> failures) = await ListAllAsync(BuiltInKinds.Pod, new ListOptions { Namespace = ns, LabelSelector = labelSelector is null ? labels : $"{labels},{labelSelector}", FieldSelector = fieldSelector }, cancel).ConfigureAwait(false);
        foreach (KubeException failure in failures) _observer.Warning(failure.Message);
        return await new OwnPods(this, header).AmongAsync(items.OfType<V1Pod>(), cancel).ConfigureAwait(false);
    }

    /// <summary>The names of a kind's objects, at most a page of them, without the objects.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(ResourceKind kind, string? ns, CancellationToken cancel)
    {
        RestRequest request = Request(HttpMethod.Get, kind, ns, null) with
        {
            Query = [new("limit", PageSize.ToString(CultureInfo.InvariantCulture))],
            Accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
        };
        using RestReply reply = await _rest.SendAsync(request, cancel).ConfigureAwait(false);
        JsonArray items = ParseObject(reply, kind, ns, "")["items"] as JsonArray ?? [];
        return [.. items.Select(item => item?["metadata"]?["name"]?.GetValue<string>()).OfType<string>()];
    }

    /// <summary>Reads one object.</summary>
    public async Task<object> GetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancel)
    {
        using RestReply reply = await _rest.SendAsync(Request(HttpMethod.Get, kind, ns, name), cancel).ConfigureAwait(false);
        return Decode(reply, kind);
    }

    /// <summary>Reads one object's, or its subresource's, JSON as the server has it.</summary>
    public async Task<JsonObject> GetJsonAsync(ResourceKind kind, string? ns, string name, string? subresource, CancellationToken cancel)
    {
        using RestReply reply = await _rest.SendAsync(Request(HttpMethod.Get, kind, ns, name, subresource), cancel).ConfigureAwait(false);
        return ParseObject(reply, kind, ns, name);
    }

    /// <summary>Creates an object and returns it as the server stored it.</summary>
    public async Task<object> CreateAsync(ResourceKind kind, string? ns, JsonObject body, ChangeOptions options, CancellationToken cancel)
    {
        string? name = body["metadata"]?["name"]?.GetValue<string>();
        RestRequest request = Request(HttpMethod.Post, kind, ns, null) with
        {
            Query = ChangeQuery(options),
            Body = Bytes(body),
            Target = new KubeReference(kind.Kind, kind.Namespaced ? ns : null, name),
        };
        using RestReply reply = await _rest.SendAsync(request, cancel).ConfigureAwait(false);
        return Decode(reply, kind);
    }

    /// <summary>Changes an object, or its subresource, by a patch; returns its JSON as the server has it now.</summary>
    public async Task<JsonObject> PatchAsync(ResourceKind kind, string? ns, string name, string? subresource, string patchType, JsonNode patch, ChangeOptions options, CancellationToken cancel)
    {
        RestRequest request = Request(HttpMethod.Patch, kind, ns, name, subresource) with { Query = ChangeQuery(options), Body = Bytes(patch), ContentType = patchType };
        using RestReply reply = await _rest.SendAsync(request, cancel).ConfigureAwait(false);
        return ParseObject(reply, kind, ns, name);
    }

    /// <summary>Replaces a subresource, such as scale, with the resourceVersion that its body carries as the condition.</summary>
    public async Task<JsonObject> ReplaceAsync(ResourceKind kind, string? ns, string name, string subresource, JsonObject body, ChangeOptions options, CancellationToken cancel)
    {
        RestRequest request = Request(HttpMethod.Put, kind, ns, name, subresource) with { Query = ChangeQuery(options), Body = Bytes(body) };
        using RestReply reply = await _rest.SendAsync(request, cancel).ConfigureAwait(false);
        return ParseObject(reply, kind, ns, name);
    }

    /// <summary>
    /// Server-side apply: sends the document as it was written and tells what that did. What is there already, by the same manager's
    /// last apply, is not sent. <paramref name="listed"/> saves the read of an object that is not there or needs no change.
    /// </summary>
    public async Task<ApplyResult> ApplyAsync(ResourceKind kind, string? ns, string name, JsonObject document, bool force, ChangeOptions options, ListedObjects? listed, CancellationToken cancel)
    {
        (ListedState state, JsonObject? shown) = listed is null ? default : await listed.FindAsync(name, cancel).ConfigureAwait(false);
        if (IsReached(shown)) return Unchanged(shown);
        for (int attempt = 1; ; attempt++)
        {
            bool unread = attempt == 1 && state == ListedState.Absent;
            (JsonObject? live, string? before) = unread ? default : await ReadBeforeAsync(kind, ns, name, cancel).ConfigureAwait(false);
            if (IsReached(live)) return Unchanged(live);
            RestRequest request = Request(HttpMethod.Patch, kind, ns, name) with
            {
                Query = [.. ChangeQuery(options), new("force", force ? "true" : null)],
                Body = Bytes(document),
                ContentType = PatchTypes.Apply,
            };
            try
            {
                return await SendAsync(request, unread ? "" : before).ConfigureAwait(false);
            }
            catch (KubeApiException refusal) when (!force && before is not "" && attempt < MaxAdoptions && OwnConflict.IsAll(refusal, options.FieldManager))
            {
                if (before is null) continue;
                _observer.Verbose($"{request.Target}: {options.FieldManager} set these fields before, by another command; the apply takes them over: {string.Join("; ", refusal.Causes)}.");
                try
                {
                    // Forced for the version that was looked at only: whatever another manager sets meanwhile is not taken over.
                    return await SendAsync(request with { Query = [.. ChangeQuery(options), new("force", "true")], Body = Bytes(WithVersion(document, before)) }, before).ConfigureAwait(false);
                }
                catch (KubeApiException stale) when (OwnConflict.IsStale(stale))
                {
                    _observer.Verbose($"{request.Target} has changed meanwhile; it is looked at anew.");
                }
            }
        }

        bool IsReached([NotNullWhen(true)] JsonObject? live) => live is not null && options.DryRun == DryRun.None && Specs.AppliedState.IsReached(document, live, options.FieldManager);

        ApplyResult Unchanged(JsonObject live) => new(Adopt(live.Deserialize<JsonElement>(), kind), ApplyAction.Unchanged);

        // Without a version the server's answer alone tells: 201 that it was created.
        async Task<ApplyResult> SendAsync(RestRequest request, string? before)
        {
            using RestReply reply = await SendApplyAsync(request, cancel).ConfigureAwait(false);
            object applied = Decode(reply, kind);
            bool created = reply.Status == HttpStatusCode.Created || before is null;
            return new ApplyResult(applied, created ? ApplyAction.Created : ResourceHeader.Read(applied).ResourceVersion == before ? ApplyAction.Unchanged : ApplyAction.Configured);
        }
    }

    /// <summary>The document for one version of the object; one that names a version itself stays as it is.</summary>
    private static JsonObject WithVersion(JsonObject document, string version)
    {
        var versioned = (JsonObject)document.DeepClone();
        if (versioned["metadata"] is JsonObject metadata && metadata["resourceVersion"] is null) metadata["resourceVersion"] = version;
        return versioned;
    }

    private async Task<RestReply> SendApplyAsync(RestRequest request, CancellationToken cancel)
    {
        try
        {
            return await _rest.SendAsync(request, cancel).ConfigureAwait(false);
        }
        catch (KubeApiException refusal) when (refusal.Message.Contains("omits key field \"protocol\"", StringComparison.Ordinal))
        {
            _observer.Verbose("This server needs the protocol of every port; TCP is the default.");
            JsonObject complete = Specs.ApplyDocument.WithProtocols((JsonObject)JsonNode.Parse(request.Body!.Value.Span)!);
            return await _rest.SendAsync(request with { Body = Bytes(complete) }, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes one object.</summary>
    public async Task DeleteAsync(ResourceKind kind, string? ns, string name, DeleteOptions options, CancellationToken cancel)
    {
        var body = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1" };
        if (options.GracePeriodSeconds is { } grace) body["gracePeriodSeconds"] = grace;
        if (options.PropagationPolicy is { } policy) body["propagationPolicy"] = policy;
        if (options.Uid is { } uid) body["preconditions"] = new JsonObject { ["uid"] = uid };
        if (options.DryRun == DryRun.Server) body["dryRun"] = new JsonArray("All");
        using RestReply reply = await _rest.SendAsync(Request(HttpMethod.Delete, kind, ns, name) with { Body = Bytes(body), IsDryRun = options.DryRun == DryRun.Server }, cancel).ConfigureAwait(false);
    }

    /// <summary>Starts a command in a container.</summary>
    public Task<RemoteCommand> ExecAsync(RemoteCommandSpec spec, CancellationToken cancel)
    {
        return RemoteCommand.StartAsync(_rest, spec, _connection.SpeaksOldExecOnly, Learnt, cancel);

        void Learnt()
        {
            _connection.SpeaksOldExecOnly = true;
            _observer.Verbose("This server cannot tell a command that its input has ended; sh and head in the container do it.");
        }
    }

    /// <summary>Reads all that a container has said.</summary>
    public async Task<string> ReadLogAsync(string ns, string pod, string container, CancellationToken cancel)
    {
        RestRequest request = Request(HttpMethod.Get, BuiltInKinds.Pod, ns, pod, "log") with { Accept = "text/plain, application/json", Query = [new("container", container)] };
        using RestReply reply = await _rest.SendAsync(request, cancel).ConfigureAwait(false);
        return Encoding.UTF8.GetString(reply.Bytes.Span);
    }

    /// <summary>Reads one object; null when there is none.</summary>
    public async Task<object?> FindAsync(ResourceKind kind, string? ns, string name, CancellationToken cancel)
    {
        try
        {
            return await GetAsync(kind, ns, name, cancel).ConfigureAwait(false);
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 404)
        {
            return null;
        }
    }

    /// <summary>Reads a document of the server that is no object, such as <c>readyz</c> or <c>version</c>; the refusal's text too.</summary>
    public async Task<(int Status, string Text)> GetTextAsync(string path, string? query, CancellationToken cancel)
    {
        try
        {
            var request = new RestRequest(HttpMethod.Get, path) { Accept = "application/json, text/plain, */*", Query = query is null ? [] : [new(query, "")] };
            using RestReply reply = await _rest.SendAsync(request, cancel).ConfigureAwait(false);
            return ((int)reply.Status, Encoding.UTF8.GetString(reply.Bytes.Span));
        }
        catch (KubeApiException refusal) when (!refusal.EndsCommand)
        {
            return (refusal.StatusCode, refusal.Message);
        }
    }

    /// <summary>Refuses an object, or a patch of one, that this server would misread: a sidecar that is too new for it. Asks only when there is one.</summary>
    public async Task RefuseSidecarAsync(ResourceKind kind, string? ns, string? name, JsonObject json, CancellationToken cancel)
    {
        if (Specs.NativeSidecar.Find(kind.Group, kind.Kind, json) is not { } sidecar) return;
        (int status, string text) = await GetTextAsync("version", null, cancel).ConfigureAwait(false);
        ServerVersion version = ServerVersion.Read(status, text);
        if (version.Minor < Specs.NativeSidecar.FirstMinor) throw Specs.NativeSidecar.Refuse(new KubeReference(kind.Kind, kind.Namespaced ? ns : null, name), sidecar, version.Git);
    }

    /// <summary>Turns JSON that the server sent into what the pipeline carries, with its origin noted.</summary>
    public object Adopt(JsonElement json, ResourceKind kind)
    {
        object decoded;
        try
        {
            decoded = ResourceJson.Decode(json, kind.ApiVersion, kind.Kind);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw ListPage.Unreadable(json, kind, failure);
        }

        ResourceOrigin.Set(decoded, Cluster);
        return decoded;
    }

    private static KubeClient Open(KubeApiCmdlet cmdlet, ClusterConfig config, string ns)
    {
        if (config.Ended?.Invoke() is { } over) throw over;
        // Opened on the pipeline thread, the only one on which a script's token can be renewed.
        (config.Credentials as IPipelineThreadCredentials)?.RefreshIfDue();
        return new KubeClient(ApiConnection.For(config), new CmdletObserver(cmdlet), cmdlet.RequestTimeout, ns);
    }

    /// <summary>Reads one page of a list; <paramref name="length"/> is how long it will be, as far as the one before tells.</summary>
    internal async Task<ListPage> ReadPageAsync(ResourceKind kind, ListOptions options, string? from, int limit, int? length, CancellationToken cancel)
    {
        RestRequest request = Request(HttpMethod.Get, kind, options.Namespace, null) with
        {
            ExpectedLength = length,
            Query =
            [
                new("limit", limit.ToString(CultureInfo.InvariantCulture)),
                new("labelSelector", options.LabelSelector),
                new("fieldSelector", options.FieldSelector),
                new("continue", from),
            ],
        };
        try
        {
            return ListPage.Open(await _rest.SendAsync(request, cancel).ConfigureAwait(false), kind, Cluster);
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 410 && from is not null)
        {
            throw new KubeException("KubeExpired", ErrorCategory.InvalidOperation, $"The list of {kind} took so long that the server forgot where it was. The objects emitted so far are right, but not all.")
            {
                Target = request.Target,
                RecommendedAction = "Run the command again, and let the pipeline take the objects faster (collect them in a variable first).",
            };
        }
    }

    /// <summary>An object before an apply, with its resourceVersion, which is null when there is no object: tells an apply that changed nothing from one that did.</summary>
    private async Task<(JsonObject? Live, string? Version)> ReadBeforeAsync(ResourceKind kind, string? ns, string name, CancellationToken cancel)
    {
        try
        {
            using RestReply reply = await _rest.SendAsync(Request(HttpMethod.Get, kind, ns, name), cancel).ConfigureAwait(false);
            JsonObject live = ParseObject(reply, kind, ns, name);
            return (live, live["metadata"]?["resourceVersion"]?.GetValue<string>());
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 404)
        {
            return (null, null);
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            // Whoever may apply but not read is told "configured".
            return (null, "");
        }
    }

    private static RestRequest Request(HttpMethod method, ResourceKind kind, string? ns, string? name, string? subresource = null)
    {
        return new RestRequest(method, ApiPath.For(kind, ns, name, subresource)) { Target = new KubeReference(kind.Kind, kind.Namespaced ? ns : null, name) };
    }

    private static List<KeyValuePair<string, string?>> ChangeQuery(ChangeOptions options) =>
    [
        new("fieldManager", options.FieldManager),
        new("fieldValidation", options.FieldValidation.ToString()),
        new("dryRun", options.DryRun == DryRun.Server ? "All" : null),
    ];

    private static byte[] Bytes(JsonNode body) => JsonSerializer.SerializeToUtf8Bytes(body);

    private object Decode(RestReply reply, ResourceKind kind)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Bytes, new JsonDocumentOptions { MaxDepth = ResourceJson.Options.MaxDepth });
            return Adopt(document.RootElement, kind);
        }
        catch (JsonException)
        {
            throw NotJson(kind, null, null);
        }
    }

    private static JsonObject ParseObject(RestReply reply, ResourceKind kind, string? ns, string name)
    {
        try
        {
            return JsonNode.Parse(reply.Bytes.Span, documentOptions: new JsonDocumentOptions { MaxDepth = ResourceJson.Options.MaxDepth }) as JsonObject ?? throw NotJson(kind, ns, name);
        }
        catch (JsonException)
        {
            throw NotJson(kind, ns, name);
        }
    }

    private static KubeException NotJson(ResourceKind kind, string? ns, string? name)
    {
        var reference = new KubeReference(kind.Kind, ns, name);
        return new KubeException("KubeResponseInvalid", ErrorCategory.InvalidResult, $"The server's answer about {reference} is not a Kubernetes object.")
        {
            Target = reference,
            RecommendedAction = "Check that the server's address is that of a Kubernetes API, not of a proxy or a sign-in page.",
        };
    }
}

/// <summary>One object of a list, or the reason why one of its items is missing.</summary>
internal readonly record struct ListItem(object? Object, KubeException? Failure);
