using System.Text.RegularExpressions;
using PSKube.Errors;

namespace PSKube.Api;

/// <summary>
/// Tells a conflict of an apply with what its own manager set by other means, such as a create or a patch, from one with
/// somebody else.
/// </summary>
internal static class OwnConflict
{
    /// <summary>True when every field in the way was set by that manager itself.</summary>
    /// <param name="refusal">What the server said.</param>
    /// <param name="manager">The manager that applies.</param>
    public static bool IsAll(KubeApiException refusal, string manager)
    {
        // structured-merge-diff: 'conflict with "name" [with subresource "x"] using version [at time]'; quotes in a name are escaped there.
        var own = new Regex($"(^|: )conflict with \"{Regex.Escape(manager)}\"( with subresource \"[a-z/]+\")? using [A-Za-z0-9./-]+( at [0-9TZ:.+-]+)?$", RegexOptions.CultureInvariant);
        return refusal.ErrorId == "KubeApplyConflict" && refusal.Causes.Count > 0 && refusal.Causes.All(cause => own.IsMatch(cause));
    }

    /// <summary>True when the object has changed since the version that was named.</summary>
    public static bool IsStale(KubeApiException refusal) => refusal.StatusCode == 409 && refusal.Causes.Count == 0;
}
