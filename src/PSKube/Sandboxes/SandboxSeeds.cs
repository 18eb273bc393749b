using System.Management.Automation;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Yaml;

namespace PSKube.Sandboxes;

/// <summary>Reads the objects that a sandbox is to have from the beginning.</summary>
internal static class SandboxSeeds
{
    /// <summary>The objects among model objects, hashtables and YAML texts.</summary>
    /// <exception cref="KubeException">One cannot be read.</exception>
    public static IReadOnlyList<JsonObject> Read(IEnumerable<object> seeds)
    {
        var objects = new List<JsonObject>();
        foreach (object seed in seeds)
        {
            object bare = seed is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : seed;
            if (bare is not string text) objects.Add(ResourceJson.ToJsonObject(seed));
            else foreach (ManifestItem item in Manifest.Read(text, "-Seed")) objects.Add(item.Object is { } found ? JsonObject.Create(found.Json)! : throw item.Failure!);
        }

        return objects;
    }
}
