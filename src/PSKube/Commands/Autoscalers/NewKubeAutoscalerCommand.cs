using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Autoscalers;

/// <summary>
/// Creates a horizontal pod autoscaler for a workload, as <c>kubectl autoscale</c> does, and emits it: autoscaling/v2 where the
/// server has it, otherwise the richest older version that can say what is asked.
/// </summary>
[Cmdlet(VerbsCommon.New, "KubeAutoscaler", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(V2HorizontalPodAutoscaler), typeof(V1HorizontalPodAutoscaler), typeof(PSObject))]
public sealed class NewKubeAutoscalerCommand : NewObjectCmdlet
{
    /// <summary>What is scaled, as <c>TYPE/NAME</c>: <c>deployment/web</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(TargetCompleter))]
    [ValidateNotNullOrEmpty]
    public string Target { get; set; } = "";

    /// <summary>What is scaled: a Deployment, StatefulSet, ReplicaSet, or another kind with a scale.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The autoscaler's name; the target's own when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The fewest pods; the server's choice, 1, when not given.</summary>
    [Parameter]
    [Alias("Min")]
    [ValidateRange(0, int.MaxValue)]
    public int? MinReplicas { get; set; }

    /// <summary>The most pods.</summary>
    [Parameter(Mandatory = true)]
    [Alias("Max")]
    public int MaxReplicas { get; set; }

    /// <summary>The CPU to aim at: a share of what the containers request, <c>70%</c>, or an amount per pod, <c>500m</c>. Without any target the server aims at 80 % of CPU.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Cpu { get; set; }

    /// <summary>The memory to aim at: a share of what the containers request, <c>70%</c>, or an amount per pod, <c>200Mi</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Memory { get; set; }

    private protected override void Process()
    {
        ResourceTarget target = InputObject is null ? ResourceTarget.Parse(Target) : ResourceTarget.From(InputObject);
        if (target.Kind is null) throw new KubeException("KubeInputInvalid", ErrorCategory.InvalidArgument, $"'{target.Name}' names no kind; write TYPE/NAME, for example deployment/{target.Name}.") { Target = target.Name };
        ResourceKind kind = BuiltInKinds.Find(target.Kind) is { } known && (target.ApiVersion is null || target.ApiVersion == known.ApiVersion) ? known : target.FindKind(this, ClientFor(InputObject));
        if (!kind.Subresources.Contains("scale")) throw new KubeException("KubeNotScalable", ErrorCategory.InvalidOperation, $"{new KubeReference(kind.Kind, null, target.Name)} cannot be scaled, so no autoscaler can do it.") { Target = new KubeReference(kind.Kind, target.Namespace, target.Name) };
        List<AutoscalerBuilder.Metric> metrics = [];
        if (Cpu is not null) metrics.Add(AutoscalerBuilder.Metric.Parse("cpu", Cpu));
        if (Memory is not null) metrics.Add(AutoscalerBuilder.Metric.Parse("memory", Memory));
        string name = Name ?? target.Name;
        NameRules.CheckSubdomain(name, "name");
        WarnOfMissingRequests(target, metrics);
        JsonObject metadata = (JsonObject)ResourceJson.ToJson(Metadata(name, Namespace ?? target.Namespace))!;
        var reference = new KubeReference(kind.Kind, target.Namespace, target.Name);
        JsonObject Newest(string version) => AutoscalerBuilder.Build(version, metadata, reference, kind.ApiVersion, MinReplicas, MaxReplicas, metrics);
        if (DryRun == DryRun.Client)
        {
            Create(Newest("autoscaling/v2"), BuiltInKinds.HorizontalPodAutoscaler, wait: null);
            return;
        }

        if (!ShouldProcess(new KubeReference("HorizontalPodAutoscaler", Namespace ?? target.Namespace ?? LikelyNamespace(), name).ToString(), "Create")) return;
        KubeClient client = ClientFor(InputObject);
        CheckTarget(client, kind, target);
        ResourceKind served = Choose(client, reference, metrics);
        JsonObject body = served.Version == "v1" ? AutoscalerBuilder.BuildV1(metadata, reference, kind.ApiVersion, MinReplicas, MaxReplicas, metrics)! : Newest(served.ApiVersion);
        WriteObject(Await(cancel => client.CreateAsync(served, Namespace ?? target.Namespace ?? client.DefaultNamespace, body, ChangeOptions, cancel)));
    }

    /// <summary>The server takes an autoscaler of what does not exist; kubectl refuses it. An object in hand exists.</summary>
    private void CheckTarget(KubeClient client, ResourceKind kind, ResourceTarget target)
    {
        if (target.Uid is not null) return;
        try
        {
            Await(cancel => client.GetAsync(kind, Namespace ?? target.Namespace ?? client.DefaultNamespace, target.Name, cancel));
        }
        catch (KubeApiException refusal) when (refusal.StatusCode == 403)
        {
            // Who may create an autoscaler need not be allowed to read what it scales.
        }
    }

    /// <summary>The richest version that the server has: v2 since 1.23, v2beta2 before, v1 everywhere.</summary>
    private ResourceKind Choose(KubeClient client, KubeReference target, List<AutoscalerBuilder.Metric> metrics)
    {
        IReadOnlyList<ResourceKind> kinds = [.. Await(client.AllKindsAsync).Where(kind => kind.Kind == "HorizontalPodAutoscaler" && kind.Group == "autoscaling")];
        bool plain = metrics is [] or [{ Resource: "cpu", Percent: not null }];
        string[] order = plain ? ["v2", "v1", "v2beta2"] : ["v2", "v2beta2"];
        return order.Select(version => kinds.FirstOrDefault(kind => kind.Version == version)).FirstOrDefault(kind => kind is not null)
            ?? throw new KubeException("KubeKindNotFound", ErrorCategory.ObjectNotFound, "This server has no autoscaler that can aim at more than a share of CPU.") { Target = target };
    }

    private void WarnOfMissingRequests(ResourceTarget target, List<AutoscalerBuilder.Metric> metrics)
    {
        if (InputObject is null || target.ApiVersion is null || ResourceJson.ToJsonObject(InputObject)["spec"]?["template"]?["spec"]?["containers"] is not JsonArray containers) return;
        foreach (AutoscalerBuilder.Metric metric in metrics.Where(metric => metric.Percent is not null))
        {
            string[] without = [.. containers.Where(container => container?["resources"]?["requests"]?[metric.Resource] is null && container?["resources"]?["limits"]?[metric.Resource] is null).Select(container => container?["name"]?.ToString() ?? "")];
            if (without.Length > 0) WriteWarning($"{string.Join(", ", without)} of {new KubeReference(target.Kind!, target.Namespace, target.Name)} requests no {metric.Resource}: a share of nothing cannot be measured, and the autoscaler will not act (Set-KubeResourceLimit -Request).");
        }
    }
}
