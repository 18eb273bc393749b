using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>A cmdlet that reads objects of one kind.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ReadKindCmdlet : ReadCmdlet
{
    private protected ReadKindCmdlet()
    {
    }

    /// <summary>The names. A name with wildcards is matched here; one without that does not exist is an error.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>
    /// An object to read again, a Namespace whose objects are wanted, or a name. Taken from the pipeline:
    /// <c>Get-KubeNamespace | Get-KubePod</c>.
    /// </summary>
    [Parameter(ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The kind that this command reads.</summary>
    private protected abstract ResourceKind Kind { get; }

    private protected override void Process()
    {
        if (InputObject is not null) ReadInput(InputObject);
        else Read(Client, Served(Client), ResolveNamespace(Kind), Name);
    }

    /// <summary>Reads what belongs to an object of another kind; false when this command knows no such relation.</summary>
    private protected virtual bool ReadRelated(KubeClient client, ResourceTarget owner) => false;

    private ResourceKind Served(KubeClient client) => Await(cancel => client.ServedAsync(Kind, cancel));

    private void ReadInput(PSObject input)
    {
        if (ResourceHeader.TryRead(input, out ResourceHeader? header) && header.Kind == "Namespace" && Kind.Namespaced)
        {
            Read(ClientFor(input), Served(ClientFor(input)), header.Name, null);
            return;
        }

        ResourceTarget target = ResourceTarget.From(input);
        if (target.Kind is not null && !BuiltInKinds.IsCalled(Kind, target.Kind))
        {
            if (ReadRelated(ClientFor(input), target)) return;
            throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"A {Kind.Kind}{(Kind.Namespaced ? " or a Namespace" : "")} was expected, not the {target.Kind} '{target.Name}'.")
            {
                Target = new KubeReference(target.Kind, target.Namespace, target.Name),
                RecommendedAction = "Use Get-KubeResource for objects of any kind.",
            };
        }

        KubeClient client = ClientFor(input);
        Read(client, Served(client), Kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null, [target.Name]);
    }
}
