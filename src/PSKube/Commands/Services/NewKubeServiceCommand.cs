using System.Collections;
using System.Management.Automation;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Services;

/// <summary>How a service is reached.</summary>
public enum ServiceType
{
    /// <summary>From within the cluster.</summary>
    ClusterIP,

    /// <summary>On a port of every node, too.</summary>
    NodePort,

    /// <summary>By a load balancer of the cloud, too.</summary>
    LoadBalancer,
}

/// <summary>
/// Creates a service and emits it: by name, as <c>kubectl create service</c> does, or for a piped workload, pod or service, as
/// <c>kubectl expose</c> does, with its selector, labels and ports.
/// </summary>
[Cmdlet(VerbsCommon.New, "KubeService", DefaultParameterSetName = "Name", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1Service))]
public sealed class NewKubeServiceCommand : NewObjectCmdlet
{
    /// <summary>The name: lower-case letters, digits and '-'. For a piped object its own name when not given.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [Parameter(Position = 0, ParameterSetName = "InputObject")]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>What the service leads to: a Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Pod or Service, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The ports: <c>80</c>, <c>80:8080</c> (service:container), <c>80:http</c>, <c>web=53:5353/UDP</c>. For a piped object its containers' ports when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Port { get; set; } = [];

    /// <summary>The containers' port, by number or name, for ports that name none; the same number when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TargetPort { get; set; }

    /// <summary>The protocol of ports that name none: <c>TCP</c> (the default), <c>UDP</c> or <c>SCTP</c>.</summary>
    [Parameter]
    [ValidateSet("TCP", "UDP", "SCTP")]
    public string? Protocol { get; set; }

    /// <summary>How the service is reached: <c>ClusterIP</c> (the server's default), <c>NodePort</c> or <c>LoadBalancer</c>.</summary>
    [Parameter]
    public ServiceType? Type { get; set; }

    /// <summary>The port on every node, from 30000 to 32767 on most clusters; for one -Port and -Type NodePort or LoadBalancer.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? NodePort { get; set; }

    /// <summary>Without an address of its own: its name leads to the pods. A StatefulSet needs one.</summary>
    [Parameter]
    public SwitchParameter Headless { get; set; }

    /// <summary>A name outside the cluster that the service stands for, such as <c>db.example.com</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExternalName { get; set; }

    /// <summary>Addresses outside the cluster that lead to the service.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ExternalIP { get; set; } = [];

    /// <summary><c>ClientIP</c> keeps each client at its pod.</summary>
    [Parameter]
    [ValidateSet("None", "ClientIP")]
    public string? SessionAffinity { get; set; }

    /// <summary>The labels of the pods: a hashtable, or <c>'a=1,b=2'</c>; <c>app</c> with the service's name, or what the piped object selects, when not given.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Selector { get; set; }

    private protected override void Process()
    {
        if (NodePort is not null && (Port.Length != 1 || Type is null or ServiceType.ClusterIP)) throw PodTemplateBuilder.Invalid("-NodePort is that of one -Port of a service with -Type NodePort or LoadBalancer.");
        var ports = Port.SelectMany(text => text.Split(',')).Select(text => ServiceBuilder.ParsePort(text, TargetPort, Protocol ?? "TCP")).ToList();
        foreach (V1ServicePort port in ports) port.NodePort = NodePort;
        var args = new ServiceBuilder.ServiceArgs
        {
            Ports = ports,
            Type = Type?.ToString(),
            Headless = Headless,
            ExternalName = ExternalName,
            ExternalIPs = ExternalIP,
            SessionAffinity = SessionAffinity,
            Selector = PodTemplateBuilder.Map(KeyValueTransformationAttribute.Pairs(Selector)),
        };
        if (InputObject is null) CreateObject(ServiceBuilder.Build(Metadata(Name, Namespace), args with { Type = args.Type ?? "ClusterIP" }), BuiltInKinds.Service);
        else Expose(InputObject, args);
    }

    private void Expose(PSObject input, ServiceBuilder.ServiceArgs args)
    {
        ResourceTarget target = ResourceTarget.From(input);
        Api.KubeClient? client = target.Uid is null && target.ApiVersion is not null ? null : ClientFor(input);
        System.Text.Json.Nodes.JsonObject source = target.ApiVersion is not null ? ResourceJson.ToJsonObject(input) : Read(target);
        CreateObject(ServiceBuilder.Expose(source, Metadata(Name, Namespace), args, TargetPort, Protocol), BuiltInKinds.Service, client);
    }

    private System.Text.Json.Nodes.JsonObject Read(ResourceTarget target)
    {
        Api.KubeClient client = Client;
        ResourceKind kind = target.FindKind(this, client);
        return ResourceJson.ToJsonObject(Await(cancel => client.GetAsync(kind, kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null, target.Name, cancel)));
    }
}
