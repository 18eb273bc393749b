using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using PSKube.Errors;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Manifests;

/// <summary>
/// Writes objects as the JSON of the Kubernetes API, one text each, as <c>kubectl get -o json</c> does: with the API's own names
/// of fields, which ConvertTo-Json does not know.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "KubeJson")]
[OutputType(typeof(string))]
public sealed class ConvertToKubeJsonCommand : KubeCmdlet
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, MaxDepth = ResourceJson.Options.MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new(Indented) { WriteIndented = false };

    /// <summary>The objects: Kubernetes objects of any kind, or hashtables.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>Take out what the server adds, the status too, so that the text can be applied again.</summary>
    [Parameter]
    public SwitchParameter Clean { get; set; }

    /// <summary>Write each object on one line.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    private protected override void Process()
    {
        foreach (PSObject input in InputObject) Try(input, () => WriteObject(Text(input)));
    }

    private string Text(PSObject input)
    {
        try
        {
            return ManifestShape.Tidy(ResourceJson.ToJsonObject(input), Clean, keepStatus: !Clean).ToJsonString(Compress ? OneLine : Indented).ReplaceLineEndings("\n");
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException or JsonException)
        {
            throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidData, "The object has another form than a Kubernetes object: kind has to be a text, metadata and spec have to be maps.");
        }
    }
}
