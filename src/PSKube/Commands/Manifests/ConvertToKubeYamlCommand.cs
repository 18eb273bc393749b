using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Specs;
using PSKube.Yaml;

namespace PSKube.Commands.Manifests;

/// <summary>
/// Writes objects as YAML: each document as one text, <c>---</c> between them. Objects that come from a cluster are cleaned of
/// what the server adds, so that the text can be applied again.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeYaml", SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ConvertToKubeYamlCommand : KubeCmdlet
{
    private readonly StringBuilder _file = new();
    private int _count;

    /// <summary>The objects: Kubernetes objects of any kind, or hashtables.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>Write into this file (UTF-8 without a mark, LF line ends) instead of the pipeline.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Take out what the server adds; on by default for objects that have a uid. <c>-Clean:$false</c> keeps everything.</summary>
    [Parameter]
    public SwitchParameter Clean { get; set; }

    /// <summary>Keep the status, which is left out of cleaned objects.</summary>
    [Parameter]
    public SwitchParameter KeepStatus { get; set; }

    /// <summary>Write exactly as <c>kubectl --dry-run=client -o yaml</c> does, with its order and its empty fields.</summary>
    [Parameter]
    public SwitchParameter KubectlStyle { get; set; }

    private protected override void Process()
    {
        foreach (PSObject input in InputObject)
        {
            try
            {
                Add(YamlWriter.Write(Shape(ResourceJson.ToJsonObject(input))));
            }
            catch (KubeException failure)
            {
                Fail(failure);
            }
            catch (InvalidOperationException)
            {
                Fail(new KubeException("KubeInputInvalid", ErrorCategory.InvalidData, "The object has another form than a Kubernetes object: kind has to be a text, metadata and spec have to be maps."));
            }
        }
    }

    private protected override void End()
    {
        if (Path is null || _count == 0) return;
        string file = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(file, "Write YAML")) return;
        try
        {
            File.WriteAllText(file, _file.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KubeException("KubeManifestNotWritten", ErrorCategory.WriteError, $"{file} cannot be written: {failure.Message}") { Target = file };
        }
    }

    private JsonObject Shape(JsonObject json)
    {
        if (KubectlStyle) return ManifestShape.AsKubectl(json);
        bool clean = MyInvocation.BoundParameters.ContainsKey(nameof(Clean)) ? Clean.IsPresent : json["metadata"]?["uid"] is not null;
        return ManifestShape.Tidy(json, clean, KeepStatus);
    }

    private void Add(string document)
    {
        string separated = _count++ == 0 ? document : "---\n" + document;
        if (Path is not null) _file.Append(separated);
        // The pipeline ends each text with a line end of its own.
        else WriteObject(separated.TrimEnd('\n'));
    }
}
