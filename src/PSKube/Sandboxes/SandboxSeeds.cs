using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Commands.Manifests;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Yaml;

namespace PSKube.Sandboxes;

/// <summary>Collects the objects that a sandbox is to have from the beginning.</summary>
/// <param name="cmdlet">Whose location paths are relative to.</param>
internal sealed class SandboxSeeds(PSCmdlet cmdlet)
{
    private const string Source = "-Seed";

    private static readonly string[] s_endings = [".yaml", ".yml", ".json"];

    private readonly List<JsonObject> _objects = [];
    private readonly YamlInput _yaml = new();
    private bool _inText;

    /// <summary>Takes a model object, a hashtable, a YAML text or one of its lines, a file or the path of one, or several of them.</summary>
    /// <exception cref="KubeException">It cannot be read.</exception>
    public void Add(object? seed)
    {
        switch (seed is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : seed)
        {
            case null:
                throw new KubeException("KubeSandboxInvalid", ErrorCategory.InvalidArgument, "A seed of the sandbox is null.") { RecommendedAction = "Look where -Seed comes from: a file or a variable that is not there gives null." };
            case object?[] several:
                foreach (object? one in several) Add(one);
                break;
            case string path when !_inText && IsPath(path):
                AddFiles(ManifestPaths.Resolve(cmdlet, path, recurse: false));
                break;
            case string text:
                foreach (string whole in _yaml.Add(text)) AddText(whole, Source);
                _inText = !text.Contains('\n', StringComparison.Ordinal);
                break;
            case FileSystemInfo file:
                AddFiles(ManifestPaths.ResolveLiteral(cmdlet, file.FullName, recurse: false));
                break;
            default:
                EndText();
                AddObject(ResourceJson.ToJsonObject(seed!));
                break;
        }
    }

    /// <summary>All objects.</summary>
    /// <exception cref="KubeException">The last text cannot be read.</exception>
    public IReadOnlyList<JsonObject> Read()
    {
        EndText();
        return _objects;
    }

    /// <summary>No manifest begins with a line that is but a file's name.</summary>
    private static bool IsPath(string text) => s_endings.Any(ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && text.AsSpan().IndexOfAny("\r\n{#") < 0 && !text.Contains(": ", StringComparison.Ordinal);

    private void AddFiles(IReadOnlyList<string> files)
    {
        EndText();
        foreach (string file in files) AddText(Manifest.ReadFile(file), file);
    }

    private void EndText()
    {
        if (_yaml.Rest() is { } rest) AddText(rest, Source);
        _inText = false;
    }

    private void AddText(string text, string source) => Add(Manifest.Read(text, source));

    private void AddObject(JsonObject json)
    {
        if (json["items"] is JsonArray) Add(Manifest.Open(json.Deserialize<JsonElement>(), Source));
        else _objects.Add(json);
    }

    private void Add(IEnumerable<ManifestItem> items)
    {
        foreach (ManifestItem item in items) _objects.Add(item.Object is { } found ? JsonObject.Create(found.Json)! : throw item.Failure!);
    }
}
