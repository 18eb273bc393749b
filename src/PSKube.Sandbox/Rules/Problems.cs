using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Rules;

/// <summary>What was found to be wrong with an object, in the order in which a server finds it.</summary>
/// <param name="minor">The minor version of the server that is played.</param>
/// <remarks>Reasons and words: apimachinery's <c>pkg/util/validation/field/errors.go</c>.</remarks>
internal sealed class Problems(int minor)
{
    /// <summary>The minor version of the server that is played.</summary>
    public int Minor { get; } = minor;

    /// <summary>All of it.</summary>
    public List<Cause> Causes { get; } = [];

    /// <summary>Something with words of its own.</summary>
    public void Add(string reason, string? field, string message) => Causes.Add(new Cause(reason, field, message));

    /// <summary>A field that must be there.</summary>
    public void Required(string field, string detail = "") => Add("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    /// <summary>A wrong text.</summary>
    public void Invalid(string field, string? value, string detail) => InvalidAs(field, GoText.Quote(value ?? ""), detail);

    /// <summary>A wrong number.</summary>
    public void Invalid(string field, long value, string detail) => InvalidAs(field, value.ToString(CultureInfo.InvariantCulture), detail);

    /// <summary>A wrong value that is already printed as Go does.</summary>
    public void InvalidAs(string field, string value, string detail) => Add("FieldValueInvalid", field, $"Invalid value: {value}: {detail}");

    /// <summary>Something twice.</summary>
    public void Duplicate(string field, string value) => Add("FieldValueDuplicate", field, $"Duplicate value: {GoText.Quote(value)}");

    /// <summary>Something that may not be.</summary>
    public void Forbidden(string field, string detail) => Add("FieldValueForbidden", field, $"Forbidden: {detail}");

    /// <summary>A reference to something that is not there.</summary>
    public void NotFound(string field, string value) => Add("FieldValueNotFound", field, $"Not found: {GoText.Quote(value)}");

    /// <summary>One of few values was wanted, which are told in the order of the server's code.</summary>
    public void NotSupported(string field, string? value, params IEnumerable<string> supported) => Add("FieldValueNotSupported", field, $"Unsupported value: {GoText.Quote(value ?? "")}: supported values: {string.Join(", ", supported.Select(GoText.Quote))}");

    /// <summary>A wrong text, once for each reason.</summary>
    public void Each(string field, string? value, IEnumerable<string> reasons)
    {
        foreach (string reason in reasons) Invalid(field, value, reason);
    }

    /// <summary>A number that may not be below 0.</summary>
    public void NonNegative(string field, long? value)
    {
        if (value < 0) Invalid(field, value.Value, "must be greater than or equal to 0");
    }

    /// <summary>A wrong quantity.</summary>
    public void Invalid(string field, Quantity value, string detail) => InvalidAs(field, Minor >= 34 ? GoText.Quote(value.ToString()) : GoText.Number(value), detail);

    /// <summary>A value that may not change; told as Go prints it before 1.34, as JSON since.</summary>
    public void Immutable(string field, JsonNode? value, JsonNode? old, Func<JsonNode?, string> print)
    {
        if (!value.Same(old)) InvalidAs(field, Print(value, print), "field is immutable");
    }

    /// <summary>An object as this version prints it.</summary>
    public string Print(JsonNode? value, Func<JsonNode?, string> print) => Minor >= 34 && value is not null ? value.ToJsonString() : print(value);

    /// <summary>Too long a text.</summary>
    public void TooLong(string field, int most) => Add("FieldValueTooLong", field, Minor >= 32 ? $"Too long: may not be more than {most} bytes" : $"Too long: must have at most {most} bytes");
}
