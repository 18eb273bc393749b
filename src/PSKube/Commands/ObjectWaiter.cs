using System.Globalization;
using System.Management.Automation;
using System.Threading.Channels;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>
/// Waits for many objects at once under one time limit. One watch per kind and namespace tells what happens; what counts as
/// done is judged on the pipeline thread, so a script may judge too.
/// </summary>
/// <param name="cmdlet">Who waits; its token ends the waiting.</param>
/// <param name="activity">What the progress bar says.</param>
internal sealed class ObjectWaiter(KubeApiCmdlet cmdlet, string activity)
{
    /// <summary>kubectl: a negative time limit means a week.</summary>
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<PendingObject, string?> _open = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PendingObject, object> _last = new(ReferenceEqualityComparer.Instance);
    private int _total;

    /// <summary>One object as it was just seen; null when it is not there.</summary>
    /// <param name="Target">Which object.</param>
    /// <param name="Seen">The object.</param>
    /// <param name="Failure">Why it cannot be waited for.</param>
    /// <param name="Unseen">Why it could not be looked at for now.</param>
    private sealed record Sighting(PendingObject Target, object? Seen, KubeException? Failure, string? Unseen = null);

    /// <summary>Ends with the first object that is done, and says nothing of the others.</summary>
    public bool Any { get; init; }

    /// <summary>
    /// True when a change of this command is waited for: a server that has made it and cannot be reached a moment later is coming
    /// back, and its absence must not look like that of the change.
    /// </summary>
    public bool AfterChange { get; init; }

    /// <summary>What the objects are to be, in the words of an error: "was not ready".</summary>
    public string Goal { get; init; } = Ready;

    /// <summary>The goal of most: as its specification asks.</summary>
    public const string Ready = "ready";

    /// <summary>The goal of deletions.</summary>
    public const string Gone = "gone";

    /// <summary>Waits.</summary>
    /// <param name="pending">The objects.</param>
    /// <param name="timeout">How long, in all; zero looks once.</param>
    /// <param name="because">What an object still lacks, as it is seen now; null when it lacks nothing. A <see cref="KubeException"/> says that it never will be done.</param>
    /// <param name="done">What to do with an object that is done.</param>
    public void Run(IReadOnlyCollection<PendingObject> pending, TimeSpan timeout, Func<PendingObject, object?, string?> because, Action<PendingObject, object?> done)
    {
        if (pending.Count == 0) return;
        foreach (PendingObject one in pending) _open[one] = null;
        _total = _open.Count;
        long deadline = Environment.TickCount64 + (long)(timeout < TimeSpan.Zero ? Week : timeout).TotalMilliseconds;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cmdlet.CancelToken);
        var sightings = Channel.CreateBounded<Sighting>(256);
        foreach (IGrouping<(KubeClient, ResourceKind, string?), PendingObject> group in pending.GroupBy(one => (one.Client, one.Kind, one.Namespace)))
        {
            PendingObject[] members = [.. group];
            _ = Task.Run(() => FollowAsync(members, sightings.Writer, stop.Token), CancellationToken.None);
        }

