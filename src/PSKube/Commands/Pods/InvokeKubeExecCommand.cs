using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using k8s.Models;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands.Pods;

/// <summary>
/// Runs a command in containers, as <c>kubectl exec</c> does, and emits for each pod what it wrote and how it ended. A command
/// that ends with another exit code than 0 is a non-terminating error as well.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "KubeExec", DefaultParameterSetName = "Target", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KubeExecResult))]
[OutputType(typeof(string), typeof(byte[]))]
public sealed class InvokeKubeExecCommand : PodCommandCmdlet
{
    private readonly List<Place> _places = [];
    private readonly MemoryStream _piped = new();
    private bool _hasPiped;

    /// <summary>The pod, or <c>TYPE/NAME</c> of a workload or service, of which the pod that kubectl would take is taken; several by comma.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(PodCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = [];

    /// <summary>The pods, workloads or services, or their names.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Pod")]
    [ValidateNotNull]
    public PSObject? Pod { get; set; }

    /// <summary>
    /// What the command reads from its standard input: a text as it is, several texts as lines, or bytes. Texts and bytes that
    /// are piped to a named target are this; pods that are piped are where the command runs, also when its words stand first.
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Target")]
    [Parameter(ParameterSetName = "Pod")]
    [AllowNull]
    [AllowEmptyString]
    public PSObject? InputObject { get; set; }

