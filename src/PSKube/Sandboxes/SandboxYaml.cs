using PSKube.Errors;
using PSKube.Yaml;

namespace PSKube.Sandboxes;

/// <summary>Reads YAML for a sandbox, which has no reader of its own.</summary>
internal static class SandboxYaml
{
    /// <summary>The first document of a text as JSON; <c>null</c> when there is none.</summary>
    /// <exception cref="FormatException">The text is no YAML.</exception>
    public static byte[] Read(string text)
    {
        try
        {
            return YamlReader.Read(text).FirstOrDefault()?.Json ?? "null"u8.ToArray();
        }
        catch (KubeException failure)
        {
            throw new FormatException(failure.Message, failure);
        }
    }
}
