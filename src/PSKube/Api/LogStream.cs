using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Text;
using k8s.Models;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// The log of one container. A followed one is taken up again where its connection broke, each line told once, and ends when
/// its container does: a body that ends is no proof of that, for the API server also ends it when it loses the node.
/// </summary>
internal sealed class LogStream(KubeClient client, RestClient rest, ICallObserver observer, LogSource source, LogOptions options)
{
    /// <summary>A longer line comes in pieces, so that memory has a bound.</summary>
    private const int MaxLine = 16 * 1024 * 1024;

    private const int MaxLinesAtOnce = 1000;

    /// <summary>How often the log may be taken up again for nothing.</summary>
    private const int MaxFruitless = 10;

    private readonly ToldLines _told = new();
    private readonly RestRequest _about = new(HttpMethod.Get, ApiPath.For(BuiltInKinds.Pod, source.Namespace, source.Pod, "log")) { Target = source.Reference };
    private Round _round = Round.First;
    private byte[] _held = [];
    private Exception? _broken;
    private KubeException? _failure;
    private string? _instance = source.Instance;
    private int? _restarts = source.Restarts;
    private int _fruitless;
    private bool _opened;
    private bool _ended;

    /// <summary>What is asked for next.</summary>
    private enum Round
    {
        /// <summary>What the caller asked for.</summary>
        First,

        /// <summary>The same container from where it was left.</summary>
        Resume,

        /// <summary>What a container that has ended said after that.</summary>
        Remains,

        /// <summary>The same of one that has been restarted since.</summary>
        PreviousRemains,
    }

    /// <summary>Reads until the log ends. A failure is told as the last item, so that other logs read beside this one go on.</summary>
    public async IAsyncEnumerable<LogPart> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        do
        {
            RestStream? stream = await OpenAsync(cancel).ConfigureAwait(false);
            if (stream is null) continue;
            await using (stream.ConfigureAwait(false))
            {
                var lines = new LineReader(stream.Content, MaxLine);
                _ended = false;
                while (!_ended)
                {
                    IReadOnlyList<LogLine> some = await ReadAsync(lines, cancel).ConfigureAwait(false);
                    if (some.Count == 0) continue;
                    _fruitless = 0;
                    yield return new LogPart(source, some, null);
                }
            }
        }
        while (await GoesOnAsync(cancel).ConfigureAwait(false));

        if (_held.Length > 0)
        {
            var last = new List<LogLine>();
            Add(last, _held);
            yield return new LogPart(source, last, null);
        }

