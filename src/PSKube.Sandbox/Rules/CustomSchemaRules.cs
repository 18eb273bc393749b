using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.Sandbox.Rules;

/// <summary>What a server does with custom objects by the schema in their definition.</summary>
/// <remarks>apiextensions-apiserver's <c>pkg/apiserver/schema</c> (pruning, defaulting) and <c>pkg/apiserver/validation</c>.</remarks>
internal static class CustomSchemaRules
{
    private const string Preserve = "x-kubernetes-preserve-unknown-fields";

    /// <summary>Drops the fields that the schema does not have, and warns of them or refuses them.</summary>
    /// <exception cref="StatusException">400: there are some and the client asked for strictness.</exception>
    public static void Prune(Resource resource, JsonObject schema, JsonObject json, FieldValidation mode, List<string> warnings)
    {
        var unknown = new List<string>();
        Prune(schema, json, "", unknown, true);
        if (unknown.Count == 0) return;
        string[] told = [.. unknown.Order(StringComparer.Ordinal).Select(path => $"unknown field \"{path}\"")];
        if (mode == FieldValidation.Warn) warnings.AddRange(told);
        if (mode == FieldValidation.Strict) throw Refusals.BadRequest($"{resource.Kind} in version \"{resource.StoredVersion}\" cannot be handled as a {resource.Kind}: strict decoding error: {string.Join(", ", told)}");
    }

    /// <summary>Fills in the schema's defaults.</summary>
    public static void Default(JsonObject schema, JsonObject json)
    {
        foreach ((string name, JsonNode? field) in schema["properties"] as JsonObject ?? [])
        {
            if (field is not JsonObject type) continue;
            if (json[name] is null && type["default"] is { } value) json[name] = value.DeepClone();
            DefaultValue(type, json[name]);
        }

        if (schema["additionalProperties"] is not JsonObject other) return;
        foreach ((string name, JsonNode? value) in json)
        {
            if (schema["properties"] is not JsonObject known || !known.ContainsKey(name)) DefaultValue(other, value);
        }
    }

    /// <summary>What the schema forbids.</summary>
    public static void Validate(JsonObject schema, JsonObject json, Problems problems)
    {
        foreach ((string name, JsonNode? value) in json)
        {
            if (name is not ("metadata" or "kind" or "apiVersion") && schema.At("properties", name) is JsonObject field && value is not null) Check(field, value, name, problems);
        }

        Required(schema, json, "", problems);
    }

    private static void Prune(JsonObject schema, JsonObject json, string path, List<string> unknown, bool root)
    {
        bool preserve = schema.Flag(Preserve) == true;
        foreach ((string name, JsonNode? value) in json.ToArray())
        {
            if (root && name is "apiVersion" or "kind" or "metadata") continue;
            string where = path.Length == 0 ? name : $"{path}.{name}";
            JsonObject? field = schema.At("properties", name) as JsonObject ?? schema["additionalProperties"] as JsonObject;
            if (field is null)
            {
                if (preserve || schema.Flag("additionalProperties") == true) continue;
                unknown.Add(where);
                json.Remove(name);
                continue;
            }

            // Null stands for missing where a default would be taken, and where null is not allowed.
            if (value is null && field.Flag("nullable") != true && field["default"] is not null) json.Remove(name);
            PruneValue(field, value, where, unknown);
        }
    }

    private static void PruneValue(JsonObject schema, JsonNode? value, string path, List<string> unknown)
    {
        bool whole = schema.Flag("x-kubernetes-embedded-resource") == true;
        if (value is JsonObject json) Prune(schema, json, path, unknown, whole);
        else if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            for (int i = 0; i < list.Count; i++) PruneValue(items, list[i], $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", unknown);
        }
    }

