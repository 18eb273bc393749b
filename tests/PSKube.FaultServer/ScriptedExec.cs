using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace PSKube.FaultServer;

/// <summary>The server's side of a remote command: what a container runtime says on the WebSocket, and what it hears.</summary>
public sealed class ScriptedExec(WebSocket socket, CancellationToken cancel) : IDisposable
{
    /// <summary>Kubernetes 1.30 and newer.</summary>
    public const string Version5 = "v5.channel.k8s.io";

    /// <summary>Before that.</summary>
    public const string Version4 = "v4.channel.k8s.io";

    private readonly MemoryStream _input = new();

    /// <summary>Ends with the test.</summary>
    public CancellationToken Cancel { get; } = cancel;

    /// <summary>What came on the channel of the terminal's size.</summary>
    public List<string> Sizes { get; } = [];

    /// <summary>A reply that opens the channels and then does what a test says.</summary>
    public static ScriptedReply Reply(string protocol, Func<ScriptedExec, Task> talk) => new(101, "")
    {
        Protocol = protocol,
        Talk = async (socket, cancel) =>
        {
            using var exec = new ScriptedExec(socket, cancel);
            for (byte channel = 1; channel <= 3; channel++) await exec.SendAsync(channel, []).ConfigureAwait(false);
            await talk(exec).ConfigureAwait(false);
        },
    };

    /// <summary>A command that writes something and ends.</summary>
    public static ScriptedReply Ends(int exitCode, string stdOut = "", string stdErr = "", string protocol = Version4) => Reply(protocol, async exec =>
    {
        await exec.WriteAsync(stdOut).ConfigureAwait(false);
        await exec.SendAsync(2, Encoding.UTF8.GetBytes(stdErr)).ConfigureAwait(false);
        await exec.EndAsync(exitCode).ConfigureAwait(false);
    });

    /// <summary>The answer of a server, or a node, to a subprotocol that it does not know: that of its WebSocket library, without a Status.</summary>
    public static ScriptedReply DoesNotKnow() => new(403, "");

    /// <summary>The words of the command that a request asks for.</summary>
    public static IReadOnlyList<string> Command(SeenRequest request) => [.. request.Target.Split('?')[1].Split('&').Where(pair => pair.StartsWith("command=", StringComparison.Ordinal)).Select(pair => Uri.UnescapeDataString(pair[8..]))];

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();

    /// <summary>Sends a message on a channel.</summary>
    public Task SendAsync(byte channel, byte[] content) => socket.SendAsync(new ArraySegment<byte>([channel, .. content]), WebSocketMessageType.Binary, true, Cancel);

    /// <summary>Sends part of a message as it is; the first byte of the first part is the channel.</summary>
    public Task SendPartAsync(ReadOnlyMemory<byte> part, bool last) => socket.SendAsync(part, WebSocketMessageType.Binary, last, Cancel).AsTask();

    /// <summary>Writes to the command's standard output.</summary>
    public Task WriteAsync(string text) => SendAsync(1, Encoding.UTF8.GetBytes(text));

    /// <summary>Says how the command ended, and closes.</summary>
    public async Task EndAsync(int exitCode)
    {
        string code = exitCode.ToString(CultureInfo.InvariantCulture);
        await StatusAsync(exitCode == 0
            ? """{"metadata":{},"status":"Success"}"""
            : $$$"""{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"{{{code}}}"}]}}""").ConfigureAwait(false);
    }

    /// <summary>Sends a Status, and closes.</summary>
    public async Task StatusAsync(string json)
    {
        await SendAsync(3, Encoding.UTF8.GetBytes(json)).ConfigureAwait(false);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Cancel).ConfigureAwait(false);
    }

    /// <summary>Hears the command's input up to a length, or to its end where the protocol can tell it.</summary>
    public async Task<byte[]> ReadInputAsync(long length = long.MaxValue)
    {
        while (_input.Length < length && await ReceiveAsync().ConfigureAwait(false))
        {
        }

        return _input.ToArray();
    }

    /// <summary>Hears nothing but the other side hanging up; an exception tells.</summary>
    public async Task WaitForHangUpAsync()
    {
        while (await ReceiveAsync().ConfigureAwait(false))
        {
        }
    }

    /// <summary>Hears one message; false at the end of the input.</summary>
    public async Task<bool> ReceiveAsync()
    {
        var message = new MemoryStream();
        var block = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(block.AsMemory(), Cancel).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close) return false;
            message.Write(block, 0, part.Count);
        }
        while (!part.EndOfMessage);

        byte[] content = message.ToArray();
        if (content is [255, 0]) return false;
        if (content[0] == 4) Sizes.Add(Encoding.ASCII.GetString(content, 1, content.Length - 1));
        else _input.Write(content, 1, content.Length - 1);
        return true;
    }
}
