using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox;

/// <summary>A Kubernetes cluster in this process's memory: an API, its controllers, a scheduler and nodes whose containers are played.</summary>
internal sealed class SandboxCluster : IDisposable
{
    private static readonly WriteOptions s_options = new("sandbox");

    private readonly ResourceCatalog _catalog;
    private readonly ObjectRegistry _registry;
    private readonly ControllerLoop _controllers;
    private readonly ApiServer _server;
    private LoopbackListener? _listener;

    /// <summary>Starts a cluster.</summary>
    /// <exception cref="StatusException">An object of the seed breaks the rules of its kind.</exception>
    public SandboxCluster(SandboxOptions options)
    {
        // The seed is in the store from now on, and need not be kept twice.
        Options = options with { Seed = [] };
        _catalog = new ResourceCatalog(options.Minor, Store);
        _registry = new ObjectRegistry(Store, new KindRules(options.Minor), new Admission(Store, options.Minor));
        var settings = new ControllerSettings { Nodes = options.Nodes, ServerVersion = options.GitVersion, Overrides = Overrides, Metrics = Metrics };
        _controllers = new ControllerLoop(Store, _registry, new SandboxClock(options.Speed), options.Minor, settings);
        _server = new ApiServer(_catalog, _registry, new PodEndpoints(Store, _controllers.Processes, options.Minor), options.GitVersion);
        SandboxSeed.Fill(Store, _registry, options.Minor, settings);
        foreach (JsonObject json in options.Seed.OrderBy(json => Rank(json.Text("kind")))) Add(json.Copy());
        _controllers.Start();
    }

    /// <summary>What it is.</summary>
    public SandboxOptions Options { get; }

    /// <summary>Every object.</summary>
    public ObjectStore Store { get; } = new();

    /// <summary>What it serves.</summary>
    public ResourceCatalog Catalog => _catalog;

    /// <summary>What was asked.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>What fails.</summary>
    public SandboxFaults Faults { get; } = new();

    /// <summary>What pods do against their nature.</summary>
    public PodOverrides Overrides { get; } = new();

    /// <summary>What pods use.</summary>
    public SettableMetrics Metrics { get; } = new();

    /// <summary>True once it was ended.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What went wrong within it; empty when nothing did.</summary>
    public IReadOnlyList<ControllerFailure> Failures => _controllers.Failures;

    /// <summary>What stands in the network's place for one connection.</summary>
    public HttpMessageHandler CreateHandler() => new SandboxHandler(AnswerAsync);

    /// <summary>Also listens on 127.0.0.1.</summary>
    public LoopbackListener Listen() => _listener ??= new LoopbackListener(AnswerAsync);

    /// <summary>Completes when its controllers have nothing left to do right now.</summary>
    public Task SettleAsync(CancellationToken cancel) => _controllers.SettleAsync(cancel);

    /// <summary>Ends what was said of pods; those that never got ready now do.</summary>
    public void ClearPods()
    {
        Overrides.Clear();
        Metrics.Clear();
        _controllers.LookAtPods();
    }

    /// <summary>Answers one request: notes it, and lets it fail when that was asked for.</summary>
    public async Task<ApiResponse> AnswerAsync(ApiRequest request, CancellationToken cancel)
    {
        StatusException? unread = null;
        try
        {
            request = YamlBody.ToJson(request, Options.ReadYaml);
        }
        catch (StatusException refusal)
        {
            unread = refusal;
        }

        LoggedRequest logged = Requests.Add(request);
        ApiResponse response = await AnswerAsync(logged, unread, cancel).ConfigureAwait(false);
        logged.Status = response.Breaks ? 0 : response.Status;
        return response;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsStopped = true;
        _listener?.Dispose();
        _controllers.Dispose();
    }

    private async Task<ApiResponse> AnswerAsync(LoggedRequest logged, StatusException? unread, CancellationToken cancel)
    {
        if (IsStopped) return new ApiResponse { Breaks = true };
        if (Faults.Take(logged.Verb, logged.Resource, logged.Address?.Namespace, logged.Address?.Name) is { } fault)
        {
            if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, cancel).ConfigureAwait(false);
            if (fault.Cuts) return new ApiResponse { Breaks = true };
            if (fault.StatusCode is not null) return SandboxFaults.Answer(fault);
        }

        return unread is null ? _server.Answer(logged) : ApiServer.Refuse(unread);
    }

    private static int Rank(string? kind) => kind switch { "Namespace" => 0, "CustomResourceDefinition" => 1, "StorageClass" or "PriorityClass" or "ServiceAccount" => 2, "ConfigMap" or "Secret" => 3, _ => 4 };

    /// <summary>Stores an object of the seed, and its namespace when there is none.</summary>
    private void Add(JsonObject json)
    {
        string apiVersion = json.Text("apiVersion") ?? "", kind = json.Text("kind") ?? "";
        ServedResource served = _catalog.FindKind(apiVersion, kind) ?? throw new StatusException(400, "BadRequest", $"no matches for kind \"{kind}\" in version \"{apiVersion}\"");
        if (served.Conversion is { } conversion) json = conversion.ToStored(json);
        if (served.Resource == Kinds.Namespaces)
        {
            AddNamespace(json.Text("metadata", "name") ?? "", json);
            return;
        }

        string? ns = served.Resource.Namespaced ? json.Text("metadata", "namespace") ?? "default" : null;
        if (ns is not null) AddNamespace(ns, new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } });
        // What every namespace has is among the objects of a cluster that was saved.
        if (served.Resource == Kinds.ServiceAccounts && json.Text("metadata", "name") == SandboxSeed.Account) return;
        _registry.Create(served.Resource, ns, json, s_options);
    }

    private void AddNamespace(string name, JsonObject json)
    {
        if (Store.Find(Kinds.Namespaces, null, name) is not null) return;
        _registry.Create(Kinds.Namespaces, null, json, s_options);
        SandboxSeed.AddAccount(_registry, name);
    }
}
