using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Parameters;

namespace PSKube.Commands;

/// <summary>A cmdlet that changes workloads one by one and may wait for all of them at the end.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ChangeWorkloadCmdlet : ChangeTargetCmdlet
{
    private protected ChangeWorkloadCmdlet()
    {
    }

    /// <summary>Wait until the workloads are as asked; each is emitted when it is.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all; five minutes when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    private protected sealed override TimeSpan Patience => Timeout;

    /// <summary>True when what was changed is emitted only once it is as asked.</summary>
    private protected bool Waits => Wait && DryRun == DryRun.None;

    /// <summary>Emits what a change left, now or once it is as asked.</summary>
    private protected void Emit(NamedObject one, object changed)
    {
        if (Waits) EmitWhenReady(one, changed);
        else WriteObject(changed);
    }
}
