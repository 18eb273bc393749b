using System.Buffers;
using System.Globalization;
using System.Management.Automation;
using System.Net.WebSockets;
using System.Text;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>What is to run in a container.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="Command">Program and arguments, passed as they are.</param>
internal sealed record RemoteCommandSpec(string Namespace, string Pod, string Container, IReadOnlyList<string> Command)
{
    /// <summary>How many bytes the command gets to read; null when it gets no input at all.</summary>
    public long? InputLength { get; init; }

    /// <summary>True for a terminal: input for as long as the command runs, and its errors among its output.</summary>
    public bool Terminal { get; init; }

    /// <summary>The pod as messages and errors name it.</summary>
    public KubeReference Reference => new("Pod", Namespace, Pod);
}

/// <summary>
/// A command that runs in a container, and the WebSocket to it: the subprotocols <c>v5.channel.k8s.io</c> (Kubernetes 1.30 and
/// newer) and <c>v4.channel.k8s.io</c>, which cannot tell a command that its input has ended. Dispose it to close the connection;
/// whether the command then ends is the container runtime's to decide.
/// </summary>
internal sealed class RemoteCommand : IDisposable
{
    private const string Version4 = "v4.channel.k8s.io";
    private const string Version5 = "v5.channel.k8s.io";

    /// <summary>Some servers take a message as a whole into memory.</summary>
    private const int InputBlock = 32 * 1024;

    private const int OutputBlock = 64 * 1024;

    /// <summary>After the verdict the server closes at once; one that does not is not waited for.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly RestSocket _rest;
    private readonly WebSocket _socket;
    private readonly RemoteCommandSpec _spec;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly bool _byShell;

    private RemoteCommand(RestSocket rest, RemoteCommandSpec spec, bool byShell)
    {
        _rest = rest;
        _spec = spec;
        _byShell = byShell;
        _socket = rest.Start(pings: spec.InputLength is null or 0);
    }

    /// <summary>Starts a command.</summary>
    /// <param name="rest">The sender.</param>
    /// <param name="spec">What is to run.</param>
    /// <param name="onlyOld">True when this server is known to speak v4 only.</param>
    /// <param name="learnt">Told when it turns out to.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="KubeException">The server refused, or cannot be reached.</exception>
    public static async Task<RemoteCommand> StartAsync(RestClient rest, RemoteCommandSpec spec, bool onlyOld, Action learnt, CancellationToken cancel)
    {
        if (spec.InputLength is not { } length || spec.Terminal)
        {
            RestSocket any = await rest.UpgradeAsync(Request(spec, spec.Command, Version5, Version4), cancel).ConfigureAwait(false);
            return new RemoteCommand(any, spec, byShell: false);
        }

        // The command runs as soon as the server agrees to a version, so a version that will not do must not be offered.
        if (!onlyOld)
        {
            try
            {
                RestSocket modern = await rest.UpgradeAsync(Request(spec, spec.Command, Version5), cancel).ConfigureAwait(false);
                return new RemoteCommand(modern, spec, byShell: false);
            }
            catch (KubeApiException refusal) when (refusal.StatusCode is 400 or 403 && refusal.Reason is null)
            {
                // A refusal of the subprotocol comes from the WebSocket library, without the Status that every other one has.
                learnt();
            }
        }

        RestSocket old = await rest.UpgradeAsync(Request(spec, Counted(spec.Command, length), Version4), cancel).ConfigureAwait(false);
        return new RemoteCommand(old, spec, byShell: true);
    }

