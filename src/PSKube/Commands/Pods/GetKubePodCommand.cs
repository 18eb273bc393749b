using System.Management.Automation;
using k8s.Models;
using PSKube.Api;
using PSKube.Resources;

namespace PSKube.Commands.Pods;

/// <summary>Reads pods; of a workload or a service from the pipeline, its pods.</summary>
[Cmdlet(VerbsCommon.Get, "KubePod", DefaultParameterSetName = "Name")]
[OutputType(typeof(V1Pod))]
public sealed class GetKubePodCommand : ReadKindCmdlet
{
    private static readonly string[] Owners = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController", "Service"];

    private protected override ResourceKind Kind => BuiltInKinds.Pod;

    private protected override bool ReadRelated(KubeClient client, ResourceTarget owner)
    {
        ResourceKind kind = owner.FindKind(this, client);
        if (!Owners.Contains(kind.Kind)) return false;
        string ns = owner.Namespace ?? client.DefaultNamespace;
        // What was piped carries its selector; a name does not.
        object whole = owner.Source is { } source && ResourceJson.ToJsonObject(source)["spec"]?["selector"] is not null ? source : Await(cancel => client.GetAsync(kind, ns, owner.Name, cancel));
        IReadOnlyList<V1Pod> pods = Await(cancel => client.PodsOfAsync(whole, ns, cancel, LabelSelector, FieldSelector));
        if (pods.Count == 0) WriteVerbose($"{new Errors.KubeReference(kind.Kind, ns, owner.Name)} has no pods.");
        foreach (V1Pod pod in Limit > 0 ? pods.Take(Limit) : pods) Show(pod, allNamespaces: false);
        return true;
    }
}
