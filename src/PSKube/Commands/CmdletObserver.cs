using System.Management.Automation;
using PSKube.Api;

namespace PSKube.Commands;

/// <summary>Brings what happens to requests to a cmdlet's own streams, by way of its notes.</summary>
internal sealed class CmdletObserver(KubeCmdlet cmdlet) : ICallObserver
{
    /// <inheritdoc/>
    public bool WantsBodies { get; } = cmdlet.WantsDebug;

    /// <inheritdoc/>
    public void Verbose(string text) => cmdlet.Notes.Verbose(text);

    /// <inheritdoc/>
    public void Warning(string text) => cmdlet.Notes.Warning(text);

    /// <inheritdoc/>
    public void Debug(string text) => cmdlet.Notes.Debug(text);
}
