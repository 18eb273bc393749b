using System.Net.WebSockets;

namespace PSKube.FaultServer;

/// <summary>What to answer; parts of it may be left out on purpose.</summary>
public sealed record ScriptedReply(int Status, string Body)
{
    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body's media type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body as bytes, where it is no text; else <see cref="Body"/> is sent.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>How many bytes to send at a time, with a moment in between; null for all at once.</summary>
    public int? Step { get; init; }

    /// <summary>How many bytes of the body to send before falling silent or closing; null for all.</summary>
    public int? OnlyBytes { get; init; }

    /// <summary>The whole answer as it goes over the wire, status line included; nothing else is sent, and the connection ends.</summary>
    public byte[]? Wire { get; init; }

    /// <summary>After the bytes: end the connection with a reset, as a crashed server or a cut line does.</summary>
    public bool Reset { get; init; }

    /// <summary>After the bytes: keep the connection open and say nothing.</summary>
    public bool Silent { get; init; }

    /// <summary>The body compressed, as the API server sends what is large to whoever takes it.</summary>
    public bool Gzip { get; init; }

    /// <summary>What to say on the WebSocket that this reply opens; null for a reply that opens none.</summary>
    public Func<WebSocket, CancellationToken, Task>? Talk { get; init; }

    /// <summary>The subprotocol that is agreed to.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>A reply that begins with a text, promises more, and stays open.</summary>
    public static ScriptedReply Open(string text) => new(200, text + new string(' ', 4096)) { OnlyBytes = System.Text.Encoding.UTF8.GetByteCount(text), Silent = true };

    /// <summary>An object or list in JSON.</summary>
    public static ScriptedReply Ok(string json) => new(200, json);

    /// <summary>A refusal as the API server words it.</summary>
    public static ScriptedReply Refuse(int status, string reason, string message, string details = "{}") =>
        new(status, $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","details":{{details}},"code":{{status}}}""");
}
