using System.Text.Json.Nodes;

namespace PSKube.Sandbox.Server;

/// <summary>One cause of a refusal, as a Status carries it in <c>details.causes</c>.</summary>
/// <param name="Reason"><c>FieldValueRequired</c>, <c>FieldValueInvalid</c>, <c>FieldValueNotSupported</c> …</param>
/// <param name="Field">The field's path: <c>spec.containers[0].image</c>.</param>
/// <param name="Message">What is wrong, without the field: <c>Required value</c>, <c>Invalid value: "X": must …</c>.</param>
internal sealed record Cause(string Reason, string? Field, string Message);

/// <summary>A refusal, which the client gets as a Status object.</summary>
/// <param name="code">The HTTP status code.</param>
/// <param name="reason">The Status' reason, for example <c>NotFound</c>.</param>
/// <param name="message">The Status' message.</param>
internal sealed class StatusException(int code, string reason, string message) : Exception(message)
{
    /// <summary>The HTTP status code.</summary>
    public int Code { get; } = code;

    /// <summary>The Status' reason.</summary>
    public string Reason { get; } = reason;

    /// <summary>The Status' details; null for none.</summary>
    public JsonObject? Details { get; init; }

    /// <summary>The object as a Status has it.</summary>
    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0) status["reason"] = Reason;
        if (Details is not null) status["details"] = Details.DeepClone();
        status["code"] = Code;
        return status;
    }
}
