using System.Management.Automation;
using System.Text.Json;
using k8s;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Yaml;

namespace PSKube.Commands.Manifests;

/// <summary>
/// Reads manifests: YAML or JSON with one or many objects. Known kinds become <c>k8s.Models</c> objects; others become objects
/// that keep every field. Reads what kubectl reads, as kubectl reads it.
/// </summary>
[Cmdlet(VerbsData.ConvertFrom, "KubeYaml", DefaultParameterSetName = "Yaml")]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class ConvertFromKubeYamlCommand : KubeCmdlet
{
    private readonly YamlInput _input = new();

    /// <summary>The text; lines of one text may come one by one, as Get-Content gives them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Yaml")]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Yaml { get; set; } = [];

    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, taken as they are; by property name from Get-ChildItem.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    private protected override void Process()
    {
        foreach (string text in Yaml.SelectMany(_input.Add)) Emit(Manifest.Read(text));
        foreach (string path in Path) Read(path, () => ManifestPaths.Resolve(this, path, recurse: false));
        foreach (string path in LiteralPath) Read(path, () => ManifestPaths.ResolveLiteral(this, path, recurse: false));
    }

    private protected override void End()
    {
        if (_input.Rest() is { } text) Emit(Manifest.Read(text));
    }

    private void Read(string path, Func<IReadOnlyList<string>> resolve)
    {
        try
        {
            foreach (string file in resolve()) ReadFile(file);
        }
        catch (KubeException failure)
        {
            // One path of several: the others are still read.
            Fail(failure, path);
        }
    }

    private void ReadFile(string file)
    {
        try
        {
            Emit(Manifest.Read(Manifest.ReadFile(file), file));
        }
        catch (KubeException failure)
        {
            Fail(failure, file);
        }
    }

    private void Emit(IEnumerable<ManifestItem> items)
    {
        foreach (ManifestItem item in items)
        {
            if (item.Object is not { } manifest)
            {
                Fail(item.Failure!);
                continue;
            }

            object? value = Decode(manifest);
            if (value is not null) WriteObject(value);
        }
    }

    private object? Decode(ManifestObject manifest)
    {
        try
        {
            foreach (string field in UnknownFields.Of(manifest.Json, manifest.Header)) WriteWarning($"{manifest.Place}: unknown field \"{field}\" of {manifest.Header.Kind} is dropped.");
            return ResourceJson.Decode(manifest.Json, manifest.Header.ApiVersion, manifest.Header.Kind);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            string where = failure is JsonException { Path: { } path } ? $" at {path}" : "";
            Fail(new KubeException("KubeManifestInvalid", ErrorCategory.InvalidData, $"{manifest.Place}: {manifest.Header.Reference} cannot be read{where}: the value there does not fit the field.")
            {
                Target = manifest.Header.Reference,
                RecommendedAction = "Compare the field with the kind's definition; numbers must not be quoted, texts that look like numbers or yes/no must be.",
            });
            return null;
        }
    }
}
