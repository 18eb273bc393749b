using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Errors;
using PSKube.Output;

namespace PSKube.Resources;

/// <summary>A number of pods, or a step from the number that there is.</summary>
/// <param name="Number">The number or the step.</param>
/// <param name="IsStep">True for a step.</param>
internal readonly record struct ReplicaChange(int Number, bool IsStep)
{
    /// <summary>Reads <c>4</c>, <c>+2</c> or <c>-1</c>; null when the text is none of these.</summary>
    public static ReplicaChange? Parse(string text)
    {
        bool step = text.StartsWith('+') || text.StartsWith('-');
        return int.TryParse(text, step ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? new ReplicaChange(number, step) : null;
    }

    /// <summary>The number to set where there are so many now.</summary>
    /// <exception cref="KubeException">It would be less than none (<c>KubeInvalidArgument</c>).</exception>
    public int From(int now, KubeReference workload)
    {
        if (!IsStep) return Number;
        long result = (long)now + Number;
        if (result is >= 0 and <= int.MaxValue) return (int)result;
        throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"{workload} is not scaled: its {now} and {this} make {result}.")) { Target = workload };
    }

    /// <summary>As it is typed.</summary>
    public override string ToString() => Number.ToString(IsStep ? "+0;-0" : "0", CultureInfo.InvariantCulture);
}

/// <summary>What is known of the number of pods of a workload, and what to do about it.</summary>
internal static class ScaleRules
{
    /// <summary>Where <c>Save-KubeScale</c> remembers a number.</summary>
    public const string SavedAnnotation = "pskube.io/saved-replicas";

    /// <summary>The number that a scale subresource wants; the server leaves out a 0.</summary>
    public static int Wanted(JsonObject scale) => scale["spec"]?["replicas"] is JsonValue value && value.TryGetValue(out int replicas) ? replicas : 0;

    /// <summary>The number that was remembered; null for none.</summary>
    /// <exception cref="KubeException">What is written there is no number of pods (<c>KubeInputInvalid</c>).</exception>
    public static int? Saved(JsonObject workload, KubeReference reference)
    {
        if (workload["metadata"]?["annotations"]?[SavedAnnotation]?.ToString() is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int saved)) return saved;
        throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidData, $"{reference}: its annotation {SavedAnnotation} holds no number of pods but '{Api.ServerErrors.Escape(Output.Describe.Words.Shorten(text, 40))}'.")
        {
            Target = reference,
            RecommendedAction = "Remove the annotation, and scale the workload with Set-KubeScale.",
        };
    }

    /// <summary>What saving does: a number that is remembered stays, for it is the one from before the first saving.</summary>
    public static KubeScaleChange Save(KubeReference workload, int now, int? saved, int target)
    {
        ScaleAction action = saved is not null ? ScaleAction.AlreadySaved : now > target ? ScaleAction.Saved : ScaleAction.Unchanged;
        return new KubeScaleChange(workload.Kind, workload.Namespace, workload.Name!, now, Math.Min(now, target), action == ScaleAction.Unchanged ? null : saved ?? now, action);
    }

    /// <summary>What restoring does.</summary>
    public static KubeScaleChange Restore(KubeReference workload, int now, int? saved) => new(workload.Kind, workload.Namespace, workload.Name!, now, saved ?? now, null, saved is null ? ScaleAction.NotSaved : ScaleAction.Restored);

    /// <summary>True when an autoscaler sets the number of this workload.</summary>
    public static bool Owns(V1HorizontalPodAutoscaler scaler, ResourceKind kind, string name)
    {
        if (scaler.Spec?.ScaleTargetRef is not { } target || target.Kind != kind.Kind || target.Name != name) return false;
        // The version may be an older one of the same group.
        return target.ApiVersion is not { Length: > 0 } version || (version.Contains('/', StringComparison.Ordinal) ? version[..version.IndexOf('/', StringComparison.Ordinal)] : "") == kind.Group;
    }
}