    /// <summary>Reads the command's output to its end; returns its exit code.</summary>
    /// <param name="output">Where output goes. As long as it takes, no more is read from the connection.</param>
    /// <param name="feed">What sends the command its input, while it runs; null for none.</param>
    /// <param name="cancel">Closes the connection.</param>
    /// <exception cref="KubeException">The command could not be run (<c>KubeExecFailed</c>), or the connection broke before the server said how it ended (<c>KubeExecBroken</c>).</exception>
    public async Task<int> RunAsync(Func<RemoteChannel, ReadOnlyMemory<byte>, CancellationToken, ValueTask> output, Func<CancellationToken, Task>? feed, CancellationToken cancel)
    {
        var reader = new RemoteCommandReader(output);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task feeding = feed is null ? Task.CompletedTask : Task.Run(() => FeedAsync(feed, stop), CancellationToken.None);
        try
        {
            await ReceiveAsync(reader, stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // What is not there yet is lost; the verdict tells whether anything is missing.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Whoever feeds it has ended before we have: a key that is typed from now on is not the command's.
            await feeding.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }

        cancel.ThrowIfCancellationRequested();
        if (reader.Verdict is not { } verdict) throw feeding.Exception?.InnerException ?? Broken();
        return verdict.ExitCode ?? throw NotRun(verdict);
    }

    /// <summary>Sends the command all of a stream, and then the end of its input.</summary>
    public async Task SendAsync(Stream input, CancellationToken cancel)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(InputBlock);
        try
        {
            while (await input.ReadAsync(block.AsMemory(0, InputBlock), cancel).ConfigureAwait(false) is > 0 and var read) await SendAsync(RemoteChannel.StdIn, block.AsMemory(0, read), cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        if (_rest.Protocol == Version5) await SendAsync(RemoteChannel.Close, new[] { (byte)RemoteChannel.StdIn }, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends the command what is typed.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> keys, CancellationToken cancel) => SendAsync(RemoteChannel.StdIn, keys, cancel);

    /// <summary>Tells the command's terminal its size.</summary>
    public Task ResizeAsync(int width, int height, CancellationToken cancel) => SendAsync(RemoteChannel.Resize, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"Width":{{width}},"Height":{{height}}}""")), cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _rest.Dispose();
        _sending.Dispose();
    }

    /// <summary>
    /// The command by way of a shell that gives it so many bytes to read, and no more. What it leaves is read to the end: container
    /// runtimes wait for ever on input that nobody takes.
    /// </summary>
    internal static IReadOnlyList<string> Counted(IReadOnlyList<string> command, long length) =>
    [
        "sh", "-c", """command -v head >/dev/null || { echo 'There is no head in this container to tell the command where its input ends.' >&2; exit 127; }; n=$1; shift; head -c "$n" | { "$@"; code=$?; cat >/dev/null; exit $code; }""",
        "sh", length.ToString(CultureInfo.InvariantCulture), .. command,
    ];

    private static RestRequest Request(RemoteCommandSpec spec, IReadOnlyList<string> command, params string[] protocols) =>
        new(HttpMethod.Get, ApiPath.For(BuiltInKinds.Pod, spec.Namespace, spec.Pod, "exec"))
        {
            Target = spec.Reference,
            Protocols = protocols,
            // The streaming servers of container runtimes answer 406 to anything narrower.
            Accept = "*/*",
            Query =
            [
                .. command.Select(word => new KeyValuePair<string, string?>("command", word)),
                new("container", spec.Container),
                new("stdin", spec.Terminal || spec.InputLength is not null ? "true" : null),
                new("stdout", "true"),
                new("stderr", spec.Terminal ? null : "true"),
                new("tty", spec.Terminal ? "true" : null),
            ],
        };

    private static async Task FeedAsync(Func<CancellationToken, Task> feed, CancellationTokenSource stop)
    {
        try
        {
            await feed(stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // A command need not read all that it is sent; why the connection ended is for the reading side to tell.
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ReceiveAsync(RemoteCommandReader reader, CancellationTokenSource stop)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(OutputBlock);
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(block.AsMemory(0, OutputBlock), stop.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return;
                bool open = reader.Verdict is null;
                await reader.TakeAsync(block.AsMemory(0, part.Count), part.EndOfMessage, stop.Token).ConfigureAwait(false);
                if (open && reader.Verdict is not null) stop.CancelAfter(ClosePatience);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async Task SendAsync(RemoteChannel channel, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(content.Length + 1);
        // One message at a time: input and the size of the terminal come from different sides.
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            message[0] = (byte)channel;
            content.CopyTo(message.AsMemory(1));
            await _socket.SendAsync(message.AsMemory(0, content.Length + 1), WebSocketMessageType.Binary, endOfMessage: true, cancel).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private KubeException NotRun(RemoteVerdict verdict)
    {
        bool noShell = _byShell && verdict.Message.Contains("\"sh\"", StringComparison.Ordinal);
        return new KubeException("KubeExecFailed", ErrorCategory.InvalidOperation, noShell ? $"{_spec.Reference}: the command cannot be given input. This server cannot tell it where its input ends (it speaks {Version4} only), and the container {_spec.Container} has no sh to do it: {verdict.Message}" : $"{_spec.Reference}: {verdict.Message}")
        {
            Target = _spec.Reference,
            RecommendedAction = noShell ? "Run it in a container that has sh and head, or against a server of Kubernetes 1.30 or newer." : "Check that the program is in the container's image, and that the container runs.",
        };
    }

    private KubeException Broken() => new("KubeExecBroken", ErrorCategory.ConnectionError, $"The connection to {_spec.Reference} broke before the server said how the command ended; output may be missing, and the command may go on running.")
    {
        Target = _spec.Reference,
        RecommendedAction = "Look at the pod (Get-KubePod, Get-KubeDescription) before you run the command again.",
    };
}
