using System.Globalization;
using System.Management.Automation;
using PSKube.Errors;
using PSKube.Sandbox;

namespace PSKube.Sandboxes;

/// <summary>Reads which Kubernetes a sandbox is to play.</summary>
internal static class SandboxVersion
{
    /// <summary>The minor version and the patch of <c>1.28</c>, <c>v1.28</c>, <c>1.28.3</c>; the newest for null.</summary>
    /// <exception cref="KubeException">It is none that a sandbox can play (<c>KubeSandboxInvalid</c>).</exception>
    public static (int Minor, int Patch) Parse(string? text)
    {
        if (text is null) return (SandboxOptions.NewestMinor, 0);
        string[] parts = text.TrimStart('v').Split('.');
        if (parts.Length is 2 or 3 && parts[0] == "1" && Number(parts[1]) is { } minor and >= SandboxOptions.OldestMinor and <= SandboxOptions.NewestMinor && Number(parts.ElementAtOrDefault(2) ?? "0") is { } patch) return (minor, patch);
        throw new KubeException("KubeSandboxInvalid", ErrorCategory.InvalidArgument, $"A sandbox cannot be Kubernetes '{text}'.")
        {
            Target = text,
            RecommendedAction = $"Give -Version one from 1.{SandboxOptions.OldestMinor} to 1.{SandboxOptions.NewestMinor}.",
            EndsCommand = true,
        };
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
