using System.Management.Automation;
using k8s.Models;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.StatefulSets;

/// <summary>In which order a stateful set makes its pods.</summary>
public enum PodManagementPolicy
{
    /// <summary>One after the other, each when the one before is ready.</summary>
    OrderedReady,

    /// <summary>All at once.</summary>
    Parallel,
}

/// <summary>Creates a stateful set, with claims for its pods and, if asked, the headless service that it needs, and emits them.</summary>
[Cmdlet(VerbsCommon.New, "KubeStatefulSet", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1StatefulSet), typeof(V1Service))]
public sealed class NewKubeStatefulSetCommand : NewWorkloadCmdlet
{
    /// <summary>The images, one container each: <c>[registry/]name[:tag][@digest]</c>. Not needed where -Container is given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] Image { get; set; } = [];

    /// <summary>How many pods run; 1 when not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    public int Replicas { get; set; } = 1;

    /// <summary>The headless service that gives the pods their names; the set's own name when not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ServiceName { get; set; }

    /// <summary>Create that service too, before the set; it leads to -Port.</summary>
    [Parameter]
    public SwitchParameter CreateHeadlessService { get; set; }

    /// <summary>The claims that each pod gets: <c>@{ www = '1Gi' }</c>; <c>@{ Name = 'www'; Size = '1Gi'; AccessMode = 'ReadWriteMany'; StorageClass = 'nfs' }</c>; or PersistentVolumeClaim objects such as <c>New-KubePersistentVolumeClaim -DryRun Client</c> makes.</summary>
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

    private protected override void Process()
    {
        IReadOnlyList<(V1PersistentVolumeClaim, string?)> claims = StatefulSetBuilder.WithPaths(VolumeClaimTemplate, KeyValueTransformationAttribute.Pairs(ClaimMountPath));
        V1StatefulSet set = StatefulSetBuilder.Build(TemplateArgs(Images(Image)), Replicas, ServiceName ?? Name, PodManagementPolicy?.ToString(), claims);
        if (CreateHeadlessService) CreateObject(StatefulSetBuilder.BuildService(set, Port), BuiltInKinds.Service);
        Create(set, BuiltInKinds.StatefulSet);
    }
}
