using System.ComponentModel;
using System.Management.Automation;
using PSKube.Errors;
using PSKube.Parameters;

namespace PSKube.Commands;

/// <summary>
/// A cmdlet that changes pods and whose first values may stand without their names, behind the target or, when objects are piped,
/// alone. The engine gives the first text to -Target before it looks at the pipeline, so it is handed on here.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PositionalEditCmdlet : PodEditCmdlet
{
    private bool _sorted;

    private protected PositionalEditCmdlet()
    {
    }

    /// <summary><c>TYPE/NAME</c>, for example <c>deployment/web</c>; several by comma. Left out when objects are piped.</summary>
    [Parameter(Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public override string[] Target { get; set; } = [];

    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [AllowEmptyString]
    public override string[]? Name { get; set; }

    /// <summary>The object, or <c>TYPE/NAME</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Target")]
    [ValidateNotNull]
    public override PSObject? InputObject { get; set; }

    /// <summary>Takes what stands first when objects are piped.</summary>
    /// <exception cref="KubeException">It has no room: what it would be was given too.</exception>
    private protected abstract void TakeFirst(string[] values);

    /// <summary>Refuses a command without what it cannot do without.</summary>
    private protected abstract void CheckGiven();

    private protected override void Process()
    {
        if (!_sorted)
        {
            _sorted = true;
            Sort();
        }

        base.Process();
    }

    private protected static KubeException Unsaid(string text) => new("KubeInvalidArgument", ErrorCategory.InvalidArgument, text) { EndsCommand = true };

    private void Sort()
    {
        if (InputObject is not null && Target.Length > 0)
        {
            string[] first = Target;
            Target = [];
            TakeFirst(first);
        }

        if (InputObject is null && Target.Length == 0 && Name is null) throw Unsaid("What is to be changed is not said: give TYPE/NAME, -Kind and -Name, or pipe an object.");
        CheckGiven();
    }
}
