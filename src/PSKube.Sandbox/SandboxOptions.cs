using System.Text.Json.Nodes;

namespace PSKube.Sandbox;

/// <summary>What a sandbox is to be.</summary>
internal sealed record SandboxOptions
{
    /// <summary>The newest minor version that it plays.</summary>
    public const int NewestMinor = 34;

    /// <summary>The oldest minor version that it plays.</summary>
    public const int OldestMinor = 20;

    /// <summary>The minor version of Kubernetes 1 that it plays.</summary>
    public int Minor { get; init; } = NewestMinor;

    /// <summary>The patch version that it tells; nothing else depends on it.</summary>
    public int Patch { get; init; }

    /// <summary>How many nodes it has.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Virtual seconds per real second.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Objects that it has from the beginning, beside those that every cluster has.</summary>
    public IReadOnlyList<JsonObject> Seed { get; init; } = [];

    /// <summary>Reads a text of YAML as UTF-8 JSON, or throws a FormatException; null to take bodies of JSON and protobuf alone.</summary>
    public Func<string, byte[]>? ReadYaml { get; init; }

    /// <summary>The version as servers tell it.</summary>
    public string GitVersion => $"v1.{Minor}.{Patch}";
}
