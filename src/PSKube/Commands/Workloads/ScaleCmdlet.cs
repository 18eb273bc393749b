using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Commands.Workloads;

/// <summary>A cmdlet that sets how many pods a workload runs, by its <c>scale</c> subresource.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ScaleCmdlet : ChangeWorkloadCmdlet
{
    private const int MaxConflicts = 10;

    private readonly Dictionary<(KubeClient, string?), IReadOnlyList<V1HorizontalPodAutoscaler>> _scalers = [];

    private protected ScaleCmdlet()
    {
    }

    /// <summary>Scales one workload that can be scaled.</summary>
    private protected abstract void Scale(NamedObject one);

    private protected sealed override void Act(NamedObject one)
    {
        if (!one.Kind.Subresources.Contains("scale")) throw CannotScale(one);
        Scale(one);
    }

    /// <summary>Reads how many pods are wanted, and at which version of the workload.</summary>
    private protected static Task<JsonObject> ReadScaleAsync(NamedObject one, CancellationToken cancel) => one.Client.GetJsonAsync(one.Kind, one.Namespace, one.Name, "scale", cancel);

    /// <summary>Sets how many pods are wanted, whatever their number was.</summary>
    private protected Task<JsonObject> SetScaleAsync(NamedObject one, int replicas, CancellationToken cancel) =>
        one.Client.PatchAsync(one.Kind, one.Namespace, one.Name, "scale", PatchTypes.Merge, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }, ChangeOptions, cancel);

    /// <summary>Does something that rests on what was just read, again when somebody was faster.</summary>
    private protected static async Task<T> RetryAsync<T>(Func<Task<T>> change, bool once, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await change().ConfigureAwait(false);
            }
            catch (KubeApiException conflict) when (conflict.StatusCode == 409 && !once && attempt < MaxConflicts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The autoscaler that sets the number of a workload, or null: read once per namespace; who may not read them is told of none.</summary>
    private protected V1HorizontalPodAutoscaler? OwnerOf(NamedObject one)
    {
        if (!one.Kind.Namespaced) return null;
        if (!_scalers.TryGetValue((one.Client, one.Namespace), out IReadOnlyList<V1HorizontalPodAutoscaler>? scalers)) _scalers[(one.Client, one.Namespace)] = scalers = ReadScalers(one);
        return scalers.FirstOrDefault(scaler => ScaleRules.Owns(scaler, one.Kind, one.Name));
    }

    /// <summary>An autoscaler as a warning names it.</summary>
    private protected static string Describe(V1HorizontalPodAutoscaler scaler, NamedObject one) =>
        string.Create(CultureInfo.InvariantCulture, $"horizontalpodautoscaler/{scaler.Metadata?.Name} scales {one.Reference} between {scaler.Spec?.MinReplicas ?? 1} and {scaler.Spec?.MaxReplicas}");

    private IReadOnlyList<V1HorizontalPodAutoscaler> ReadScalers(NamedObject one)
    {
        try
        {
            (List<object> items, _) = Await(cancel => one.Client.ListAllAsync(BuiltInKinds.HorizontalPodAutoscaler, new ListOptions { Namespace = one.Namespace }, cancel));
            return [.. items.OfType<V1HorizontalPodAutoscaler>()];
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            WriteVerbose($"The autoscalers of {one.Namespace} cannot be read, so none is taken into account: {failure.Message}");
            return [];
        }
    }

    private static KubeException CannotScale(NamedObject one)
    {
        string why = one.Kind.Kind switch
        {
            "DaemonSet" => "a DaemonSet runs one pod per node",
            "Pod" => "a Pod is one instance; create a Deployment to have several",
            "Job" => "a Job's pods are set by its parallelism",
            _ => $"{one.Kind} have no scale",
        };
        return new KubeException("KubeNotScalable", ErrorCategory.InvalidOperation, $"{one.Reference} cannot be scaled: {why}.") { Target = one.Reference };
    }
}
