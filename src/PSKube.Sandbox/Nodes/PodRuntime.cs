using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Nodes;

/// <summary>How far a container is.</summary>
internal enum ContainerStage
{
    /// <summary>It has not begun, or begins again.</summary>
    New,

    /// <summary>Its image is being pulled.</summary>
    Pulling,

    /// <summary>Its image could not be pulled just now.</summary>
    PullFailed,

    /// <summary>It waits before its image is tried again.</summary>
    PullBackOff,

    /// <summary>What its environment names is not there.</summary>
    ConfigError,

    /// <summary>It is being started.</summary>
    Starting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has ended.</summary>
    Terminated,

    /// <summary>It has crashed and waits before it is started again.</summary>
    CrashBackOff,
}

/// <summary>A container on its node.</summary>
internal sealed class ContainerRuntime(string name, bool isInit, bool isSidecar)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>True for an init container, of either sort.</summary>
    public bool IsInit { get; } = isInit;

    /// <summary>True for an init container that goes on beside the others.</summary>
    public bool IsSidecar { get; } = isSidecar;

    /// <summary>How far it is.</summary>
    public ContainerStage Stage { get; set; }

    /// <summary>When it goes further, in virtual time.</summary>
    public DateTime Until { get; set; }

    /// <summary>Why it waits.</summary>
    public string? Reason { get; set; }

    /// <summary>Why it waits, in words.</summary>
    public string? Message { get; set; }

    /// <summary>The image that it was last started with.</summary>
    public string Image { get; set; } = "";

    /// <summary>The id of the last container that was made.</summary>
    public string? Id { get; set; }

    /// <summary>When it was started, for its status.</summary>
    public string? Started { get; set; }

    /// <summary>When it was started, in virtual time.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>When it ended, in virtual time.</summary>
    public DateTime FinishedAt { get; set; }

    /// <summary>Its end, as a status has it; null while it runs.</summary>
    public JsonObject? Terminated { get; set; }

    /// <summary>The end before; null when there was none.</summary>
    public JsonObject? Last { get; set; }

    /// <summary>How often it was started again.</summary>
    public int Restarts { get; set; }

    /// <summary>The last pause between two starts.</summary>
    public TimeSpan BackOff { get; set; }

    /// <summary>True when it is ready.</summary>
    public bool IsReady { get; set; }

    /// <summary>True when it has started, by its startup probe if it has one.</summary>
    public bool HasStarted { get; set; }

    /// <summary>When probes are looked at next, in virtual time.</summary>
    public DateTime ProbeAt { get; set; }

    /// <summary>How often its liveness probe failed in a row.</summary>
    public int LivenessFailures { get; set; }

    /// <summary>True while a probe runs.</summary>
    public bool IsProbing { get; set; }

    /// <summary>What runs; null for a server, which only stands there.</summary>
    public ContainerProcess? Process { get; set; }

    /// <summary>What it writes.</summary>
    public ContainerLog? Log { get; set; }

    /// <summary>What it wrote before it was last started again.</summary>
    public ContainerLog? PreviousLog { get; set; }

    /// <summary>Its files; null until somebody looks.</summary>
    public ContainerFiles? Files { get; set; }

    /// <summary>When a server that was told to end does so, in virtual time; null when it was not told.</summary>
    public DateTime? EndsAt { get; set; }

    /// <summary>True when it runs.</summary>
    public bool IsRunning => Stage == ContainerStage.Running;

    /// <summary>The exit code of its end; null while there is none.</summary>
    public long? ExitCode => Stage == ContainerStage.Terminated ? Terminated.Number("exitCode") : null;
}

/// <summary>A pod on its node.</summary>
internal sealed class PodRuntime(string key, string uid)
{
    /// <summary>Its namespace and name.</summary>
    public string Key { get; } = key;

    /// <summary>Its uid.</summary>
    public string Uid { get; } = uid;

    /// <summary>When the node took it, for its status.</summary>
    public string? Started { get; set; }

    /// <summary>When the node took it, in virtual time.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>Its address; null until it has one.</summary>
    public string? Ip { get; set; }

    /// <summary>The init containers, in order.</summary>
    public List<ContainerRuntime> Init { get; } = [];

    /// <summary>The containers.</summary>
    public List<ContainerRuntime> Containers { get; } = [];

    /// <summary>All of them.</summary>
    public IEnumerable<ContainerRuntime> All => Init.Concat(Containers);

    /// <summary>The files of its volumes by their names.</summary>
    public Dictionary<string, VolumeFiles> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>True when its status is to be written.</summary>
    public bool IsDirty { get; set; }

    /// <summary>When the containers that do not end by themselves are killed, in virtual time; null when nobody deletes the pod.</summary>
    public DateTime? KillAt { get; set; }

    /// <summary>Why the whole pod failed; null when it did not.</summary>
    public (string Reason, string Message)? Failure { get; set; }

    /// <summary>How often mounting failed.</summary>
    public int MountTries { get; set; }

    /// <summary>The container of that name; null when there is none.</summary>
    public ContainerRuntime? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}
