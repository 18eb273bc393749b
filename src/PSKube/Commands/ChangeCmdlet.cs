using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;

namespace PSKube.Commands;

/// <summary>A cmdlet that changes something on a cluster.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ChangeCmdlet : KubeApiCmdlet
{
    private protected ChangeCmdlet()
    {
    }

    /// <summary>
    /// <c>Client</c> builds the object and emits it without asking any cluster; <c>Server</c> lets the server check and fill it
    /// in without keeping it; <c>None</c>, the default, does it.
    /// </summary>
    [Parameter]
    public DryRun DryRun { get; set; }

    /// <summary>The name under which the server records who set which field.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 128)]
    public string FieldManager { get; set; } = "pskube";

    /// <summary>What the server does about fields it does not know: refuse (<c>Strict</c>, the default), warn, or ignore.</summary>
    [Parameter]
    public FieldValidation FieldValidation { get; set; }

    /// <summary>How this change is to be made.</summary>
    internal ChangeOptions ChangeOptions => new(DryRun, FieldManager, FieldValidation);
}
