using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Server;

/// <summary>
/// Answers who somebody is and whether he may do something (kubectl auth whoami and can-i). Everybody may do everything here,
/// so that takes no look at roles.
/// </summary>
internal static class AccessReviews
{
    /// <summary>The answer to a review; null when the address is not that of one that a server of this version has.</summary>
    /// <exception cref="StatusException">It is asked in another way than by POST (405), or the body is none (400, 422).</exception>
    public static ApiResponse? Answer(ApiAddress address, ApiRequest request, int minor)
    {
        string? kind = (address.Group, address.Version, address.Resource) switch
        {
            ("authorization.k8s.io", "v1", "selfsubjectaccessreviews") => "SelfSubjectAccessReview",
            ("authorization.k8s.io", "v1", "subjectaccessreviews") => "SubjectAccessReview",
            ("authorization.k8s.io", "v1", "localsubjectaccessreviews") => "LocalSubjectAccessReview",
            ("authorization.k8s.io", "v1", "selfsubjectrulesreviews") => "SelfSubjectRulesReview",
            ("authentication.k8s.io", "v1", "selfsubjectreviews") when minor >= 28 => "SelfSubjectReview",
            ("authentication.k8s.io", "v1beta1", "selfsubjectreviews") when minor is >= 27 and < 33 => "SelfSubjectReview",
            _ => null,
        };
        if (kind is null || address.Name is not null || (kind == "LocalSubjectAccessReview") != address.Namespace is not null) return null;
        if (request.Method != "POST") throw Refusals.MethodNotAllowed();
        string apiVersion = $"{address.Group}/{address.Version}";
        if (RequestBody.Read(request, kind, apiVersion) is not JsonObject review) throw Refusals.BadRequest($"the body is no {kind}");
        if ((review.Text("kind") ?? kind) != kind || (review.Text("apiVersion") ?? apiVersion) != apiVersion) throw Refusals.BadRequest($"{review.Text("kind")} in version \"{review.Text("apiVersion")}\" cannot be handled as a {kind}");
        review["kind"] = kind;
        review["apiVersion"] = apiVersion;
        review.Default("metadata", new JsonObject { ["creationTimestamp"] = null });
        review["status"] = kind switch
        {
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = new JsonObject { ["username"] = "kubernetes-admin", ["groups"] = new JsonArray("system:masters", "system:authenticated") } },
            "SelfSubjectRulesReview" => Rules(review),
            _ => Allowed(review, kind, address),
        };
        return ApiResponse.Json(review, 201);
    }

    private static JsonObject Rules(JsonObject review)
    {
        if (review.Text("spec", "namespace") is null or "") throw Refusals.BadRequest("no namespace on request");
        return new JsonObject
        {
            ["resourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") }),
            ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") }),
            ["incomplete"] = false,
        };
    }

    private static JsonObject Allowed(JsonObject review, string kind, ApiAddress address)
    {
        bool resource = review.At("spec", "resourceAttributes") is JsonObject, page = review.At("spec", "nonResourceAttributes") is JsonObject;
        var causes = new List<Cause>();
        if (resource && page) causes.Add(new Cause("FieldValueInvalid", "spec.nonResourceAttributes", "Invalid value: \"null\": cannot be specified in combination with resourceAttributes"));
        if (!resource && !page) causes.Add(new Cause("FieldValueInvalid", "spec.resourceAttributes", "Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified"));
        if (kind != "SelfSubjectAccessReview" && review.Text("spec", "user") is null or "" && review.At("spec", "groups") is not JsonArray { Count: > 0 }) causes.Add(new Cause("FieldValueInvalid", "spec.user", "Invalid value: \"\": at least one of user or group must be specified"));
        if (address.Namespace is { } ns && review.Text("spec", "resourceAttributes", "namespace") != ns) causes.Add(new Cause("FieldValueInvalid", "spec.resourceAttributes.namespace", $"Invalid value: \"{review.Text("spec", "resourceAttributes", "namespace")}\": must match metadata.namespace"));
        if (causes.Count > 0) throw Refusals.Invalid(address.Group, "", "", causes);
        return new JsonObject { ["allowed"] = true };
    }
}
