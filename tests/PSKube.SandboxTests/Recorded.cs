using System.Reflection;
using System.Text.Json.Nodes;

namespace PSKube.SandboxTests;

/// <summary>What was recorded from real servers: the JSON files beside the tests.</summary>
internal static class Recorded
{
    public static JsonNode Read(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new FileNotFoundException(file);
        return JsonNode.Parse(stream)!;
    }
}
