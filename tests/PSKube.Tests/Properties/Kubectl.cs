using System.Diagnostics;

namespace PSKube.Tests.Properties;

/// <summary>kubectl, where this machine has one.</summary>
internal static class Kubectl
{
    /// <summary>Its path, or null: a test that compares with it has nothing to compare with then.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>Runs it without any cluster; what it says, or why it says nothing.</summary>
    public static (int ExitCode, string Output, string Error) Run(string kubeconfig, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = kubeconfig;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