    private static void DefaultValue(JsonObject schema, JsonNode? value)
    {
        if (value is JsonObject json)
        {
            Default(schema, json);
        }
        else if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (JsonNode? item in list) DefaultValue(items, item);
        }
    }

    private static void Check(JsonObject schema, JsonNode? value, string path, Problems problems)
    {
        if (value is null)
        {
            if (schema.Flag("nullable") != true && schema.Text("type") is { } wanted) problems.Add("FieldValueInvalid", path, $"Invalid value: \"null\": {path} in body must be of type {wanted}: \"null\"");
            return;
        }

        if (schema.Text("type") is { } type && !IsOf(schema, type, value))
        {
            problems.Add("FieldValueTypeInvalid", path, $"Invalid value: \"{Kind(value)}\": {path} in body must be of type {type}: \"{Kind(value)}\"");
            return;
        }

        switch (value)
        {
            case JsonObject json:
                foreach ((string name, JsonNode? inner) in json)
                {
                    if ((schema.At("properties", name) as JsonObject ?? schema["additionalProperties"] as JsonObject) is { } field) Check(field, inner, $"{path}.{name}", problems);
                }

                Required(schema, json, path, problems);
                break;
            case JsonArray list:
                if (schema.Number("minItems") is { } fewest && list.Count < fewest) problems.Add("FieldValueInvalid", path, $"Invalid value: {list.Count}: {path} in body should have at least {fewest} items");
                if (schema.Number("maxItems") is { } most && list.Count > most) problems.Add("FieldValueInvalid", path, $"Too many: {list.Count}: must have at most {most} items");
                if (schema["items"] is not JsonObject items) break;
                for (int i = 0; i < list.Count; i++) Check(items, list[i], $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", problems);
                break;
            default:
                Scalar(schema, value, path, problems);
                break;
        }
    }

    private static void Scalar(JsonObject schema, JsonNode value, string path, Problems problems)
    {
        if (schema["enum"] is JsonArray allowed && !allowed.Any(one => one.Same(value)))
        {
            problems.Add("FieldValueNotSupported", path, $"Unsupported value: {GoText.Value(value)}: supported values: {string.Join(", ", allowed.Select(GoText.Value))}");
        }

        if (value.GetValueKind() == JsonValueKind.Number)
        {
            double number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
            if (Real(schema["minimum"]) is { } least && (schema.Flag("exclusiveMinimum") == true ? number <= least : number < least)) problems.Add("FieldValueInvalid", path, $"Invalid value: {Told(number)}: {path} in body should be greater than {(schema.Flag("exclusiveMinimum") == true ? "" : "or equal to ")}{Told(least)}");
            if (Real(schema["maximum"]) is { } most && (schema.Flag("exclusiveMaximum") == true ? number >= most : number > most)) problems.Add("FieldValueInvalid", path, $"Invalid value: {Told(number)}: {path} in body should be less than {(schema.Flag("exclusiveMaximum") == true ? "" : "or equal to ")}{Told(most)}");
        }

        if (value.Text() is not { } text) return;
        int length = text.EnumerateRunes().Count();
        if (schema.Number("minLength") is { } shortest && length < shortest) problems.Add("FieldValueInvalid", path, $"Invalid value: {GoText.Quote(text)}: {path} in body should be at least {shortest} chars long");
        if (schema.Number("maxLength") is { } longest && length > longest) problems.Add("FieldValueTooLong", path, $"Too long: may not be longer than {longest}");
        if (schema.Text("pattern") is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))) problems.Add("FieldValueInvalid", path, $"Invalid value: {GoText.Quote(text)}: {path} in body should match '{pattern}'");
    }

    private static void Required(JsonObject schema, JsonObject json, string path, Problems problems)
    {
        foreach (JsonNode? required in schema["required"] as JsonArray ?? [])
        {
            if (required.Text() is { } name && !json.ContainsKey(name)) problems.Add("FieldValueRequired", path.Length == 0 ? name : $"{path}.{name}", "Required value");
        }
    }

    private static double? Real(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number ? double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static string Told(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static bool IsOf(JsonObject schema, string type, JsonNode value) => schema.Flag("x-kubernetes-int-or-string") == true ? Kind(value) is "integer" or "string" : type == Kind(value) || (type == "number" && Kind(value) == "integer");

    private static string Kind(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.Number() is not null ? "integer" : "number",
        _ => "boolean",
    };
}