        if (_failure is not null) yield return new LogPart(source, [], _failure);
    }

    /// <summary>Reads the whole log as it is.</summary>
    public async Task<string> ReadTextAsync(CancellationToken cancel)
    {
        RestRequest request = Request();
        RestStream stream = await rest.OpenAsync(request, client.Timeout, cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                // A byte order mark is part of what the container wrote.
                using var reader = new StreamReader(stream.Content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: false, 64 * 1024);
                return await reader.ReadToEndAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsBroken(failure) && !cancel.IsCancellationRequested)
            {
                throw rest.Broken(request, failure);
            }
        }
    }

    /// <summary>Opens the log; null when there is nothing to read for now, or nothing any more.</summary>
    private async Task<RestStream?> OpenAsync(CancellationToken cancel)
    {
        _broken = null;
        if (_round != Round.First) _told.Again();
        long deadline = Environment.TickCount64 + (long)options.StartTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                RestStream stream = await rest.OpenAsync(Request(), options.Follow ? Timeout.InfiniteTimeSpan : client.Timeout, cancel).ConfigureAwait(false);
                _opened = true;
                // What was cut off will be told again, whole.
                _held = [];
                return stream;
            }
            catch (KubeApiException refusal) when (options.Follow && !_opened && IsStarting(refusal) && Environment.TickCount64 < deadline)
            {
                observer.Verbose($"{refusal.Message}; waiting.");
                await Task.Delay(TimeSpan.FromSeconds(0.5), cancel).ConfigureAwait(false);
            }
            catch (KubeException failure) when (_opened && Watcher.IsPassing(failure))
            {
                _broken = failure;
                return null;
            }
            catch (KubeApiException refusal) when (_round is Round.Remains or Round.PreviousRemains && refusal.StatusCode is 400 or 404)
            {
                // The node has already thrown it away; what was to be read may have been nothing.
                observer.Verbose($"The rest of the log of {Name} is gone: {refusal.Message}");
                return null;
            }
            catch (KubeException failure)
            {
                _failure = failure;
                return null;
            }
        }
    }

    /// <summary>Waits for one line, and takes with it what else is there.</summary>
    private async Task<IReadOnlyList<LogLine>> ReadAsync(LineReader lines, CancellationToken cancel)
    {
        var some = new List<LogLine>();
        try
        {
            do
            {
                if (await lines.ReadAsync(cancel).ConfigureAwait(false) is { } line) Add(some, line.Span);
                else if (lines.LineTooLong) AddPiece(some, lines);
                else _ended = true;
            }
            while (!_ended && lines.HasLine && some.Count < MaxLinesAtOnce);
        }
        catch (Exception failure) when (IsBroken(failure) && !cancel.IsCancellationRequested)
        {
            _broken = failure;
            _ended = true;
        }

        // A last line without an end, or one that was cut off: which of them is seen when it is known whether the log goes on.
        if (_ended) _held = lines.Rest.ToArray();
        return some;
    }

    private void Add(List<LogLine> some, ReadOnlySpan<byte> line)
    {
        LogTime? time = null;
        int head = 0;
        if (options.AsksForTimes && LogTime.TryRead(line, out LogTime read, out head))
        {
            line = LogTime.WithoutInner(line, head);
            if (options.CanResume && !_told.IsNew(read, line, head)) return;
            time = read;
        }

        if (!options.ShowTimes) line = line[head..];
        // The end of a line of a Windows container; -Raw has it.
        if (line is [.., (byte)'\r']) line = line[..^1];
        some.Add(new LogLine(time?.Utc, Encoding.UTF8.GetString(line)));
    }

    private void AddPiece(List<LogLine> some, LineReader lines)
    {
        observer.Warning($"The log of {Name} has a line of more than {MaxLine / (1024 * 1024)} MB; it comes in pieces.");
        ReadOnlySpan<byte> rest = lines.Rest.Span;
        int count = rest.Length;
        // Not between the bytes of one character: those that follow its first begin with the bits 10.
        while (count > rest.Length - 4 && (rest[count - 1] & 0xC0) == 0x80) count--;
        if ((rest[count - 1] & 0xC0) == 0xC0) count--;
        Add(some, rest[..count]);
        lines.Take(count);
    }

    /// <summary>What to ask for next, if anything; false when the log has ended or cannot be had.</summary>
    private async Task<bool> GoesOnAsync(CancellationToken cancel)
    {
        if (_failure is not null || (!options.Follow && _broken is null)) return false;
        if (!options.CanResume)
        {
            if (_broken is not null) _failure = _broken as KubeException ?? rest.Broken(_about, _broken);
            return false;
        }

        if (_round is Round.Remains or Round.PreviousRemains && _broken is null) return false;
        if (_fruitless >= MaxFruitless) return Lost("it was taken up again and again for nothing");
        if (_fruitless++ > 0 || _broken is KubeException) await Task.Delay(TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(2, _fruitless - 1), 30)), cancel).ConfigureAwait(false);
        V1Pod? pod;
        try
        {
            pod = await client.FindAsync(BuiltInKinds.Pod, source.Namespace, source.Pod, cancel).ConfigureAwait(false) as V1Pod;
        }
        catch (KubeException failure) when (Watcher.IsPassing(failure))
        {
            _broken ??= failure;
            if (_round == Round.First) _round = Round.Resume;
            Warn(failure);
            return true;
        }
        catch (KubeException failure)
        {
            return _broken is not null && Lost($"its pod cannot be read ({failure.Message})");
        }

        if (!Choose(pod)) return false;
        if (_broken is not null) Warn(_broken as KubeException ?? rest.Broken(_about, _broken));
        if (_told.Since is null && _broken is not null && options.Tail is not null) observer.Warning($"What {Name} wrote in the meantime is not shown.");
        return true;
    }

    /// <summary>Decides by the container's state; false when the log ends here.</summary>
    private bool Choose(V1Pod? pod)
    {
        if (pod is null || (source.Uid is not null && pod.Metadata?.Uid != source.Uid)) return _broken is not null && Lost("its pod is gone");
        V1ContainerStatus? status = ContainerChoice.Status(pod, source.Container);
        bool same = _instance is null || status?.ContainerID is null || status.ContainerID == _instance;
        _instance ??= status?.ContainerID;
        _restarts ??= status?.RestartCount;
        if (!same && status!.RestartCount > _restarts + 1) return _broken is not null && Lost("its container has been restarted more than once since");
        _round = !same ? Round.PreviousRemains : status?.State?.Running is not null ? Round.Resume : Round.Remains;
        return true;
    }

    private bool Lost(string why)
    {
        _failure = new KubeException("KubeLogInterrupted", ErrorCategory.ConnectionError, $"The log of {Name} broke off and could not be taken up again: {why}. What it said after the last line shown is missing.")
        {
            Target = source.Reference,
            RecommendedAction = "Read the log again with -SinceTime, or with -Previous when the container has been restarted.",
        };
        return false;
    }

    private void Warn(KubeException failure) => observer.Warning($"The log of {Name} is interrupted ({failure.Message.TrimEnd('.')}). It goes on when the server can be reached.");

    private string Name => $"{source.Container} of {source.Reference}";

    private RestRequest Request()
    {
        DateTime? since = _round == Round.First ? null : _told.Since;
        // Until a line has been read the first question is still the right one.
        bool first = since is null;
        return _about with
        {
            // A node begins to answer with the first line, however long that takes.
            Patience = options.Follow ? Timeout.InfiniteTimeSpan : null,
            // The log is plain text, a refusal JSON.
            Accept = "application/json, */*",
            Query =
            [
                new("container", source.Container),
                new("follow", options.Follow && _round != Round.PreviousRemains ? "true" : null),
                new("previous", options.Previous || _round == Round.PreviousRemains ? "true" : null),
                new("timestamps", options.AsksForTimes ? "true" : null),
                new("tailLines", first ? Number(options.Tail) : null),
                new("sinceSeconds", first ? Number(options.SinceSeconds) : null),
                new("sinceTime", (since ?? options.SinceTime)?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
                new("limitBytes", Number(options.LimitBytes)),
            ],
        };
    }

    /// <summary>The node's words for it (<c>pkg/kubelet/kubelet_pods.go</c>, validateContainerLogStatus), and the server's own.</summary>
    private static readonly string[] Starting = ["does not have a host assigned", "waiting to start: ContainerCreating", "waiting to start: PodInitializing", " is not available"];

    /// <summary>A container that is on its way, not one that cannot start; or a pod of which its node has not heard yet.</summary>
    private static bool IsStarting(KubeApiException refusal) => refusal.StatusCode switch
    {
        400 => Array.Exists(Starting, refusal.Message.Contains),
        404 => refusal.Message.StartsWith("the server could not find the requested resource", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsBroken(Exception failure) => failure is IOException or HttpRequestException or TimeoutException;

    private static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
