using System.Reflection;
using System.Runtime.Loader;

namespace PSKube.Loader;

/// <summary>
/// Where YamlDotNet and Fractions live: beside whatever versions other modules have brought into the session, never instead of
/// them. KubernetesClient and PSKube stay in the default context, so that scripts can name <c>[k8s.Models.V1Pod]</c>.
/// </summary>
internal sealed class DependencyLoadContext : AssemblyLoadContext
{
    private static readonly string Folder = Path.Combine(ModuleFiles.Folder, "Dependencies");
    private static readonly DependencyLoadContext Instance = new();
    private static readonly object Gate = new();
    private static int _users;

    private DependencyLoadContext()
        : base("PSKube", isCollectible: false)
    {
    }

    /// <summary>Begins to answer; once per process, however many runspaces import the module.</summary>
    public static void Enter()
    {
        lock (Gate)
        {
            if (_users++ > 0) return;
            AppDomain.CurrentDomain.AssemblyResolve += Resolve;
            LoadModel();
        }
    }

    /// <summary>Ends answering when the last import is removed.</summary>
    public static void Leave()
    {
        lock (Gate)
        {
            if (_users > 0 && --_users == 0) AppDomain.CurrentDomain.AssemblyResolve -= Resolve;
        }
    }

    /// <summary>
    /// True when a request is ours to answer: one of our private libraries, asked for by us, by KubernetesClient, or by a
    /// private library itself. A request without a requester comes from a search for type names and is left alone.
    /// </summary>
    internal static bool IsOurs(string? requester, string? requested)
    {
        return requested is "YamlDotNet" or "Fractions" && requester is "PSKube" or "KubernetesClient" or "YamlDotNet" or "Fractions";
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string file = Path.Combine(Folder, assemblyName.Name + ".dll");
        return assemblyName.Name is "YamlDotNet" or "Fractions" && File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }

    /// <summary>Scripts may name the model's types in their first line, before any command has had a use for them.</summary>
    private static void LoadModel()
    {
        try
        {
            Default.LoadFromAssemblyPath(Path.Combine(ModuleFiles.Folder, "KubernetesClient.dll"));
        }
        catch (FileLoadException)
        {
            // Another module has brought its own; then that is what the names stand for.
        }
    }

    private static Assembly? Resolve(object? sender, ResolveEventArgs request)
    {
        var wanted = new AssemblyName(request.Name);
        string? requester = request.RequestingAssembly?.GetName().Name;
        if (requester == "PSKube" && wanted.Name == "PSKube.Sandbox") return Default.LoadFromAssemblyPath(Path.Combine(ModuleFiles.Folder, "PSKube.Sandbox.dll"));
        return IsOurs(requester, wanted.Name) ? Instance.LoadFromAssemblyName(wanted) : null;
    }
}
