using System.IO.Enumeration;

namespace PSKube.Sandbox.Nodes;

/// <summary>What pods do against their nature, in the order in which it was said; the first that fits counts.</summary>
internal sealed class PodOverrides
{
    private readonly List<PodOverride> _all = [];

    /// <summary>Adds one; it goes before those that are there.</summary>
    public void Add(PodOverride one)
    {
        lock (_all) _all.Insert(0, one);
    }

    /// <summary>Takes all away.</summary>
    public void Clear()
    {
        lock (_all) _all.Clear();
    }

    /// <summary>The first for a container that says what is asked for; the default of <typeparamref name="T"/> when none does.</summary>
    public T? Find<T>(string? ns, string pod, string? container, Func<PodOverride, T?> read)
    {
        lock (_all)
        {
            foreach (PodOverride one in _all)
            {
                if (one.Fits(ns, pod, container) && read(one) is { } value) return value;
            }
        }

        return default;
    }
}

/// <summary>What the pods do that fit a pattern.</summary>
internal sealed record PodOverride
{
    /// <summary>The namespace, with wildcards.</summary>
    public string Namespace { get; init; } = "*";

    /// <summary>The pod's name, with wildcards.</summary>
    public string Pod { get; init; } = "*";

    /// <summary>The container's name, with wildcards.</summary>
    public string Container { get; init; } = "*";

    /// <summary>What its log says, written when it starts; null for what its command writes.</summary>
    public string? Log { get; init; }

    /// <summary>What commands answer that are run in it.</summary>
    public IReadOnlyList<ExecAnswer> Answers { get; init; } = [];

    /// <summary>How it crashes; null when it does not.</summary>
    public CrashOverride? Crash { get; init; }

    /// <summary>Why its image cannot be pulled; empty for the usual words, null when it can.</summary>
    public string? PullFailure { get; init; }

    /// <summary>True when it runs and never gets ready.</summary>
    public bool? NeverReady { get; init; }

    /// <summary>True for a container that this is about.</summary>
    public bool Fits(string? ns, string pod, string? container) =>
        FileSystemName.MatchesSimpleExpression(Namespace, ns, ignoreCase: false) && FileSystemName.MatchesSimpleExpression(Pod, pod, ignoreCase: false) && (container is null || FileSystemName.MatchesSimpleExpression(Container, container, ignoreCase: false));
}

/// <summary>What a command answers.</summary>
/// <param name="Command">The command with its arguments, joined by spaces, with wildcards.</param>
/// <param name="Out">Its output.</param>
/// <param name="Err">Its complaints.</param>
/// <param name="ExitCode">Its exit code.</param>
internal sealed record ExecAnswer(string Command, string Out, string Err = "", int ExitCode = 0);

/// <summary>How a container crashes.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="After">After how long, in virtual time.</param>
/// <param name="Times">How often, before it runs as it should; null for always.</param>
internal sealed record CrashOverride(int ExitCode, TimeSpan After, int? Times = null);
