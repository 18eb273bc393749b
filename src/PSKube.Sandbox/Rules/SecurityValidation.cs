using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What security contexts must be like.</summary>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidateSecurityContext, ValidatePodSecurityContext.</remarks>
internal static class SecurityValidation
{
    private static readonly string[] s_ids = ["fsGroup", "runAsUser", "runAsGroup"];
    private static readonly string[] s_profiles = ["Localhost", "RuntimeDefault", "Unconfined"];

    /// <summary>A pod's.</summary>
    public static void Pod(Problems problems, string at, JsonNode? spec)
    {
        JsonNode? context = spec.At("securityContext");
        if (spec.Flag("hostNetwork") == true)
        {
            int i = 0;
            foreach (JsonObject container in spec.Objects("containers"))
            {
                int j = 0;
                foreach (JsonObject port in container.Objects("ports"))
                {
                    // Templates have no host ports of their own since 1.28; then there is nothing to match.
                    bool differs = port.Number("hostPort") is { } host ? host != port.Number("containerPort") : problems.Minor < 28;
                    if (differs) problems.Invalid($"{at}.containers[{i}].ports[{j}].containerPort", port.Number("containerPort") ?? 0, "must match `hostPort` when `hostNetwork` is true");
                    j++;
                }

                i++;
            }
        }

        foreach (string id in s_ids) Id(problems, $"{at}.securityContext.{id}", context.Number(id));
        if (spec.Flag("shareProcessNamespace") == true && spec.Flag("hostPID") == true) problems.InvalidAs($"{at}.securityContext.shareProcessNamespace", "true", "ShareProcessNamespace and HostPID cannot both be enabled");
        Seccomp(problems, $"{at}.securityContext", context);
    }

    /// <summary>A container's.</summary>
    public static void Container(Problems problems, string at, JsonNode? context)
    {
        if (context is null) return;
        if (context.Flag("privileged") == true && context.Flag("allowPrivilegeEscalation") == false) problems.InvalidAs(at, "core.SecurityContext{...}", "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        Id(problems, $"{at}.runAsUser", context.Number("runAsUser"));
        Id(problems, $"{at}.runAsGroup", context.Number("runAsGroup"));
        Seccomp(problems, at, context);
    }

    private static void Id(Problems problems, string field, long? id)
    {
        if (id is < 0 or > int.MaxValue) problems.Invalid(field, id.Value, "must be between 0 and 2147483647, inclusive");
    }

    private static void Seccomp(Problems problems, string at, JsonNode? context)
    {
        if (context.At("seccompProfile") is not JsonObject profile) return;
        string? type = profile.Text("type");
        if (type is null or "") problems.Required($"{at}.seccompProfile.type", "type is required when seccompProfile is set");
        else if (!s_profiles.Contains(type)) problems.NotSupported($"{at}.seccompProfile.type", type, s_profiles);
        else if (type == "Localhost" && profile["localhostProfile"] is null) problems.Required($"{at}.seccompProfile.localhostProfile", "must be set when seccomp type is Localhost");
        else if (type != "Localhost" && profile.Text("localhostProfile") is { } path) problems.Invalid($"{at}.seccompProfile.localhostProfile", path, "can only be set when seccomp type is Localhost");
    }
}