        try
        {
            while (_open.Count > 0)
            {
                Sighting? sighting = Next(sightings.Reader, deadline);
                if (sighting is not null && Judge(sighting, because, done) && Any) return;
                // Everything is looked at once, however short the time is.
                if (Environment.TickCount64 >= deadline && (sighting is null || _open.Values.All(static reason => reason is not null))) break;
                ShowProgress(deadline);
            }

            foreach ((PendingObject late, string? reason) in _open.ToArray()) cmdlet.Fail(Late(late, timeout, reason));
        }
        finally
        {
            stop.Cancel();
            EndProgress();
        }
    }

    /// <summary>True when the object is done.</summary>
    private bool Judge(Sighting sighting, Func<PendingObject, object?, string?> because, Action<PendingObject, object?> done)
    {
        if (!_open.ContainsKey(sighting.Target)) return false;
        if (sighting.Unseen is not null)
        {
            _open[sighting.Target] = sighting.Unseen;
            return false;
        }

        if (sighting.Seen is not null) _last[sighting.Target] = sighting.Seen;
        try
        {
            if (sighting.Failure is not null) throw sighting.Failure;
            string? reason = because(sighting.Target, sighting.Seen);
            _open[sighting.Target] = reason;
            if (reason is not null) return false;
        }
        catch (KubeException failure)
        {
            _open.Remove(sighting.Target);
            cmdlet.Fail(WithEvidence(failure, sighting));
            return false;
        }

        _open.Remove(sighting.Target);
        done(sighting.Target, sighting.Seen);
        return true;
    }

    private Sighting? Next(ChannelReader<Sighting> sightings, long deadline)
    {
        // The first look may take as long as one request may.
        bool unseen = _open.Values.Any(static reason => reason is null);
        double left = Math.Max(0, deadline - Environment.TickCount64);
        TimeSpan patience = unseen && left == 0 ? cmdlet.RequestTimeout : TimeSpan.FromMilliseconds(Math.Min(left, Tick.TotalMilliseconds));
        if (sightings.TryRead(out Sighting? ready)) return ready;
        return cmdlet.Await(async cancel =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(patience);
            try
            {
                return await sightings.ReadAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return null;
            }
        });
    }

    private async Task FollowAsync(PendingObject[] members, ChannelWriter<Sighting> sightings, CancellationToken cancel)
    {
        try
        {
            while (!await TryFollowAsync(members, sightings, cancel).ConfigureAwait(false)) await Task.Delay(TimeSpan.FromSeconds(1), cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException || cancel.IsCancellationRequested)
        {
            // The waiting is over; a connection that is torn down in the middle of a read may say so in other ways.
        }
        catch (KubeApiException refusal) when (refusal.StatusCode is 403 or 405)
        {
            // Who may read an object need not be allowed to list or watch its kind.
            await PollAsync(members, sightings, cancel).ConfigureAwait(false);
        }
        catch (KubeException failure)
        {
            await TellAsync(sightings, members.Select(member => new Sighting(member, null, failure)), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>False when the server could not be reached to begin with, but will be.</summary>
    private async Task<bool> TryFollowAsync(PendingObject[] members, ChannelWriter<Sighting> sightings, CancellationToken cancel)
    {
        try
        {
            await WatchAsync(members, sightings, cancel).ConfigureAwait(false);
            return true;
        }
        catch (KubeException failure) when (AfterChange && Watcher.IsPassing(failure) && !cancel.IsCancellationRequested)
        {
            await TellAsync(sightings, members.Select(member => new Sighting(member, null, null, failure.Message)), cancel).ConfigureAwait(false);
            return false;
        }
    }

    private static async Task WatchAsync(PendingObject[] members, ChannelWriter<Sighting> sightings, CancellationToken cancel)
    {
        PendingObject first = members[0];
        ILookup<string, PendingObject> byName = members.ToLookup(member => member.Name, StringComparer.Ordinal);
        var unseen = new HashSet<string>(byName.Select(group => group.Key), StringComparer.Ordinal);
        string? one = byName.Count == 1 ? $"metadata.name={first.Name}" : null;
        await foreach (WatchEvent step in first.Client.WatchAsync(first.Kind, new ListOptions { Namespace = first.Namespace, FieldSelector = one }, cancel).ConfigureAwait(false))
        {
            if (step.IsSynced)
            {
                await TellAsync(sightings, unseen.SelectMany(name => byName[name]).Select(member => new Sighting(member, null, null)), cancel).ConfigureAwait(false);
                continue;
            }

            if (step.Object is null || ResourceHeader.Read(step.Object).Name is not { } name || !byName.Contains(name)) continue;
            unseen.Remove(name);
            await TellAsync(sightings, byName[name].Select(member => new Sighting(member, step.Change == WatchChange.Deleted ? null : step.Object, null)), cancel).ConfigureAwait(false);
        }
    }

    private static async Task PollAsync(PendingObject[] members, ChannelWriter<Sighting> sightings, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                foreach (PendingObject member in members)
                {
                    Sighting sighting;
                    try
                    {
                        sighting = new Sighting(member, await member.Client.FindAsync(member.Kind, member.Namespace, member.Name, cancel).ConfigureAwait(false), null);
                    }
                    catch (KubeException failure)
                    {
                        sighting = new Sighting(member, null, failure);
                    }

                    await sightings.WriteAsync(sighting, cancel).ConfigureAwait(false);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The waiting is over.
        }
    }

    private static async Task TellAsync(ChannelWriter<Sighting> sightings, IEnumerable<Sighting> what, CancellationToken cancel)
    {
        try
        {
            foreach (Sighting sighting in what) await sightings.WriteAsync(sighting, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>A failure of a workload says little; its pods say why.</summary>
    private KubeException WithEvidence(KubeException failure, Sighting sighting)
    {
        if (failure.ErrorId is not ("KubeWaitFailed" or "KubeProgressDeadlineExceeded") || sighting.Seen is k8s.Models.V1Pod) return failure;
        if (PodEvidence.Of(cmdlet, sighting.Target.Client, sighting.Seen, sighting.Target.Namespace) is not { } evidence) return failure;
        return new KubeException(failure.ErrorId, failure.Category, $"{failure.Message.TrimEnd('.')}; {evidence}") { Target = failure.Target, RecommendedAction = failure.RecommendedAction };
    }

    private KubeException Late(PendingObject late, TimeSpan timeout, string? reason)
    {
        string lacks = reason ?? "it was not seen";
        if (Goal != Gone && _last.TryGetValue(late, out object? seen) && PodEvidence.Of(cmdlet, late.Client, seen, late.Namespace) is { } evidence) lacks = $"{lacks}; {evidence}";
        lacks = lacks.TrimEnd('.');
        var reference = new KubeReference(late.Kind.Kind, late.Kind.Namespaced ? late.Namespace : null, late.Name);
        string text = timeout == TimeSpan.Zero
            ? $"{reference} is not {Goal} now: {lacks}."
            : string.Create(CultureInfo.InvariantCulture, $"{reference} was not {Goal} after {timeout.TotalSeconds:0.###} s: {lacks}.");
        return new KubeException("KubeWaitTimeout", ErrorCategory.OperationTimeout, text)
        {
            Target = reference,
            RecommendedAction = "Look at the object and its pods (Test-KubeWorkload, Get-KubeDescription), or give -Timeout a longer time.",
        };
    }

    private void ShowProgress(long deadline)
    {
        string? reason = _open.Values.FirstOrDefault(static text => text is not null);
        PendingObject? first = _open.Keys.FirstOrDefault();
        if (first is null) return;
        string where = _open.Count == 1 ? $"{first.Kind.Kind.ToLowerInvariant()}/{first.Name}" : string.Create(CultureInfo.InvariantCulture, $"{_total - _open.Count} of {_total} done; {first.Kind.Kind.ToLowerInvariant()}/{first.Name}");
        cmdlet.WriteProgress(new ProgressRecord(ProgressId, activity, ServerErrors.Escape(reason is null ? where : $"{where}: {reason}"))
        {
            PercentComplete = 100 * (_total - _open.Count) / _total,
            SecondsRemaining = (int)Math.Min(int.MaxValue, Math.Max(0, (deadline - Environment.TickCount64) / 1000)),
        });
    }

    private void EndProgress()
    {
        if (cmdlet.CancelToken.IsCancellationRequested) return;
        cmdlet.WriteProgress(new ProgressRecord(ProgressId, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }

    private const int ProgressId = 0x4b75;
}
