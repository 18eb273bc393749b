using System.Collections;
using System.Management.Automation;
using k8s;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>Sets how much containers may use and are promised, as <c>kubectl set resources</c> does, and emits the object. What is not named stays.</summary>
[Cmdlet(VerbsCommon.Set, "KubeResourceLimit", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class SetKubeResourceLimitCommand : PodEditCmdlet
{
    /// <summary>The most they may use: <c>@{ cpu = '500m'; memory = '200Mi' }</c>. An empty amount, or $null, takes the limit out.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Limits { get; set; }

    /// <summary>What they are promised: <c>@{ cpu = '100m'; memory = '100Mi' }</c>. An empty amount, or $null, takes the request out.</summary>
    [Parameter]
    [KeyValueTransformation(commas: true)]
    public IDictionary? Requests { get; set; }

    /// <summary>The containers, init containers too: names or wildcards. All but init containers when not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

    private protected override string Intent => string.Join(", ", Texts("limits", Limits).Concat(Texts("requests", Requests)).Prepend("Set resources"));

    private protected override PodEdit Edit() => ResourceEdit.Build(KeyValueTransformationAttribute.Pairs(Limits) ?? [], KeyValueTransformationAttribute.Pairs(Requests) ?? [], Container);

    private static IEnumerable<string> Texts(string part, IDictionary? amounts) => (KeyValueTransformationAttribute.Pairs(amounts) ?? []).Select(pair => $"{part}.{pair.Key}={pair.Value}");
}
