using System.Management.Automation;
using k8s;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>How a probe asks.</summary>
public enum ProbeScheme
{
    /// <summary>Without TLS.</summary>
    Http,

    /// <summary>With TLS; the certificate is not checked.</summary>
    Https,
}

/// <summary>
/// Sets or removes the probes of a container: by which a node tells whether it lives, is ready for requests, or has started.
/// Emits the object.
/// </summary>
[Cmdlet(VerbsCommon.Set, "KubeProbe", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class SetKubeProbeCommand : PodEditCmdlet
{
    /// <summary>The liveness probe: a container that fails it is started again.</summary>
    [Parameter]
    public SwitchParameter Liveness { get; set; }

    /// <summary>The readiness probe: a pod that fails it gets no requests.</summary>
    [Parameter]
    public SwitchParameter Readiness { get; set; }

    /// <summary>The startup probe: the other two begin when it succeeds.</summary>
    [Parameter]
    public SwitchParameter Startup { get; set; }

    /// <summary>A GET of this path has to be answered with 200 to 399.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HttpGet { get; set; }

    /// <summary>The port has to take a connection.</summary>
    [Parameter]
    public SwitchParameter TcpSocket { get; set; }

    /// <summary>This command has to end with 0 in the container: program and arguments, one text each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Exec { get; set; } = [];

    /// <summary>The port, a number or a port's name; the container's only one when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Port { get; set; }

    /// <summary>How -HttpGet asks; <c>Http</c> when not given.</summary>
    [Parameter]
    public ProbeScheme? Scheme { get; set; }

    /// <summary>Seconds before the first look; 0 when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? InitialDelaySeconds { get; set; }

    /// <summary>Seconds from one look to the next; 10 when not given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? PeriodSeconds { get; set; }

    /// <summary>Seconds that one look may take; 1 when not given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? TimeoutSeconds { get; set; }

    /// <summary>How many looks in a row have to succeed; 1 when not given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? SuccessThreshold { get; set; }

    /// <summary>How many looks in a row have to fail; 3 when not given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? FailureThreshold { get; set; }

    /// <summary>Take the probes out.</summary>
    [Parameter]
    public SwitchParameter Remove { get; set; }

    /// <summary>The containers: names, wildcards, or <c>*</c> for all. Not needed where there is only one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

    private protected override string Intent => $"{(Remove ? "Remove" : "Set")} {string.Join(", ", Probes())}";

    private protected override PodEdit Edit() => new ProbeEdit
    {
        Probes = [.. Probes()],
        Remove = Remove,
        HttpPath = HttpGet,
        Scheme = Scheme?.ToString().ToUpperInvariant(),
        Tcp = TcpSocket,
        Command = Exec,
        Port = Port,
        Numbers = [.. Numbers()],
        Containers = Container,
    }.Build();

    private IEnumerable<string> Probes()
    {
        if (Liveness) yield return "livenessProbe";
        if (Readiness) yield return "readinessProbe";
        if (Startup) yield return "startupProbe";
    }

    private IEnumerable<KeyValuePair<string, int>> Numbers()
    {
        foreach ((string field, int? number) in (IEnumerable<(string, int?)>)[("initialDelaySeconds", InitialDelaySeconds), ("periodSeconds", PeriodSeconds), ("timeoutSeconds", TimeoutSeconds), ("successThreshold", SuccessThreshold), ("failureThreshold", FailureThreshold)])
        {
            if (number is { } value) yield return KeyValuePair.Create(field, value);
        }
    }
}
