using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server does with an object of a kind before it stores it: decode, default, prepare, validate.</summary>
/// <param name="minor">The minor version of the server that is played.</param>
internal sealed class KindRules(int minor)
{
    private readonly Canonical _canonical = new(minor);

    /// <summary>The minor version of the server that is played.</summary>
    public int Minor { get; } = minor;

    /// <summary>
    /// Reads an object as the server's typed decoder does: values of a wrong type are refused (400), fields that the kind does
    /// not have are dropped, with a warning or a refusal as <paramref name="mode"/> says.
    /// </summary>
    public void Decode(Resource resource, JsonObject json, FieldValidation mode, List<string> warnings)
    {
        if (resource.Model is { } model) new Decoder(resource, json, Minor).Decode(model, mode, warnings);
        else if (resource.CustomSchema is { } schema) CustomSchemaRules.Prune(resource, schema, json, Minor < 25 ? FieldValidation.Ignore : mode, warnings);
    }

    /// <summary>Fills in what the server fills in, and brings the object into the server's form.</summary>
    public void Default(Resource resource, JsonObject json)
    {
        Defaults.Fill(resource, json, Minor);
        if (resource.Model is { } model) _canonical.Write(model, json);
    }

    /// <summary>An object of a kind of which nothing is known yet: only what the server's form always has.</summary>
    public JsonObject Blank(Resource resource)
    {
        var json = new JsonObject { ["apiVersion"] = resource.StoredApiVersion, ["kind"] = resource.Kind };
        if (resource.Model is { } model) _canonical.Write(model, json);
        return json;
    }

    /// <summary>Drops what a client may not set (status), and sets what the kind's strategy sets (generation 1).</summary>
    public void PrepareForCreate(Resource resource, JsonObject json) => Strategies.Create(resource, json, Minor);

    /// <summary>
    /// Keeps what a client may not change this way: the status, or, through the status subresource, all but the status; raises
    /// the generation when the spec has changed.
    /// </summary>
    public void PrepareForUpdate(Resource resource, JsonObject json, JsonObject old, string? subresource) => Strategies.Update(resource, json, old, subresource, Minor);

    /// <summary>What is wrong with a new object; empty when nothing is.</summary>
    public IReadOnlyList<Cause> ValidateCreate(Resource resource, JsonObject json) => Validation.Check(resource, json, null, null, Minor);

    /// <summary>What is wrong with a changed object; empty when nothing is.</summary>
    public IReadOnlyList<Cause> ValidateUpdate(Resource resource, JsonObject json, JsonObject old, string? subresource) => Validation.Check(resource, json, old, subresource, Minor);
}
