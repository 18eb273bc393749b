using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>A cmdlet that reads objects: by name, by wildcard, by selector, or all of a namespace.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ReadCmdlet : KubeApiCmdlet
{
    private protected ReadCmdlet()
    {
    }

    /// <summary>Only objects with these labels: <c>app=web,tier!=db</c>, or a hashtable.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [Alias("l", "Selector")]
    [SelectorTransformation]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Only objects with these fields, as the API allows for the kind: <c>status.phase=Running</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FieldSelector { get; set; }

    /// <summary>Read all namespaces.</summary>
    [Parameter]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>The most objects to read.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Limit { get; set; }

    /// <summary>A name that is not there is no error.</summary>
    [Parameter]
    public SwitchParameter IgnoreNotFound { get; set; }

    /// <summary>Show kubectl's wide columns.</summary>
    [Parameter]
    public SwitchParameter Wide { get; set; }

    /// <summary>The namespace to read, null for all and for cluster-scoped kinds.</summary>
    private protected string? ResolveNamespace(ResourceKind kind)
    {
        if (!kind.Namespaced)
        {
            if (Namespace is not null) WriteWarning($"{kind.Kind} objects live in no namespace; -Namespace {Namespace} is ignored.");
            return null;
        }

        return AllNamespaces ? null : Client.DefaultNamespace;
    }

    /// <summary>Reads what names and wildcards say, or all; emits objects as they come.</summary>
    private protected void Read(KubeClient client, ResourceKind kind, string? ns, string[]? names)
    {
        if (names is null || names.Length == 0)
        {
            List(client, kind, ns, null, null);
            return;
        }

        string[] wild = [.. names.Where(WildcardPattern.ContainsWildcardCharacters)];
        foreach (string name in names.Except(wild)) ReadOne(client, kind, ns, name);
        if (wild.Length > 0) List(client, kind, ns, wild, null);
    }

    private void ReadOne(KubeClient client, ResourceKind kind, string? ns, string name)
    {
        try
        {
            ApiPath.Check(name, "name");
            if (ns is null && kind.Namespaced) List(client, kind, null, null, name);
            else Show(Await(cancel => client.GetAsync(kind, ns, name, cancel)), allNamespaces: false);
        }
        catch (KubeException failure) when (IgnoreNotFound && failure.ErrorId == "KubeNotFound")
        {
            WriteVerbose(failure.Message);
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            // One name of several: the others are still answered.
            Fail(failure, name);
        }
    }

    private void List(KubeClient client, ResourceKind kind, string? ns, string[]? patterns, string? exactName)
    {
        var options = new ListOptions
        {
            Namespace = ns,
            LabelSelector = LabelSelector,
            FieldSelector = exactName is null ? FieldSelector : string.Join(',', new[] { FieldSelector, $"metadata.name={exactName}" }.Where(part => part is not null)),
            Limit = Limit > 0 && patterns is null ? Limit : null,
        };
        WildcardPattern[]? wildcards = patterns?.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.None)).ToArray();
        int shown = 0;
        bool any = false;
        foreach (ListItem item in Pull(cancel => client.ListAsync(kind, options, cancel)))
        {
            any = true;
            if (item.Failure is not null)
            {
                Fail(item.Failure);
                continue;
            }

            if (wildcards is not null && !Array.Exists(wildcards, wildcard => wildcard.IsMatch(ResourceHeader.Read(item.Object).Name ?? ""))) continue;
            Show(item.Object!, allNamespaces: ns is null && kind.Namespaced);
            if (Limit > 0 && ++shown >= Limit) break;
        }

        if (any) return;
        if (exactName is not null) throw new KubeException("KubeNotFound", ErrorCategory.ObjectNotFound, $"{kind} \"{exactName}\" not found in any namespace.") { Target = new KubeReference(kind.Kind, null, exactName) };
        ReportEmpty(client, ns);
    }

    /// <summary>Emits an object, in the table that the parameters ask for.</summary>
    private protected virtual void Show(object value, bool allNamespaces) => WriteObject(Output.ViewTag.Mark(value, Wide, allNamespaces));
}
