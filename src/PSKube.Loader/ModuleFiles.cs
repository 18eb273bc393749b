using System.Runtime.InteropServices;

namespace PSKube.Loader;

/// <summary>
/// Where the libraries are that the module loads by itself: beside this one, and, compiled to machine code for some platforms, in
/// a folder of each platform. Both are the same libraries; the second saves the first commands the time that compiling takes.
/// PSKube.dll is not among them: PowerShell loads it before anything of ours runs.
/// </summary>
internal static class ModuleFiles
{
    /// <summary>Machine code is good for one major version of .NET: the one that src/PSKube.ReadyToRun compiles for.</summary>
    private const int CompiledFor = 10;

    private static readonly string Bin = Path.GetDirectoryName(typeof(ModuleFiles).Assembly.Location)!;

    /// <summary>The folder with the libraries for this process.</summary>
    public static string Folder { get; } = Choose(Bin, Environment.Version.Major, Platform);

    /// <summary>The name of this platform as .NET's runtime identifiers have it, such as <c>linux-x64</c>.</summary>
    private static string Platform
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
#pragma warning disable CA1308 // .NET writes them in lower case.
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
#pragma warning restore CA1308
        }
    }

    /// <summary>The folder for a version of .NET and a platform.</summary>
    internal static string Choose(string bin, int runtime, string platform)
    {
        string images = Path.Combine(bin, platform);
        return runtime == CompiledFor && File.Exists(Path.Combine(images, "KubernetesClient.dll")) ? images : bin;
    }
}
