using System.ComponentModel;
using System.Management.Automation;
using PSKube.Parameters;

namespace PSKube.Commands;

/// <summary>A cmdlet that deletes objects of the kind that it is called after.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RemoveNamedCmdlet : RemoveKindCmdlet
{
    private protected RemoveNamedCmdlet()
    {
    }

    /// <summary>The names; one with wildcards is matched against what is there.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [AllowEmptyString]
    public string[] Name { get; set; } = [];

    private protected sealed override IReadOnlyList<string>? Names => Name;
}
