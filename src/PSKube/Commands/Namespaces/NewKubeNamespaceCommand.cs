using System.Management.Automation;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Namespaces;

/// <summary>Creates a namespace and emits it.</summary>
[Cmdlet(VerbsCommon.New, "KubeNamespace", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1Namespace))]
public sealed class NewKubeNamespaceCommand : NewNamedCmdlet
{
    private protected override void Process()
    {
        NameRules.CheckLabel(Name, "name of a namespace");
        CreateObject(new V1Namespace { ApiVersion = "v1", Kind = "Namespace", Metadata = Metadata(Name, null) }, BuiltInKinds.Namespace);
    }
}
