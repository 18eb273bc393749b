using System.Management.Automation;
using PSKube.Api;

namespace PSKube.Commands;

/// <summary>What an import sets going.</summary>
public sealed class ModuleImport : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport() => Rehearsal.Begin();
}
