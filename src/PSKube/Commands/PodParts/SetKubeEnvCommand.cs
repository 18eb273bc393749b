using System.Collections;
using System.Management.Automation;
using k8s;
using PSKube.Parameters;
using PSKube.Specs;

namespace PSKube.Commands.PodParts;

/// <summary>Sets or removes environment variables of containers, as <c>kubectl set env</c> does, and emits the object.</summary>
[Cmdlet(VerbsCommon.Set, "KubeEnv", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class SetKubeEnvCommand : PodEditCmdlet
{
    /// <summary>Variables with their values: a hashtable, an ordered one to keep the order, or texts such as <c>'A=1', 'B=2'</c>.</summary>
    [Parameter(Position = 0, ParameterSetName = "InputObject")]
    [Parameter(ParameterSetName = "Target")]
    [Parameter(ParameterSetName = "Name")]
    [KeyValueTransformation(commas: false)]
    public IDictionary? Env { get; set; }

    /// <summary>A secret whose entries become variables: all of them as they are when the container starts, or with -Key each as a variable of its own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FromSecret { get; set; }

    /// <summary>A config map whose entries become variables: all of them as they are when the container starts, or with -Key each as a variable of its own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FromConfigMap { get; set; }

    /// <summary>The entries that become variables; as with kubectl, <c>db.user</c> becomes <c>DB_USER</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <summary>What the names of the variables from entries begin with.</summary>
    [Parameter]
    [ValidateNotNull]
    public string Prefix { get; set; } = "";

    /// <summary>The variables to take out; one that is not there is none already.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Remove { get; set; } = [];

    /// <summary>The containers, init containers too: names or wildcards. All but init containers when not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

    // Names only: a value may be what nobody should read.
    private protected override string Intent => $"Set environment {string.Join(", ", (KeyValueTransformationAttribute.Pairs(Env) ?? []).Select(pair => pair.Key).Concat(new[] { FromSecret, FromConfigMap }.OfType<string>().Select(name => $"from {name}")).Concat(Remove.Select(name => $"{name}-")))}";

    private protected override PodEdit Edit() => new EnvEdit
    {
        Values = KeyValueTransformationAttribute.Pairs(Env) ?? [],
        Secret = FromSecret,
        ConfigMap = FromConfigMap,
        Keys = Key,
        Prefix = Prefix,
        Remove = Remove,
        Containers = Container,
    }.Build();
}
