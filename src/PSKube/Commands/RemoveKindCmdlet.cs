using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>A cmdlet that deletes objects of one kind, or of any kind when it has none of its own.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RemoveKindCmdlet : RemoveCmdlet
{
    private protected RemoveKindCmdlet()
    {
    }

    /// <summary>An object to delete, or its name. A piped object is deleted only if it is still the same one, and on the cluster that it came from.</summary>
    [Parameter(ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Delete every object with these labels: <c>app=web,tier!=db</c>, or a hashtable.</summary>
    [Parameter(ParameterSetName = "Selector", Mandatory = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Delete every object of the kind in the namespace.</summary>
    [Parameter(ParameterSetName = "All", Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>The names to delete.</summary>
    private protected abstract IReadOnlyList<string>? Names { get; }

    /// <summary>The kind that this command deletes, or null when its parameters say so.</summary>
    private protected abstract ResourceKind? OwnKind { get; }

    private protected override void Process()
    {
        if (InputObject is not null)
        {
            Remove(InputObject);
            return;
        }

        if (ParameterSetName is "Selector" or "All")
        {
            RemoveListed();
            return;
        }

        foreach (string name in Names ?? [])
        {
            ResourceTarget target = ResourceTarget.Parse(name);
            ResourceKind kind = KindOf(Client, target);
            if (WildcardPattern.ContainsWildcardCharacters(target.Name)) RemoveMatching(kind, WildcardPattern.Get(target.Name, WildcardOptions.None));
            else Remove(Client, kind, NamespaceFor(kind, null, Client), target.Name, null);
        }
    }

    private void Remove(PSObject input)
    {
        ResourceTarget target = ResourceTarget.From(input);
        KubeClient client = ClientFor(input);
        ResourceKind kind = KindOf(client, target);
        Remove(client, kind, NamespaceFor(kind, target.Namespace, client), target.Name, target.Uid);
    }

    private void RemoveListed()
    {
        KubeClient client = Client;
        ResourceKind kind = OwnKind is { } own ? Await(cancel => client.ServedAsync(own, cancel)) : throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "-Kind is needed.") { EndsCommand = true };
        RemoveMatching(kind, null);
    }

    private void RemoveMatching(ResourceKind kind, WildcardPattern? pattern)
    {
        KubeClient client = Client;
        var options = new ListOptions { Namespace = NamespaceFor(kind, null, client), LabelSelector = LabelSelector };
        // Listed as a whole first: a list must not shift under the deletions that it leads to.
        (List<object> items, List<KubeException> failures) = Await(cancel => client.ListAllAsync(kind, options, cancel));
        foreach (KubeException failure in failures) Fail(failure);
        foreach (ResourceHeader header in items.Select(ResourceHeader.Read))
        {
            if (pattern?.IsMatch(header.Name!) != false) Remove(client, kind, header.Namespace, header.Name!, header.Uid, wasListed: true);
        }
    }

    private ResourceKind KindOf(KubeClient client, ResourceTarget target)
    {
        if (OwnKind is { } own)
        {
            if (target.Kind is null || BuiltInKinds.IsCalled(own, target.Kind)) return Await(cancel => client.ServedAsync(own, cancel));
            throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"A {own.Kind} was expected, not the {target.Kind} '{target.Name}'.")
            {
                Target = new KubeReference(target.Kind, target.Namespace, target.Name),
                RecommendedAction = "Use Remove-KubeResource for objects of any kind.",
            };
        }

        if (target.Kind is null) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"'{target.Name}' names no kind; write TYPE/NAME, or give -Kind.") { Target = target.Name };
        return target.ApiVersion is null
            ? Await(cancel => client.FindKindAsync(target.Kind, cancel))
            : Await(cancel => client.FindKindAsync(target.ApiVersion, target.Kind, cancel));
    }

    private string? NamespaceFor(ResourceKind kind, string? own, KubeClient client)
    {
        if (!kind.Namespaced)
        {
            // Deleting more than was meant is the worst that can happen here (kubernetes/kubectl#1774).
            if (Namespace is not null) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, $"{kind.Kind} objects live in no namespace; leave -Namespace {Namespace} out if the object of the whole cluster is meant.") { EndsCommand = true };
            return null;
        }

        if (own is not null && Namespace is not null && own != Namespace) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, $"The object is in namespace {own}, but -Namespace says {Namespace}.");
        return own ?? client.DefaultNamespace;
    }
}
