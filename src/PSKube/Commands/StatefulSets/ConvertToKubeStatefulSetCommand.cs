using System.Management.Automation;
using k8s.Models;
using PSKube.Conversion;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.StatefulSets;

/// <summary>
/// Makes a StatefulSet of a Deployment, ReplicaSet, DaemonSet or Pod, offline, and emits it. Each thing that a StatefulSet cannot
/// have is told by a warning; what is merely a default or maps onto something is told with -Verbose.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeStatefulSet")]
[OutputType(typeof(V1StatefulSet), typeof(V1Service))]
public sealed class ConvertToKubeStatefulSetCommand : ConvertCmdlet
{
    /// <summary>The headless service that gives the pods their names; the set's own name when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ServiceName { get; set; }

    /// <summary>Emit that service too, before the set.</summary>
    [Parameter]
    public SwitchParameter CreateHeadlessService { get; set; }

    /// <summary>The claims that each pod gets, in place of volumes of the same names: <c>@{ www = '1Gi' }</c>; <c>@{ Name = 'www'; Size = '1Gi'; AccessMode = 'ReadWriteMany' }</c>; or PersistentVolumeClaim objects.</summary>
    [Parameter]
    [VolumeClaimTransformation]
    public V1PersistentVolumeClaim[] VolumeClaimTemplate { get; set; } = [];

    /// <summary>Where the claims are mounted, in every container: <c>@{ www = '/usr/share/nginx/html' }</c>.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public System.Collections.IDictionary? ClaimMountPath { get; set; }

    /// <summary>In which order the pods are made: <c>OrderedReady</c> (the server's default) or <c>Parallel</c>.</summary>
    [Parameter]
    public PodManagementPolicy? PodManagementPolicy { get; set; }

    private protected override IReadOnlyList<ConversionNote> Convert(WorkloadSource source)
    {
        string service = ServiceName ?? source.Metadata["name"]?.ToString() ?? "";
        NameRules.CheckLabel(service, "service name");
        (V1StatefulSet set, IReadOnlyList<ConversionNote> notes) = StatefulSetConversion.Convert(source, service, PodManagementPolicy?.ToString(), StatefulSetBuilder.WithPaths(VolumeClaimTemplate, KeyValueTransformationAttribute.Pairs(ClaimMountPath)));
        if (CreateHeadlessService) WriteObject(StatefulSetBuilder.BuildService(set, set.Spec.Template.Spec.Containers.SelectMany(container => container.Ports ?? []).FirstOrDefault()?.ContainerPort));
        WriteObject(set);
        return notes;
    }
}
