using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>A context that somebody chose: where it was found and what it takes the place of.</summary>
/// <param name="Kubeconfig">The named file; null for the environment's.</param>
/// <param name="File">The file whose current context a lasting choice changes: the first that exists, which is the one that counts.</param>
/// <param name="Entry">The context.</param>
/// <param name="Previous">What was in use until now.</param>
internal sealed record ContextChoice(string? Kubeconfig, string File, KubeconfigEntry Entry, (string? Kubeconfig, string Context)? Previous)
{
    /// <summary>Finds a context by its exact name, <c>-</c> for the previous one, or null for the one in use.</summary>
    public static ContextChoice Make(KubeSession session, string? path, string? name, KubeconfigLoader? loader = null)
    {
        loader ??= KubeconfigLoader.Default;
        (string? Kubeconfig, string Context)? current = ClusterSelector.TryCurrentContext(session, loader);
        string? file = path ?? session.Kubeconfig;
        string? wanted = name ?? (path is null ? session.Context : null);
        if (name == "-")
        {
            (file, wanted) = session.Previous ?? throw new KubeException("KubeContextNotFound", ErrorCategory.ObjectNotFound, "This session has used no other context before.") { EndsCommand = true };
        }

        Kubeconfig kubeconfig = loader.Load(file);
        return new ContextChoice(file, kubeconfig.Files[0].Path, kubeconfig.Context(wanted), current);
    }
}
