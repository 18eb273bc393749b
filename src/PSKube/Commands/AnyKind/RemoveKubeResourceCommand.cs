using System.Management.Automation;
using PSKube.Api;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.AnyKind;

/// <summary>Deletes objects of any kind: piped ones, <c>TYPE/NAME</c>, or a kind with names, a selector or all.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeResource", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeResourceCommand : RemoveKindCmdlet
{
    private ResourceKind? _kind;

    /// <summary><c>TYPE/NAME</c>, several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The kind, its plural, singular or short name, with its group if need be.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [Parameter(Mandatory = true, ParameterSetName = "Selector")]
    [Parameter(Mandatory = true, ParameterSetName = "All")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Kind { get; set; }

    /// <summary>The names; one with wildcards is matched against what is there.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [AllowEmptyString]
    public string[]? Name { get; set; }

    private protected override IReadOnlyList<string>? Names => Name ?? Target;

    private protected override ResourceKind? OwnKind => Kind is null ? null : _kind ??= FindKind(Client, Kind);

    private ResourceKind FindKind(KubeClient client, string kind) => Await(cancel => client.FindKindAsync(kind, cancel));
}
