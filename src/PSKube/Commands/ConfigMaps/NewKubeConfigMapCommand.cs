using System.Collections;
using System.Management.Automation;
using System.Text;
using k8s.Models;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.ConfigMaps;

/// <summary>Creates a config map of values and files, as <c>kubectl create configmap</c> does, and emits it.</summary>
[Cmdlet(VerbsCommon.New, "KubeConfigMap", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V1ConfigMap))]
public sealed class NewKubeConfigMapCommand : NewNamedCmdlet
{
    /// <summary>The values: <c>@{ 'app.mode' = 'live' }</c>. Bytes that are no text go to <c>binaryData</c>.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public IDictionary? Data { get; set; }

    /// <summary>Files, whose names become the keys, or <c>key=file</c>; a folder stands for all its files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Nobody can change it later, which also spares the nodes from watching it.</summary>
    [Parameter]
    public SwitchParameter Immutable { get; set; }

    private protected override void Process()
    {
        NameRules.CheckSubdomain(Name, "name");
        DataEntries entries = DataParameters.Read(this, Data, Path);
        var map = new V1ConfigMap { ApiVersion = "v1", Kind = "ConfigMap", Metadata = Metadata(Name, Namespace), Immutable = Immutable ? true : null };
        foreach ((string key, byte[] value) in entries.All)
        {
            if (AsText(value) is { } text) (map.Data ??= new Dictionary<string, string>())[key] = text;
            else (map.BinaryData ??= new Dictionary<string, byte[]>())[key] = value;
        }

        CreateObject(map, BuiltInKinds.ConfigMap);
    }

    private static string? AsText(byte[] value)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
