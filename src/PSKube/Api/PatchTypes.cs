namespace PSKube.Api;

/// <summary>The media types by which a PATCH says how its body is meant.</summary>
internal static class PatchTypes
{
    /// <summary>RFC 7396.</summary>
    public const string Merge = "application/merge-patch+json";

    /// <summary>RFC 6902.</summary>
    public const string Json = "application/json-patch+json";

    /// <summary>Kubernetes' own, which knows the keys of lists.</summary>
    public const string Strategic = "application/strategic-merge-patch+json";

    /// <summary>Server-side apply. JSON is YAML, and servers before 1.33 know only this name.</summary>
    public const string Apply = "application/apply-patch+yaml";
}