    /// <summary>Program and arguments, one text each, passed as they are: no shell reads them. Behind <c>--</c> they need no quotes for what begins with a dash.</summary>
    [Parameter(ValueFromRemainingArguments = true)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[] Command { get; set; } = [];

    /// <summary>A line for the container's shell instead of a command: <c>/bin/sh -c</c>, in pods for Windows <c>cmd /c</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Shell { get; set; }

    /// <summary>Emit the lines of standard output as they come, each with the property Pod; lines of standard error are warnings.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>Emit standard output alone, as one byte array for each pod; standard error is warnings.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>An exit code other than 0 is no error; the result tells it.</summary>
    [Parameter]
    public SwitchParameter IgnoreExitCode { get; set; }

    /// <summary>In how many pods the command runs at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>How long the command may run in each pod; for ever when not given. Then its connection is closed, and it may go on running in the container. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Where the command is to run.</summary>
    private sealed record Place(KubeClient Client, ResourceTarget Target)
    {
        public KubeReference Reference => new(Target.Kind ?? "Pod", Target.Namespace ?? Client.DefaultNamespace, Target.Name);
    }

    /// <summary>What a command that streams has to say: a line, or at last its end.</summary>
    private readonly record struct Step(string Pod, string? Line, bool IsError, Outcome? End);

    /// <summary>How a command ended, or why it did not.</summary>
    private sealed record Outcome(KubeExecResult? Result, KubeException? Failure);

    private protected override void Begin()
    {
        if (Stream && AsByteStream) throw Invalid("-Stream emits lines, -AsByteStream bytes; give one of them.");
        if (Shell is not null && Command.Length > 0) throw Invalid("-Shell is the whole command; it cannot be given with another one.");
    }

    private protected override void Process()
    {
        PSObject? piped = Pod ?? (ResourceHeader.TryRead(InputObject, out _) ? InputObject : null);
        if (piped is not null) Add(piped, () => ResourceTarget.From(piped), ClientFor(piped));
        else if (InputObject is not null) AddInput(InputObject);
    }

    private protected override void End()
    {
        string[] command = Command;
        // What stood first was the command's when the pods came through the pipeline.
        if (_places.Count > 0 && Pod is null) command = [.. Target, .. Command];
        else foreach (string target in Target) Add(target, () => ResourceTarget.Parse(target), Client);
        if (Shell is null && command.Length == 0) throw Invalid("you must specify at least one command for the container");
        if (_places.Count == 0) return;
        ReadOnlyMemory<byte>? input = ReadInput();
        Place[] agreed = [.. _places.Where(place => ShouldProcess(place.Reference.ToString(), $"Run '{Shell ?? string.Join(' ', command)}'"))];
        if (Stream) EmitLines(agreed, command, input);
        else EmitResults(agreed, command, input);
    }

    private void Add(object input, Func<ResourceTarget> target, KubeClient client)
    {
        try
        {
            _places.Add(new Place(client, target()));
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            Fail(failure, input);
        }
    }

    private void AddInput(PSObject input)
    {
        // Bound on the command line it is there as a whole before anything is piped; ReadInput takes it then.
        if (!MyInvocation.ExpectingInput) return;
        _hasPiped = true;
        Write(_piped, input.BaseObject, lines: true);
    }

    private ReadOnlyMemory<byte>? ReadInput()
    {
        if (_hasPiped) return _piped.GetBuffer().AsMemory(0, (int)_piped.Length);
        if (InputObject is null || ResourceHeader.TryRead(InputObject, out _)) return null;
        var bytes = new MemoryStream();
        Write(bytes, InputObject.BaseObject, lines: false);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static void Write(MemoryStream target, object input, bool lines)
    {
        switch (input)
        {
            case byte one:
                target.WriteByte(one);
                break;
            case byte[] bytes:
                target.Write(bytes);
                break;
            case IEnumerable several and not string:
                foreach (object? item in several) Write(target, item is PSObject wrapped ? wrapped.BaseObject : item ?? "", lines: true);
                break;
            default:
                target.Write(Encoding.UTF8.GetBytes(Convert.ToString(input, CultureInfo.InvariantCulture) ?? ""));
                if (lines) target.WriteByte((byte)'\n');
                break;
        }
    }

    private void EmitResults(Place[] places, string[] command, ReadOnlyMemory<byte>? input)
    {
        IEnumerable<Func<CancellationToken, Task<Outcome>>> works = places.Select(place => (Func<CancellationToken, Task<Outcome>>)(cancel => CaptureAsync(place, command, input, cancel)));
        foreach (Outcome outcome in Pull(cancel => Ordered.Of(works, ThrottleLimit, cancel)))
        {
            if (outcome.Result is { } result)
            {
                if (AsByteStream) foreach (string line in result.StdErr.Split('\n', StringSplitOptions.RemoveEmptyEntries)) WriteWarning(ServerErrors.Escape(line.TrimEnd('\r')));
                WriteObject(AsByteStream ? result.GetStdOutBytes() : result, enumerateCollection: false);
            }

            Judge(outcome);
        }
    }

    private void EmitLines(Place[] places, string[] command, ReadOnlyMemory<byte>? input)
    {
        using var turns = new SemaphoreSlim(ThrottleLimit);
        Func<CancellationToken, IAsyncEnumerable<Step>>[] sources = [.. places.Select(place => (Func<CancellationToken, IAsyncEnumerable<Step>>)(cancel => StreamAsync(place, command, input, turns, cancel)))];
        foreach (Step step in Pull(cancel => Merged.Of(sources, cancel)))
        {
            if (step.End is not null) Judge(step.End);
            else if (step.IsError) WriteWarning(ServerErrors.Escape(step.Line!));
            else WriteObject(Marked(step));
        }
    }

    private static PSObject Marked(Step step)
    {
        var line = new PSObject(step.Line);
        line.Properties.Add(new PSNoteProperty("Pod", step.Pod));
        return line;
    }

    /// <summary>Says what went wrong, after what was right has been emitted.</summary>
    private void Judge(Outcome outcome)
    {
        if (outcome.Failure is not null) Fail(outcome.Failure);
        if (outcome.Result is not { ExitCode: not 0 } result || IgnoreExitCode) return;
        string said = AsByteStream || Stream ? "" : LastLine(result.StdErr);
        Fail(new KubeException("KubeExecExitCode", ErrorCategory.InvalidResult, string.Create(CultureInfo.InvariantCulture, $"pod/{result.Pod} in {result.Namespace}: command terminated with exit code {result.ExitCode}{(said.Length > 0 ? $": {said}" : "")}")) { Target = result });
    }

    private static string LastLine(string text) => ServerErrors.Escape(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "");

    private async Task<Outcome> CaptureAsync(Place place, string[] command, ReadOnlyMemory<byte>? input, CancellationToken cancel)
    {
        var stdOut = new ByteCollector();
        var stdErr = new ByteCollector();
        return await RunAsync(place, command, input, Keep, stdOut, stdErr, cancel).ConfigureAwait(false);

        ValueTask Keep(string pod, RemoteChannel channel, ReadOnlyMemory<byte> bytes, CancellationToken _)
        {
            (channel == RemoteChannel.StdOut ? stdOut : stdErr).Add(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }

    private async IAsyncEnumerable<Step> StreamAsync(Place place, string[] command, ReadOnlyMemory<byte>? input, SemaphoreSlim turns, [EnumeratorCancellation] CancellationToken cancel)
    {
        // A reader that is slow holds the command back, by way of the connection.
        var steps = Channel.CreateBounded<Step>(64);
        var lines = new Dictionary<RemoteChannel, LineSplitter> { [RemoteChannel.StdOut] = new(), [RemoteChannel.StdErr] = new() };
        string name = place.Target.Name;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task running = Task.Run(FollowAsync, CancellationToken.None);
        try
        {
            await foreach (Step step in steps.Reader.ReadAllAsync(cancel).ConfigureAwait(false)) yield return step;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }

        async Task FollowAsync()
        {
            try
            {
                await turns.WaitAsync(stop.Token).ConfigureAwait(false);
                try
                {
                    Outcome end = await RunAsync(place, command, input, TellAsync, new ByteCollector(), new ByteCollector(), stop.Token).ConfigureAwait(false);
                    foreach ((RemoteChannel channel, LineSplitter splitter) in lines)
                    {
                        if (splitter.End() is { } last) await steps.Writer.WriteAsync(new Step(name, last, channel == RemoteChannel.StdErr, null), stop.Token).ConfigureAwait(false);
                    }

                    await steps.Writer.WriteAsync(new Step(name, null, false, end), stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    turns.Release();
                }

                steps.Writer.Complete();
            }
            catch (Exception failure)
            {
                steps.Writer.TryComplete(failure);
            }
        }

        async ValueTask TellAsync(string pod, RemoteChannel channel, ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            name = pod;
            foreach (string line in lines[channel].Take(bytes.Span)) await steps.Writer.WriteAsync(new Step(pod, line, channel == RemoteChannel.StdErr, null), token).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the command in one pod; what goes wrong there is the outcome, so that the other pods are not concerned.</summary>
    private async Task<Outcome> RunAsync(Place place, string[] command, ReadOnlyMemory<byte>? input, Func<string, RemoteChannel, ReadOnlyMemory<byte>, CancellationToken, ValueTask> output, ByteCollector stdOut, ByteCollector stdErr, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Timeout);
        try
        {
            V1Pod pod = await FindPodAsync(place.Client, place.Target, limit.Token).ConfigureAwait(false);
            var spec = new RemoteCommandSpec(pod.Metadata.NamespaceProperty, pod.Metadata.Name, ChooseContainer(pod), Shell is null ? command : IsWindows(pod) ? ["cmd", "/c", Shell] : ["/bin/sh", "-c", Shell]) { InputLength = input?.Length };
            using RemoteCommand running = await place.Client.ExecAsync(spec, limit.Token).ConfigureAwait(false);
            using var bytes = new MemoryStream(input?.ToArray() ?? [], writable: false);
            int code = await running.RunAsync((channel, part, token) => output(spec.Pod, channel, part, token), input is null ? null : token => running.SendAsync(bytes, token), limit.Token).ConfigureAwait(false);
            return new Outcome(new KubeExecResult(spec.Pod, spec.Namespace, spec.Container, spec.Command, code, stdOut.ToArray(), Encoding.UTF8.GetString(stdErr.ToArray()), Stopwatch.GetElapsedTime(start)), null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new Outcome(null, new KubeException("KubeExecTimeout", ErrorCategory.OperationTimeout, string.Create(CultureInfo.InvariantCulture, $"{place.Reference}: the command did not end within {Timeout.TotalSeconds:0.###} s. The connection was closed; in the container it may go on running."))
            {
                Target = place.Reference,
                RecommendedAction = "Give -Timeout a longer time, or let the command limit itself (timeout 30 ...).",
            });
        }
        catch (KubeException failure)
        {
            return new Outcome(null, failure);
        }
    }

    private static KubeException Invalid(string message) => new("KubeInvalidArgument", ErrorCategory.InvalidArgument, message) { EndsCommand = true };
}
