using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using PSKube.Api;
using PSKube.Commands.Manifests;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;
using PSKube.Yaml;

namespace PSKube.Commands.AnyKind;

/// <summary>
/// Makes the cluster have what manifests or objects say, by server-side apply: each document is sent as it was written, so no
/// field is lost and the server knows exactly which fields are ours. Emits each object with <c>ApplyAction</c>.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "KubeApply", DefaultParameterSetName = "Path", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[Alias("Publish-KubeResource")]
[OutputType(typeof(IKubernetesObject), typeof(PSObject))]
public sealed class InvokeKubeApplyCommand : ChangeCmdlet
{
    private readonly List<(ManifestObject Object, object? Source)> _objects = [];
    private readonly YamlInput _input = new();
    private readonly SideBySide _applies;
    private bool _failed;

    /// <summary>Makes the command.</summary>
    public InvokeKubeApplyCommand()
    {
        _applies = new SideBySide(this);
    }

    /// <summary>Files, folders or wildcards; an <c>https</c> address; or <c>-</c> for standard input.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [Alias("f", "Filename", "Uri")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Go through the folders below a folder too.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Files or folders, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>YAML or JSON text, or the lines of one.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Yaml")]
    [AllowEmptyString]
    public string[] Yaml { get; set; } = [];

    /// <summary>Objects, YAML text (lines of a file too), or files, from the pipeline.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Take over fields that other managers own, where they stand in the way. What the -FieldManager itself set before, by another command, needs none: that is its own.</summary>
    [Parameter]
    public SwitchParameter ForceConflict { get; set; }

    /// <summary>Leave <c>spec.replicas</c> out, so that an autoscaler or Set-KubeScale keeps it.</summary>
    [Parameter]
    public SwitchParameter OmitReplicas { get; set; }

    /// <summary>Wait until the workloads among the objects are rolled out.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all; five minutes when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many objects of a kind are applied at a time: 8 when not given, or 1 where an error ends the command (-ErrorAction Stop). Kinds that others need come first as a whole.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit
    {
        get => _applies.Limit;
        set => _applies.Limit = value;
    }

    private protected override void Process()
    {
        foreach (string path in Path) Try(path, () => Collect(path));
        foreach (string path in LiteralPath) Try(path, () => AddFiles(ManifestPaths.ResolveLiteral(this, path, Recurse)));
        foreach (string text in Yaml.SelectMany(_input.Add)) Add(Manifest.Read(text), null);
        if (InputObject is null) return;
        switch (InputObject.BaseObject)
        {
            case string line:
                foreach (string text in _input.Add(line)) Add(Manifest.Read(text), null);
                break;
            case FileSystemInfo file:
                Try(file.FullName, () => AddFiles(ManifestPaths.ResolveLiteral(this, file.FullName, recurse: false)));
                break;
            default:
                AddObject(InputObject);
                break;
        }
    }

    private protected override void End()
    {
        if (_input.Rest() is { } rest) Add(Manifest.Read(rest), null);
        if (_objects.Count == 0 && !_failed) WriteWarning("No objects were found in what was given; nothing was applied.");
        var pending = new List<PendingObject>();
        var looks = new FirstLooks(_objects.Select(item => item.Object.Header));
        foreach (IGrouping<int, (ManifestObject Object, object? Source)> rank in _objects.GroupBy(item => ApplyDocument.Rank(item.Object.Header.Kind)).OrderBy(rank => rank.Key))
        {
            foreach ((ManifestObject manifest, object? source) in rank)
            {
                try
                {
                    Apply(manifest, source, looks, pending);
                }
                catch (KubeException failure) when (!failure.EndsCommand)
                {
                    // The rest of a bundle goes on; what came before this one is told before it.
                    _applies.Finish();
                    Fail(failure, manifest.Header.Reference);
                }
            }

            // What others need has to be there before they are begun.
            _applies.Finish();
        }

        WaitForAll(pending, Timeout, StillPending, (applied, seen) => WriteObject(ApplyOutcome.Mark(seen!, ((ApplyResult)applied.Note!).Action)));
    }

    /// <summary>What the apply changed is rolled out anew, whatever became of the rollout before.</summary>
    private static string? StillPending(PendingObject applied, object? seen)
    {
        var result = (ApplyResult)applied.Note!;
        return Readiness.StillPending(seen, result.Action == ApplyAction.Configured ? result.Object : null);
    }

