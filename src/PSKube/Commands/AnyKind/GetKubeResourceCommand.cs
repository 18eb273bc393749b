using System.Management.Automation;
using k8s;
using PSKube.Api;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.AnyKind;

/// <summary>
/// Reads objects of any kind that the server serves, custom kinds included. Kinds without a type in the Kubernetes model come
/// as objects that keep every field.
/// </summary>
[Cmdlet(VerbsCommon.Get, "KubeResource", DefaultParameterSetName = "Kind")]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class GetKubeResourceCommand : ReadCmdlet
{
    private List<object>? _rows;

    /// <summary>The kind, its plural, singular or short name, with its group if need be (<c>deployments.apps</c>); or <c>TYPE/NAME</c>. Several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Kind")]
    [ArgumentCompleter(typeof(KindCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Kind { get; set; } = [];

    /// <summary>The names. A name with wildcards is matched here; one without that does not exist is an error.</summary>
    [Parameter(Position = 1, ParameterSetName = "Kind")]
    [ArgumentCompleter(typeof(ResourceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The apiVersion to read, when the server serves the kind in several: <c>autoscaling/v1</c>.</summary>
    [Parameter(ParameterSetName = "Kind")]
    [ValidateNotNullOrEmpty]
    public string? ApiVersion { get; set; }

    /// <summary>An object to read again, or <c>TYPE/NAME</c>.</summary>
    [Parameter(ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            ResourceTarget target = ResourceTarget.From(InputObject);
            KubeClient client = ClientFor(InputObject);
            ResourceKind kind = FindKind(client, target);
            Read(client, kind, kind.Namespaced ? target.Namespace ?? client.DefaultNamespace : null, [target.Name]);
            return;
        }

        string[] asked = [.. Kind.SelectMany(kind => kind.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        bool first = true;
        foreach (string text in asked)
        {
            ResourceTarget target = ResourceTarget.Parse(text);
            bool named = target.Kind is not null;
            ResourceKind kind = FindKind(Client, named ? target : target with { Kind = target.Name });
            // Several kinds are shown as kubectl shows them, one table each.
            _rows = asked.Length > 1 ? [] : null;
            Read(Client, kind, ResolveNamespace(kind), named ? [target.Name] : Name);
            if (_rows is not { Count: > 0 } rows) continue;
            foreach (PSObject row in WorkloadTable.Mark(kind.Kind, rows, AllNamespaces, first)) WriteObject(row);
            first = false;
        }
    }

    private protected override void Show(object value, bool allNamespaces)
    {
        if (_rows is not null) _rows.Add(value);
        else base.Show(value, allNamespaces);
    }

    private ResourceKind FindKind(KubeClient client, ResourceTarget target)
    {
        string? apiVersion = ApiVersion ?? target.ApiVersion;
        if (apiVersion is null) return Await(cancel => client.FindKindAsync(target.Kind ?? throw Missing(target), cancel));
        // A name such as 'hpa' with a version means that version of the kind it names.
        string kindName = Await(cancel => client.FindKindAsync(target.Kind ?? throw Missing(target), cancel)).Kind;
        return Await(cancel => client.FindKindAsync(apiVersion, kindName, cancel));
    }

    private static Errors.KubeException Missing(ResourceTarget target) => new("KubeInputInvalid", ErrorCategory.InvalidArgument, $"'{target.Name}' names no kind; write TYPE/NAME.") { Target = target.Name };
}
