using System.Collections.Concurrent;
using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// What was agreed to for kubeconfig files from elsewhere, in this process. It holds for exactly those programs, files and
/// servers; when one of them changes in the file, it has to be agreed to anew.
/// </summary>
internal static class KubeconfigTrust
{
    private static readonly ConcurrentDictionary<string, bool> s_given = new(StringComparer.Ordinal);

    /// <summary>Goes on only with what was agreed to, before or now.</summary>
    /// <param name="reach">What would be done.</param>
    /// <param name="ask">Asks the user; null when nobody may be asked.</param>
    public static void Demand(ForeignReach reach, Func<ForeignReach, bool>? ask)
    {
        if (reach.Deeds.Count == 0 || s_given.ContainsKey(reach.Key)) return;
        if (ask is null || !ask(reach))
        {
            throw new KubeException("KubeConfigUntrusted", ErrorCategory.SecurityError, $"{reach.Text}{Environment.NewLine}Nobody has agreed to that.")
            {
                EndsCommand = true,
                Target = reach.Kubeconfig,
                RecommendedAction = "If you trust whoever wrote it: Connect-KubeCluster -Kubeconfig FILE -TrustKubeconfig, or name it in KUBECONFIG, or move it to ~/.kube.",
            };
        }

        s_given.TryAdd(reach.Key, true);
    }
}
