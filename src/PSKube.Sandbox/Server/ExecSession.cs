using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Nodes.Shell;

namespace PSKube.Sandbox.Server;

/// <summary>
/// One remote command over a WebSocket: the subprotocols <c>v4.channel.k8s.io</c> and <c>v5.channel.k8s.io</c> (the first byte of
/// a message is its channel).
/// </summary>
/// <remarks>apimachinery's <c>pkg/util/remotecommand</c>, kubelet's <c>pkg/kubelet/server/remotecommand/websocket.go</c>.</remarks>
internal sealed class ExecSession(Stream connection, string protocol) : IDisposable
{
    private const byte Input = 0, Output = 1, Errors = 2, Verdict = 3, Resize = 4, Close = 255;
    private const int Block = 64 * 1024;

    private readonly WebSocket _socket = WebSocket.CreateFromStream(connection, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ByteLink _input = new();

    /// <summary>The size of the client's terminal, as it last told; null until it does.</summary>
    public (int Columns, int Rows)? Size { get; private set; }

    /// <summary>Runs a command: its input from the client, its output to it, and how it ended.</summary>
    /// <param name="run">The command: input, output, errors.</param>
    /// <param name="takesInput">False when it gets no input.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(Func<Stream?, ByteWriter, ByteWriter, CancellationToken, Task<ExecResult>> run, bool takesInput, CancellationToken cancel)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task receiving = Task.Run(() => ReceiveAsync(gone), CancellationToken.None);
        using var input = new LinkStream(_input, null);
        ExecResult end;
        try
        {
            end = await run(takesInput ? input : null, bytes => SendAsync(Output, bytes, gone.Token), bytes => SendAsync(Errors, bytes, gone.Token), gone.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, and with it whoever would want to know.
            return;
        }

        await SendAsync(Verdict, JsonSerializer.SerializeToUtf8Bytes(Status(end)), gone.Token).ConfigureAwait(false);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, gone.Token).ConfigureAwait(false);
        // The client answers the close, or goes.
        await Task.WhenAny(receiving, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None)).ConfigureAwait(false);
        await gone.CancelAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
        _input.Dispose();
    }

    private static JsonObject Status(ExecResult end)
    {
        if (end.Failure is { } why) return new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = why, ["reason"] = "InternalError", ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) }, ["code"] = 500 };
        if (end.ExitCode == 0) return new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" };
        return new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = FormattableString.Invariant($"command terminated with non-zero exit code: exit status {end.ExitCode}"),
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = end.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture) }) },
        };
    }

    private async Task ReceiveAsync(CancellationTokenSource gone)
    {
        byte[] buffer = new byte[Block];
        int channel = -1;
        var resize = new MemoryStream();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), gone.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) break;
                ReadOnlyMemory<byte> bytes = buffer.AsMemory(0, part.Count);
                if (channel < 0 && part.Count > 0)
                {
                    channel = bytes.Span[0];
                    bytes = bytes[1..];
                }

                if (channel == Input) await _input.WriteAsync(bytes, gone.Token).ConfigureAwait(false);
                else if (channel == Close && !bytes.IsEmpty && bytes.Span[0] == Input) _input.Complete();
                else if (channel == Resize) resize.Write(bytes.Span);
                if (!part.EndOfMessage) continue;
                if (channel == Resize) Told(resize);
                channel = -1;
            }
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a word.
        }

        _input.Complete();
        if (_socket.State is not WebSocketState.CloseSent and not WebSocketState.Closed) await gone.CancelAsync().ConfigureAwait(false);
    }

    private void Told(MemoryStream resize)
    {
        try
        {
            if (JsonNode.Parse(resize.ToArray()) is JsonObject size) Size = (size["Width"]?.GetValue<int>() ?? 80, size["Height"]?.GetValue<int>() ?? 24);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            // A size that cannot be read changes nothing.
        }

        resize.SetLength(0);
    }

    private async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            do
            {
                int count = Math.Min(bytes.Length, Block - 1);
                byte[] message = new byte[count + 1];
                message[0] = channel;
                bytes[..count].CopyTo(message.AsMemory(1));
                await _socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, true, cancel).ConfigureAwait(false);
                bytes = bytes[count..];
            }
            while (!bytes.IsEmpty);
        }
        finally
        {
            _sending.Release();
        }
    }
}
