using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;

namespace PSKube.Commands;

/// <summary>Whether the objects that a deleted one owns go too, and when.</summary>
public enum Cascade
{
    /// <summary>They go after it (kubectl's default).</summary>
    Background,

    /// <summary>They go before it.</summary>
    Foreground,

    /// <summary>They stay.</summary>
    Orphan,
}

/// <summary>A cmdlet that deletes objects, one request and one question each.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RemoveCmdlet : KubeApiCmdlet
{
    /// <summary>What was deleted and is waited for: the deletions run side by side.</summary>
    private readonly List<PendingObject> _pending = [];

    private readonly SideBySide _deletions;

    private protected RemoveCmdlet()
    {
        _deletions = new SideBySide(this);
    }

    /// <summary>Whether the objects that this one owns go too: <c>Background</c> (the default), <c>Foreground</c> or <c>Orphan</c>.</summary>
    [Parameter]
    public Cascade Cascade { get; set; }

    /// <summary>Seconds that pods get to stop; their own when not given.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int GracePeriodSeconds { get; set; } = -1;

    /// <summary>Delete at once, with no time to stop and without waiting for the node's word. The container may go on running for a while.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>An object that is not there is no error. One that a pattern, a selector or -All found and that went by itself meanwhile is none either, unless <c>-IgnoreNotFound:$false</c> says so.</summary>
    [Parameter]
    public SwitchParameter IgnoreNotFound { get; set; }

    /// <summary>Wait until the objects are gone.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait in all; five minutes when not given. Seconds, a TimeSpan, or text such as <c>90s</c>.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary><c>Server</c> lets the server check the deletion without doing it; <c>Client</c> only says what would be deleted.</summary>
    [Parameter]
    public DryRun DryRun { get; set; }

    /// <summary>How many objects are deleted at a time: 8 when not given, or 1 where an error ends the command (-ErrorAction Stop).</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit
    {
        get => _deletions.Limit;
        set => _deletions.Limit = value;
    }

    private protected override void Begin()
    {
        if (Force && GracePeriodSeconds > 0) throw new KubeException("KubeInvalidArgument", ErrorCategory.InvalidArgument, "-Force deletes at once; it cannot be given with a -GracePeriodSeconds above 0.") { EndsCommand = true };
        if (Force) WriteWarning("Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.");
    }

    /// <summary>Deletes one object, if the user agrees.</summary>
    /// <param name="client">Where.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="uid">Which one of that name; null for any.</param>
    /// <param name="wasListed">True for one that was found and not named: kubectl ignores it too when it is gone (<c>delete.go</c>).</param>
    private protected void Remove(KubeClient client, ResourceKind kind, string? ns, string name, string? uid, bool wasListed = false)
    {
        bool mayBeGone = IgnoreNotFound || (wasListed && !MyInvocation.BoundParameters.ContainsKey(nameof(IgnoreNotFound)));
        var reference = new KubeReference(kind.Kind, kind.Namespaced ? ns : null, name);
        try
        {
            ApiPath.Check(name, "name");
            string place = client.Cluster.ContextName is { } context ? $"{reference} (context {context})" : reference.ToString();
            if (!ShouldProcess(place, "Remove")) return;
            if (DryRun == DryRun.Client) return;
            Action? after = BeforeRemoval(client, kind, ns, name, uid);
            // kubectl: a grace period of 0 without --force means one second (delete.go).
            long? grace = Force ? 0 : GracePeriodSeconds switch { < 0 => null, 0 => 1, var seconds => seconds };
            var options = new DeleteOptions(uid, grace, Cascade.ToString(), DryRun);
            _deletions.Start((client, reference), cancel => DeleteAsync(client, kind, ns, name, options, cancel), deleted => Deleted(deleted, after), failure => NotDeleted(failure, reference, mayBeGone));
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            // What came before is told before.
            _deletions.Finish();
            NotDeleted(failure, reference, mayBeGone);
        }
    }

    private static async Task<PendingObject> DeleteAsync(KubeClient client, ResourceKind kind, string? ns, string name, DeleteOptions options, CancellationToken cancel)
    {
        await client.DeleteAsync(kind, ns, name, options, cancel).ConfigureAwait(false);
        return new PendingObject(client, kind, ns, name, options.Uid);
    }

    private void Deleted(PendingObject deleted, Action? after)
    {
        WriteVerbose($"{new KubeReference(deleted.Kind.Kind, deleted.Namespace, deleted.Name)} deleted{(DryRun == DryRun.Server ? " (server dry run)" : "")}.");
        if (Wait && DryRun == DryRun.None) _pending.Add(deleted);
        after?.Invoke();
    }

    private void NotDeleted(KubeException failure, KubeReference reference, bool mayBeGone)
    {
        if (mayBeGone && failure is KubeApiException { StatusCode: 404 }) WriteVerbose($"{reference} is not there.");
        else Fail(failure, reference);
    }

    /// <summary>What has to be done or known before an object is deleted, and what to do after; the user has agreed.</summary>
    private protected virtual Action? BeforeRemoval(KubeClient client, ResourceKind kind, string? ns, string name, string? uid) => null;

    private protected override void End()
    {
        _deletions.Finish();
        WaitForAll(_pending, Timeout, (deleted, seen) => StillThere(seen, (string?)deleted.Note), static (_, _) => { }, ObjectWaiter.Gone);
    }

    /// <summary>Why a deleted object is not gone yet; null when it is, or when another one has its name.</summary>
    private static string? StillThere(object? seen, string? uid)
    {
        if (seen is null) return null;
        if (uid is not null && ResourceHeader.Read(seen).Uid != uid) return null;
        System.Text.Json.Nodes.JsonNode? finalizers = ResourceJson.ToJsonObject(seen)["metadata"]?["finalizers"];
        return finalizers is System.Text.Json.Nodes.JsonArray { Count: > 0 } names ? string.Create(CultureInfo.InvariantCulture, $"it is still there, held by its finalizers {string.Join(", ", names.Select(name => name!.ToString()))}") : "it is still there";
    }
}
