using System.Management.Automation;

namespace PSKube.Loader;

/// <summary>Sets the private libraries up before the module's own assembly is used, and down when the module is removed.</summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnImport() => DependencyLoadContext.Enter();

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => DependencyLoadContext.Leave();
}
