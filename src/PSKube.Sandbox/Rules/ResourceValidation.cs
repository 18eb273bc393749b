using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What requests and limits must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="names">The formats of names.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidateResourceRequirements, ValidateResourceQuantityValue.</remarks>
internal sealed class ResourceValidation(Problems problems, NameFormats names)
{
    private static readonly HashSet<string> s_standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "storage", "requests.storage",
        "services.nodeports", "services.loadbalancers",
    ];

    private static readonly HashSet<string> s_whole = ["pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"];

    /// <summary>Checks the resources of a container.</summary>
    public void Check(string at, JsonNode? resources)
    {
        JsonObject? limits = resources.At("limits") as JsonObject, requests = resources.At("requests") as JsonObject;
        foreach ((string name, JsonNode? value) in limits ?? [])
        {
            Name($"{at}.limits[{name}]", name);
            Amount($"{at}.limits[{name}]", name, value);
        }

        foreach ((string name, JsonNode? value) in requests ?? [])
        {
            Name($"{at}.requests[{name}]", name);
            Amount($"{at}.requests[{name}]", name, value);
            Quantity request = Quantity.Of(value);
            bool shared = !name.Contains('/', StringComparison.Ordinal) && !name.StartsWith("hugepages-", StringComparison.Ordinal);
            if (limits?[name] is { } known)
            {
                int order = request.CompareTo(Quantity.Of(known));
                string of = problems.Minor >= 27 ? $"{name} limit of {Quantity.Of(known)}" : $"{name} limit";
                if (order != 0 && !shared) problems.Invalid($"{at}.requests", request.ToString(), $"must be equal to {of}");
                else if (order > 0) problems.Invalid($"{at}.requests", request.ToString(), $"must be less than or equal to {of}");
            }
            else if (!shared)
            {
                problems.Required($"{at}.limits", "Limit must be set for non overcommitable resources");
            }
        }
    }

    /// <summary>An amount of a resource: not negative, and whole when the resource is counted.</summary>
    public void Amount(string field, string name, JsonNode? value)
    {
        Quantity amount = Quantity.Of(value);
        if (amount.Nano < 0) problems.Invalid(field, amount.ToString(), "must be greater than or equal to 0");
        bool whole = s_whole.Contains(name) || (name.Contains('/', StringComparison.Ordinal) && !name.StartsWith("requests.", StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal));
        if (whole && !amount.IsWhole) problems.Invalid(field, amount, "must be an integer");
    }

    /// <summary>The name of a resource as it may stand in quotas and limits.</summary>
    public void Name(string field, string name, bool quota = false)
    {
        string[] reasons = [.. names.QualifiedName(name)];
        problems.Each(field, name, reasons);
        if (reasons.Length > 0 || name.Contains('/', StringComparison.Ordinal)) return;
        bool huge = name.StartsWith("hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);
        if (!s_standard.Contains(name) && !huge)
        {
            problems.Invalid(field, name, "must be a standard resource type or fully qualified");
            if (quota) problems.Invalid(field, name, "must be a standard resource for quota");
        }

        if (!quota && name is not ("cpu" or "memory" or "ephemeral-storage") && !huge) problems.Invalid(field, name, "must be a standard resource for containers");
    }
}
