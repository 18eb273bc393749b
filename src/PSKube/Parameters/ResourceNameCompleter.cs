using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Parameters;

/// <summary>Completes the names of objects from the cluster: within two seconds or not at all, and never with an error.</summary>
public class ResourceNameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            KubeSession session = KubeSession.Current;
            string? context = fakeBoundParameters["Context"] as string;
            string? kubeconfig = fakeBoundParameters["Kubeconfig"] as string;
            ClusterConfig config = ClusterSelector.Resolve(session, kubeconfig, context);
            // A plugin may ask the user to sign in; a Tab key must not.
            if (!config.Credentials.IsReady) return [];
            string ns = fakeBoundParameters["Namespace"] as string ?? (context is null && kubeconfig is null ? session.Namespace : null) ?? config.Namespace;
            var client = new KubeClient(ApiConnection.For(config), SilentObserver.Instance, Patience, ns);
            using var limit = new CancellationTokenSource(Patience);
            Task<IReadOnlyList<string>> names = Task.Run(() => NamesAsync(client, commandName, wordToComplete, fakeBoundParameters, limit.Token), limit.Token);
            // The server may be later than our patience.
            Abandoned.Observe(names);
            return names.Wait(Patience) ? Completion.Of(names.Result, wordToComplete) : [];
        }
        catch (Exception failure) when (failure is KubeException or AggregateException or OperationCanceledException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>The names to offer.</summary>
    private protected virtual async Task<IReadOnlyList<string>> NamesAsync(KubeClient client, string commandName, string word, IDictionary bound, CancellationToken cancel)
    {
        ResourceKind? kind = await KindAsync(client, commandName, bound, cancel).ConfigureAwait(false);
        if (kind is null) return [];
        return await client.ListNamesAsync(kind, kind.Namespaced ? client.DefaultNamespace : null, cancel).ConfigureAwait(false);
    }

    /// <summary>The kind that the command is about: its -Kind, or its own noun.</summary>
    private protected static async Task<ResourceKind?> KindAsync(KubeClient client, string commandName, IDictionary bound, CancellationToken cancel)
    {
        if ((bound["Kind"] ?? (bound["Target"] is { } place && place is not string[] { Length: > 1 } ? place : null)) is { } named) return await client.FindKindAsync((named as string[])?[0] ?? named.ToString()!, cancel).ConfigureAwait(false);
        int noun = commandName.IndexOf("-Kube", StringComparison.OrdinalIgnoreCase);
        if (noun < 0) return null;
        // The noun is the word that people use; the kind's own name is longer.
        ResourceKind? kind = commandName[(noun + 5)..] is "Autoscaler" ? BuiltInKinds.HorizontalPodAutoscaler : BuiltInKinds.Find(commandName[(noun + 5)..]);
        return kind is null ? null : await client.ServedAsync(kind, cancel).ConfigureAwait(false);
    }
}

/// <summary>Completes namespaces from the cluster.</summary>
public sealed class NamespaceCompleter : ResourceNameCompleter
{
    private protected override Task<IReadOnlyList<string>> NamesAsync(KubeClient client, string commandName, string word, IDictionary bound, CancellationToken cancel) => client.ListNamesAsync(BuiltInKinds.Namespace, null, cancel);
}

/// <summary>Completes kinds: Kubernetes' own, and those that the cluster adds.</summary>
public sealed class KindCompleter : ResourceNameCompleter
{
    private protected override async Task<IReadOnlyList<string>> NamesAsync(KubeClient client, string commandName, string word, IDictionary bound, CancellationToken cancel)
    {
        IReadOnlyList<ResourceKind> kinds = await client.AllKindsAsync(cancel).ConfigureAwait(false);
        return [.. kinds.Where(kind => kind.Verbs.Contains("list")).Select(kind => kind.Singular).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}

/// <summary>Completes <c>TYPE/NAME</c>: the type first, then the names of that type.</summary>
public class TargetCompleter : ResourceNameCompleter
{
    private protected override async Task<IReadOnlyList<string>> NamesAsync(KubeClient client, string commandName, string word, IDictionary bound, CancellationToken cancel)
    {
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0) return [.. BuiltInKinds.Everything.Select(kind => kind.Singular + "/")];
        string type = word[..slash].Trim('\'', '"');
        ResourceKind kind = await client.FindKindAsync(type, cancel).ConfigureAwait(false);
        IReadOnlyList<string> names = await client.ListNamesAsync(kind, kind.Namespaced ? client.DefaultNamespace : null, cancel).ConfigureAwait(false);
        return [.. names.Select(name => $"{type}/{name}")];
    }
}

/// <summary>Completes pods by their names, and <c>TYPE/NAME</c> of what runs pods.</summary>
public sealed class PodCompleter : TargetCompleter
{
    private static readonly string[] Owners = ["deployment/", "statefulset/", "daemonset/", "job/", "replicaset/", "service/"];

    private protected override async Task<IReadOnlyList<string>> NamesAsync(KubeClient client, string commandName, string word, IDictionary bound, CancellationToken cancel)
    {
        if (word.Contains('/', StringComparison.Ordinal)) return await base.NamesAsync(client, commandName, word, bound, cancel).ConfigureAwait(false);
        return [.. await client.ListNamesAsync(BuiltInKinds.Pod, client.DefaultNamespace, cancel).ConfigureAwait(false), .. Owners];
    }
}

/// <summary>Completes the containers of the pod, or of the workload's template, that the command's Target or Name says.</summary>
public sealed class ContainerCompleter : ResourceNameCompleter
{
    private static readonly string[] Lists = ["containers", "initContainers", "ephemeralContainers"];

    private protected override async Task<IReadOnlyList<string>> NamesAsync(KubeClient client, string commandName, string word, IDictionary bound, CancellationToken cancel)
    {
        string? text = (bound["Target"] ?? bound["Name"]) switch { object[] several => several.FirstOrDefault()?.ToString(), var one => one?.ToString() };
        if (text is null) return [];
        string[] parts = text.Split('/');
        ResourceKind kind = parts.Length == 1 ? BuiltInKinds.Pod : await client.FindKindAsync(parts[0], cancel).ConfigureAwait(false);
        JsonNode? spec = (await client.GetJsonAsync(kind, client.DefaultNamespace, parts[^1], null, cancel).ConfigureAwait(false))["spec"];
        JsonNode? pod = spec?["template"]?["spec"] ?? spec;
        return [.. Lists.SelectMany(list => pod?[list] as JsonArray ?? []).Select(container => container?["name"]?.ToString()).OfType<string>()];
    }
}
