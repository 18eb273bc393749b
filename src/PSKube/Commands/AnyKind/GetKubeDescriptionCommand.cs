using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Output.Describe;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.AnyKind;

/// <summary>
/// Describes objects as <c>kubectl describe</c> does, with their events and what belongs to them: a text for people, and
/// sections, conditions, events and related objects for scripts. What of that cannot be read is a warning. No value of a Secret
/// is ever in it.
/// </summary>
[Cmdlet(VerbsCommon.Get, "KubeDescription", DefaultParameterSetName = "Target")]
[OutputType(typeof(KubeDescription))]
public sealed class GetKubeDescriptionCommand : KubeApiCmdlet
{
    /// <summary><c>TYPE/NAME</c>, for example <c>deployment/web</c>; several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The kind, its plural, singular or short name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Kind { get; set; }

    /// <summary>The names: those of the -Kind, or behind a kind in the place of TYPE/NAME, <c>deployment web</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [Parameter(Position = 1, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [AllowEmptyString]
    public string[]? Name { get; set; }

    /// <summary>The object, which is read anew, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Leave out the events.</summary>
    [Parameter]
    public SwitchParameter NoEvent { get; set; }

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            Describe(ResourceTarget.From(InputObject), ClientFor(InputObject));
            return;
        }

        string? kind = Name is null ? null : Kind ?? ResourceTarget.KindAlone(Target);
        IEnumerable<Func<ResourceTarget>> targets = Name is null ? Target.Select(text => (Func<ResourceTarget>)(() => ResourceTarget.Parse(text))) : Name.Select(name => (Func<ResourceTarget>)(() => new ResourceTarget(null, kind, name, null, null, null)));
        foreach (Func<ResourceTarget> target in targets)
        {
            try
            {
                Describe(target(), Client);
            }
            catch (KubeException failure) when (!failure.EndsCommand)
            {
                Fail(failure);
            }
        }
    }

    private void Describe(ResourceTarget target, KubeClient client)
    {
        ResourceKind kind = target.FindKind(this, client);
        ApiPath.Check(target.Name, "name");
        string? ns = kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null;
        var reader = new DescriptionReader(client, Notes.Warning);
        KubeDescription description = Await(cancel => reader.DescribeAsync(kind, ns, target.Name, !NoEvent, cancel));
        PSObject shown = PSObject.AsPSObject(description);
        shown.TypeNames.Insert(0, KubeDescription.TypeName);
        WriteObject(shown);
    }
}
