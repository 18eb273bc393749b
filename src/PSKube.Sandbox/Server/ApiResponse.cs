using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Server;

/// <summary>One answer, however it goes out.</summary>
internal sealed class ApiResponse
{
    /// <summary>The status code.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body in parts, to be sent one after the other.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Body { get; init; } = [];

    /// <summary>Writes a body whose end is not known yet; null when <see cref="Body"/> is all.</summary>
    public Func<Stream, CancellationToken, Task>? Stream { get; init; }

    /// <summary>The WebSocket subprotocol that was chosen; null when this opens no WebSocket.</summary>
    public string? Protocol { get; init; }

    /// <summary>Talks on the connection of a WebSocket after the answer.</summary>
    public Func<Stream, CancellationToken, Task>? Socket { get; init; }

    /// <summary>Seconds after which the client should come back; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The texts of the <c>Warning</c> headers.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True when the connection breaks instead of answering.</summary>
    public bool Breaks { get; init; }

    /// <summary>The length of the body, which must not be a stream.</summary>
    public long Length => Body.Sum(part => (long)part.Length);

    /// <summary>An answer of one JSON document.</summary>
    public static ApiResponse Json(JsonNode json, int status = 200, IReadOnlyList<string>? warnings = null) => new() { Status = status, Body = [JsonSerializer.SerializeToUtf8Bytes(json, s_options)], Warnings = warnings ?? [] };

    /// <summary>An answer of stored bytes.</summary>
    public static ApiResponse Bytes(ReadOnlyMemory<byte> json, int status = 200, IReadOnlyList<string>? warnings = null) => new() { Status = status, Body = [json], Warnings = warnings ?? [] };

    /// <summary>An answer of text.</summary>
    public static ApiResponse Text(string text, int status = 200) => new() { Status = status, ContentType = "text/plain", Body = [Encoding.UTF8.GetBytes(text)] };

    private static readonly JsonSerializerOptions s_options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };
}
