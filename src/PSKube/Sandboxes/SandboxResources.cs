using System.IO.Enumeration;
using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Sandbox;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Store;

namespace PSKube.Sandboxes;

/// <summary>The resources that a sandbox can be asked for, as addresses name them: a fault or a question about any other would wait for ever.</summary>
internal static class SandboxResources
{
    /// <summary>What is asked of a cluster and answered without being in the catalog: some by a refusal, some by a review.</summary>
    private static readonly string[] s_others =
    [
        "pods/attach", "pods/binding", "pods/ephemeralcontainers", "pods/portforward", "pods/proxy", "pods/resize", "services/proxy", "nodes/proxy", "namespaces/finalize",
        "serviceaccounts/token", "selfsubjectaccessreviews", "subjectaccessreviews", "localsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews",
    ];

    /// <summary>Their names; those of the newest version for no sandbox.</summary>
    public static IEnumerable<string> Names(KubeSandbox? sandbox)
    {
        ResourceCatalog catalog = sandbox?.Cluster.Catalog ?? new ResourceCatalog(SandboxOptions.NewestMinor, new ObjectStore());
        return catalog.All.Select(served => served.Resource).Distinct().SelectMany(resource => DiscoveryDocuments.Subresources(resource, catalog.Minor).Select(sub => $"{resource.Plural}/{sub.Name}").Prepend(resource.Plural))
            .Concat(s_others).Distinct().Order(StringComparer.Ordinal);
    }

    /// <summary>The name of what somebody calls by its plural, its singular, its kind or its short name, with <c>*</c> and <c>?</c> for several.</summary>
    /// <exception cref="KubeException">There is none (<c>KubeInvalidArgument</c>).</exception>
    public static string Find(KubeSandbox sandbox, string called)
    {
        ResourceCatalog catalog = sandbox.Cluster.Catalog;
        string[] words = called.Split('/', 2);
        Resource? meant = catalog.All.Select(served => served.Resource).FirstOrDefault(resource => IsCalled(resource, words[0]));
        string name = meant is null ? called : string.Join('/', [meant.Plural, .. words.Skip(1)]);
        string[] known = [.. Names(sandbox)];
        // What was asked may be gone by now, or be nothing that this server has.
        IEnumerable<string> all = known.Concat(AbsentKinds.Plurals(catalog.Minor)).Concat(sandbox.Cluster.Requests.All.Select(request => request.Resource));
        if (all.Any(one => FileSystemName.MatchesSimpleExpression(name, one, ignoreCase: true))) return name;
        string near = string.Join(" or ", Nearness.Closest(name, known).Select(one => $"'{one}'"));
        throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, $"The sandbox has no resource '{called}'.{(near.Length > 0 ? $" Did you mean {near}?" : "")}")
        {
            Target = called,
            RecommendedAction = "Name it as addresses do: pods, deployments, deployments/scale. One of a CustomResourceDefinition is known once that is there.",
            EndsCommand = true,
        };
    }

    private static bool IsCalled(Resource resource, string word) =>
        new[] { resource.Plural, resource.Singular, resource.Kind, resource.QualifiedName }.Concat(resource.ShortNames).Any(name => name.Equals(word, StringComparison.OrdinalIgnoreCase));
}
