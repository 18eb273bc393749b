using System.Reflection;

/// <summary>
/// Loads an assembly before a process does anything else (DOTNET_STARTUP_HOOKS): how a module that was imported first leaves
/// its libraries behind. The runtime looks for this name, outside any namespace.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime before Main.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("PSKUBE_TEST_FIRST") is { Length: > 0 } file) Assembly.LoadFrom(file);
    }
}
