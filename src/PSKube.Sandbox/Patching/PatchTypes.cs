namespace PSKube.Sandbox.Patching;

/// <summary>The content types of patches.</summary>
internal static class PatchTypes
{
    /// <summary>RFC 6902.</summary>
    public const string Json = "application/json-patch+json";

    /// <summary>RFC 7386.</summary>
    public const string Merge = "application/merge-patch+json";

    /// <summary>Kubernetes' merge that knows the keys of lists.</summary>
    public const string StrategicMerge = "application/strategic-merge-patch+json";

    /// <summary>Server-side apply.</summary>
    public const string Apply = "application/apply-patch+yaml";
}
