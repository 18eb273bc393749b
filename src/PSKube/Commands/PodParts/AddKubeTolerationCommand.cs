using System.Management.Automation;
using k8s;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>How a toleration's value is compared with a taint's.</summary>
public enum TolerationOperator
{
    /// <summary>They are equal.</summary>
    Equal,

    /// <summary>Every value will do.</summary>
    Exists,
}

/// <summary>What a taint does to pods that do not tolerate it.</summary>
public enum TaintEffect
{
    /// <summary>They are not put on the node.</summary>
    NoSchedule,

    /// <summary>They are put on other nodes if there is room.</summary>
    PreferNoSchedule,

    /// <summary>They are driven out too.</summary>
    NoExecute,
}

/// <summary>Lets a pod, or the pods of a workload, run on nodes with a taint, and emits the object.</summary>
[Cmdlet(VerbsCommon.Add, "KubeToleration", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class AddKubeTolerationCommand : PodEditCmdlet
{
    /// <summary>The taint's key, for example <c>dedicated</c>; every taint when not given, with -Operator Exists.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Key { get; set; }

    /// <summary><c>Equal</c>: the taint's value is -Value. <c>Exists</c>: every value will do, the default when no -Value is given.</summary>
    [Parameter]
    public TolerationOperator? Operator { get; set; }

    /// <summary>The taint's value.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [AllowEmptyString]
    public string? Value { get; set; }

    /// <summary>The taint's effect; every effect when not given.</summary>
    [Parameter]
    public TaintEffect? Effect { get; set; }

    /// <summary>How many seconds the pods stay after a NoExecute taint came; for ever when not given.</summary>
    [Parameter]
    public long? TolerationSeconds { get; set; }

    /// <summary>Tolerate the taints of control-plane nodes, old and new.</summary>
    [Parameter]
    public SwitchParameter ControlPlane { get; set; }

    private protected override string Intent => ControlPlane && Key is null ? "Tolerate the control plane's taints" : $"Tolerate {Key ?? "every taint"}";

    private protected override PodEdit Edit()
    {
        bool own = Key is not null || Operator is not null || Value is not null || Effect is not null || TolerationSeconds is not null;
        if (!own && !ControlPlane) throw PodTemplateBuilder.Invalid("Which taint is tolerated is not said: give -Key, -ControlPlane, or -Operator Exists for all.");
        string wanted = (Operator ?? (Value is null && Key is not null ? TolerationOperator.Exists : TolerationOperator.Equal)).ToString();
        V1Toleration[] given = own ? [new V1Toleration { Key = Key, OperatorProperty = wanted, Value = Value, Effect = Effect?.ToString(), TolerationSeconds = TolerationSeconds }] : [];
        return TolerationEdit.Build([.. given, .. ControlPlane ? Specs.ControlPlane.Tolerations() : []]);
    }
}
