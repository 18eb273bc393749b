namespace PSKube.Yaml;

/// <summary>What one text may ask of us; enough for the largest bundles people apply, too little for a bomb.</summary>
internal static class YamlLimits
{
    /// <summary>Characters in one text: 64 Mi.</summary>
    public const int Characters = 64 * 1024 * 1024;

    /// <summary>Levels of nesting.</summary>
    public const int Depth = 100;

    /// <summary>Values in one document, those that aliases repeat included.</summary>
    public const int Nodes = 1_000_000;

    /// <summary>Aliases followed in one document.</summary>
    public const int Aliases = 10_000;

    /// <summary>Values that the anchors of one document hold, counted for each anchor that they stand in.</summary>
    public const int Recorded = 4_000_000;

    /// <summary>Characters that aliases repeat in one document: 16 Mi; no server takes an object of a tenth of it.</summary>
    public const int Repeated = 16 * 1024 * 1024;
}
