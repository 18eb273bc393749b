using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Api;

/// <summary>What the server says of a remote command when it is over: the Status on the error channel.</summary>
/// <param name="ExitCode">How the command ended; null when it could not be run.</param>
/// <param name="Reason">The Status' reason, or null.</param>
/// <param name="Message">Why it could not be run; empty when it was.</param>
internal sealed record RemoteVerdict(int? ExitCode, string? Reason, string Message)
{
    /// <summary>Reads a Status (<c>apimachinery pkg/util/remotecommand</c>, <c>client-go tools/remotecommand/v4.go</c>); null when it is none, or not all of it.</summary>
    public static RemoteVerdict? Read(ReadOnlySpan<byte> bytes)
    {
        JsonObject? status;
        try
        {
            status = AnswerJson.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }

        switch (Text(status?["status"]))
        {
            case "Success":
                return new RemoteVerdict(0, null, "");
            case "Failure":
                string? reason = Text(status!["reason"]);
                string message = ServerErrors.Escape(Text(status["message"]) ?? "");
                return new RemoteVerdict(reason == "NonZeroExitCode" ? Code(status) : null, reason, message);
            default:
                return null;
        }
    }

    private static int? Code(JsonObject status)
    {
        JsonNode? cause = (status["details"]?["causes"] as JsonArray)?.FirstOrDefault(cause => Text(cause?["reason"]) == "ExitCode");
        return int.TryParse(Text(cause?["message"]), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code) ? code : null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