    private void Collect(string path)
    {
        if (path == "-")
        {
            Add(Manifest.Read(Console.In.ReadToEnd(), "standard input"), null);
        }
        else if (path.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(path, UriKind.Absolute, out Uri? address) || address.Scheme != "https") throw new KubeException("KubeManifestUnreadable", ErrorCategory.SecurityError, $"{path} is not read: manifests are taken from https addresses only.") { Target = path };
            Add(Manifest.Read(Await(cancel => ManifestDownload.ReadAsync(address, RequestTimeout, cancel)), path), null);
        }
        else
        {
            AddFiles(ManifestPaths.Resolve(this, path, Recurse));
        }
    }

    private void AddFiles(IReadOnlyList<string> files)
    {
        foreach (string file in files) Try(file, () => Add(Manifest.Read(Manifest.ReadFile(file), file), null));
    }

    /// <summary>What is wrong with one of several sources does not keep the others from being applied.</summary>
    private void Try(string source, Action read)
    {
        try
        {
            read();
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            _failed = true;
            Fail(failure, source);
        }
    }

    private void AddObject(PSObject input)
    {
        JsonElement json = ResourceJson.ToJsonObject(input).Deserialize<JsonElement>();
        Add(Manifest.Open(json, "the object from the pipeline"), input);
    }

    private void Add(IEnumerable<ManifestItem> items, object? source)
    {
        foreach (ManifestItem item in items)
        {
            if (item.Object is { } manifest) _objects.Add((manifest, source));
            else
            {
                _failed = true;
                Fail(item.Failure!);
            }
        }
    }

    private void Apply(ManifestObject manifest, object? source, FirstLooks looks, List<PendingObject> pending)
    {
        ResourceHeader header = manifest.Header;
        if (header.Name is null) throw new KubeException("KubeManifestInvalid", ErrorCategory.InvalidData, $"{manifest.Place}: the {header.Kind} has no metadata.name{(manifest.Json.GetRawText().Contains("\"generateName\"", StringComparison.Ordinal) ? " (an apply needs one; generateName is for creating)" : "")}.") { Target = manifest.Place };
        if (Namespace is not null && header.Namespace is not null && header.Namespace != Namespace) throw new KubeException("KubeNamespaceMismatch", ErrorCategory.InvalidArgument, $"{manifest.Place}: {header.Reference} names another namespace than -Namespace {Namespace}.") { Target = header.Reference };
        JsonObject document = ApplyDocument.Prepare(JsonObject.Create(manifest.Json)!, header.Uid is not null, OmitReplicas);
        if (DryRun == DryRun.Client)
        {
            if (ShouldProcess(header.Reference.ToString(), "Apply")) WriteObject(ResourceJson.Decode(document));
            return;
        }

        KubeClient client = source is null ? Client : ClientFor(source);
        ResourceKind kind = Await(cancel => client.FindKindAsync(header.ApiVersion, header.Kind, cancel));
        string? ns = kind.Namespaced ? header.Namespace ?? client.DefaultNamespace : null;
        var reference = new KubeReference(kind.Kind, ns, header.Name);
        if (!ShouldProcess(reference.ToString(), "Apply")) return;
        ListedObjects? listed = looks.For(client, kind, reference, header.Namespace);
        _applies.Start((client, reference), ApplyAsync, Applied, failure => Fail(failure, header.Reference));

        async Task<ApplyResult> ApplyAsync(CancellationToken cancel)
        {
            await client.RefuseSidecarAsync(kind, ns, header.Name, document, cancel).ConfigureAwait(false);
            return await client.ApplyAsync(kind, ns, header.Name, document, ForceConflict, ChangeOptions, listed, cancel).ConfigureAwait(false);
        }

        void Applied(ApplyResult result)
        {
            if (kind == BuiltInKinds.CustomResourceDefinition && DryRun == DryRun.None) WaitForAll([new PendingObject(client, kind, null, header.Name)], TimeSpan.FromSeconds(30), (_, seen) => Established(seen), static (_, _) => { }, "served");
            if (Wait && DryRun == DryRun.None) pending.Add(new PendingObject(client, kind, ns, header.Name, result));
            else WriteObject(ApplyOutcome.Mark(result.Object, result.Action));
        }
    }

    /// <summary>A custom kind can be used once the server says that its names are accepted and served.</summary>
    private static string? Established(object? seen)
    {
        if (seen is null) return "it is gone";
        IEnumerable<JsonNode?> conditions = ResourceJson.ToJsonObject(seen)["status"]?["conditions"] as JsonArray ?? [];
        return conditions.Any(condition => condition?["type"]?.ToString() == "Established" && condition["status"]?.ToString() == "True") ? null : "it is not established";
    }
}
