using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Resources;
using PSKube.Specs;

namespace PSKube.Commands.Pods;

/// <summary>
/// Runs a pod once, as <c>kubectl run --rm --restart=Never</c> does: creates it, waits until it has ended, emits its log and exit
/// code, and removes it, whatever happens in between. Another exit code than 0 is a non-terminating error as well.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "KubePod", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KubePodRun), typeof(V1Pod))]
public sealed class InvokeKubePodCommand : NewWorkloadCmdlet
{
    /// <summary>Ctrl+C must not take long, even when the server does.</summary>
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(5);

    private Running? _running;

    /// <summary>The image: <c>[registry/]name[:tag][@digest]</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Image { get; set; } = "";

    /// <summary>What the container runs instead of its image's entry point: program and arguments, one text each, passed as they are. Behind <c>--</c> they need no quotes for what begins with a dash.</summary>
    [Parameter(ValueFromRemainingArguments = true)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public override string[] Command { get; set; } = [];

    /// <summary>The pod's name; made from the image's when not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public override string Name { get; set; } = "";

    /// <summary>Leave the pod there when it has ended.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    /// <summary>An exit code other than 0 is no error; the result tells it.</summary>
    [Parameter]
    public SwitchParameter IgnoreExitCode { get; set; }

    /// <summary>No parameter here: it always waits.</summary>
    public override SwitchParameter Wait { get; set; }

    /// <summary>A pod that is being made, or is there.</summary>
    private sealed record Running(KubeClient Client, string Namespace, string Name, Task<object> Creation, long Start);

    private protected override void Process()
    {
        PodTemplateArgs args = TemplateArgs([Image]) with { Name = Name.Length > 0 ? Name : MakeName(Image) };
        V1Pod pod = PodBuilder.Build(args, nameof(RestartPolicy.Never));
        if (DryRun != DryRun.None)
        {
            Create(pod, BuiltInKinds.Pod);
            return;
        }

        JsonObject json = Overlaid(pod);
        string name = json["metadata"]?["name"]?.ToString() ?? args.Name;
        if (!ShouldProcess(new KubeReference("Pod", Namespace, name).ToString(), "Run")) return;
        KubePodRun? run;
        try
        {
            run = Run(json, name);
        }
        finally
        {
            CleanUp();
        }

        if (run is null) return;
        WriteObject(run);
        if (run.ExitCode != 0 && !IgnoreExitCode) Fail(new KubeException("KubePodExitCode", ErrorCategory.InvalidResult, string.Create(CultureInfo.InvariantCulture, $"pod/{run.Pod} in {run.Namespace} ended with exit code {run.ExitCode} ({run.Reason}){(run.Message is null ? "" : $": {ServerErrors.Escape(run.Message)}")}")) { Target = run });
    }

    private protected override void Release() => CleanUp();

    private KubePodRun? Run(JsonObject json, string name)
    {
        KubeClient client = Client;
        string ns = Namespace ?? json["metadata"]?["namespace"]?.ToString() ?? client.DefaultNamespace;
        // Not cancelled: a creation that was given up half-way might leave a pod behind that nobody knows of.
        var running = new Running(client, ns, name, Task.Run(() => client.CreateAsync(BuiltInKinds.Pod, ns, json, ChangeOptions, CancellationToken.None)), Stopwatch.GetTimestamp());
        _running = running;
        Await(cancel => running.Creation.WaitAsync(cancel));
        KubePodRun? run = null;
        WaitForAll([new PendingObject(client, BuiltInKinds.Pod, ns, name)], Timeout, (_, seen) => PodEnd.PendingBecause(seen, name, ns), (_, seen) => run = Report(running, (V1Pod)seen!), "done");
        return run;
    }

    private KubePodRun Report(Running running, V1Pod pod)
    {
        TimeSpan duration = Stopwatch.GetElapsedTime(running.Start);
        V1Container container = pod.Spec.Containers[0];
        V1ContainerStateTerminated end = PodEnd.Of(pod, container.Name);
        string log = Await(cancel => running.Client.ReadLogAsync(running.Namespace, running.Name, container.Name, cancel));
        return new KubePodRun(running.Name, running.Namespace, container.Image, end.ExitCode, end.Reason ?? "", log, duration) { Message = string.IsNullOrWhiteSpace(end.Message) ? null : end.Message.Trim() };
    }

    /// <summary>Removes the pod, if it was made; also after Ctrl+C, so neither cancelled nor told of then.</summary>
    private void CleanUp()
    {
        if (Interlocked.Exchange(ref _running, null) is not { } running) return;
        Task<string?> removal = Task.Run(() => Keep ? Task.FromResult<string?>(null) : RemoveAsync(running));
        string? failure = removal.Wait(RemovalPatience) ? removal.Result : $"pod/{running.Name} in {running.Namespace} could not be removed in time.";
        // A stopped pipeline takes no more words, nor does one that is over.
        if (failure is not null && !CancelToken.IsCancellationRequested) WriteWarning(failure);
    }

    private static async Task<string?> RemoveAsync(Running running)
    {
        object created;
        try
        {
            created = await running.Creation.ConfigureAwait(false);
        }
        catch (KubeException)
        {
            // There is none, or one of somebody else's that has this name.
            return null;
        }

        try
        {
            await running.Client.DeleteAsync(BuiltInKinds.Pod, running.Namespace, running.Name, new DeleteOptions(ResourceHeader.Read(created).Uid, GracePeriodSeconds: 1, null, DryRun.None), CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (KubeApiException refusal) when (refusal.StatusCode is 404 or 409)
        {
            // Somebody else was faster.
            return null;
        }
        catch (KubeException failure)
        {
            return $"pod/{running.Name} in {running.Namespace} could not be removed: {failure.Message}";
        }
    }

    private static string MakeName(string image)
    {
        const string letters = "bcdfghjklmnpqrstvwxz2456789";
        string stem = PodTemplateBuilder.ContainerName(image);
        return $"{(stem.Length > 57 ? stem[..57] : stem).TrimEnd('-')}-{RandomNumberGenerator.GetString(letters, 5)}";
    }
}
