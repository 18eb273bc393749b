using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSKube.Api;

/// <summary>What a server says it is.</summary>
/// <param name="Git">The full version, such as <c>v1.29.3</c>; <c>unknown</c> when it does not say.</param>
/// <param name="Minor">The minor number; null when it cannot be told.</param>
internal sealed record ServerVersion(string Git, int? Minor)
{
    /// <summary>Reads the document at <c>/version</c>; distributions write minors such as <c>20+</c>.</summary>
    public static ServerVersion Read(int status, string text)
    {
        JsonNode? version = null;
        try
        {
            if (status == 200) version = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Told as unknown.
        }

        string minor = new([.. (version?["minor"]?.ToString() ?? "").TakeWhile(char.IsAsciiDigit)]);
        return new ServerVersion(version?["gitVersion"]?.ToString() ?? "unknown", int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null);
    }
}
