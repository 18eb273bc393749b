using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Runs jobs to their end.</summary>
/// <remarks>Behaviour: <c>pkg/controller/job/job_controller.go</c>, without its finalizers on pods.</remarks>
internal sealed class JobController(ControllerLoop loop) : Controller(loop)
{
    private const string Component = "job-controller";
    private const string IndexKey = "batch.kubernetes.io/job-completion-index";
    private const int Burst = 50;

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.Jobs && change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        else if (one.Resource == Kinds.Pods) EnqueueOwner(change, Kinds.Jobs);
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.Jobs, key) is not { IsBeingDeleted: false } stored) return;
        JsonObject json = stored.Parse();
        if (Finished(json["status"]) is not null)
        {
            CleanUp(stored, json);
            return;
        }

        StoredObject[] pods = [.. Store.OwnedBy(stored.Uid).Where(one => one.Resource == Kinds.Pods && Templates.ControllerOf(one)?.Uid == stored.Uid)];
        var job = new Job(stored, json)
        {
            Active = [.. pods.Where(PodFacts.IsActive)],
            Succeeded = [.. pods.Where(pod => pod.Phase == "Succeeded")],
            Failed = [.. pods.Where(pod => pod.Phase == "Failed" || (pod.IsBeingDeleted && pod.Phase != "Succeeded" && json.At("status", "startTime") is not null && json.Flag("spec", "suspend") != true))],
        };
        bool suspended = json.Flag("spec", "suspend") == true && Minor >= 21;
        if (Failure(job) is { } failure)
        {
            foreach (StoredObject pod in job.Active.ToArray()) DeletePod(job, pod, tell: false);
            Loop.Events.Warning(stored, Component, failure.Reason, failure.Message);
            Write(job, "Failed", failure.Reason, failure.Message);
            return;
        }

        if (suspended)
        {
            foreach (StoredObject pod in job.Active.ToArray()) DeletePod(job, pod, tell: true);
        }
        else if (!IsComplete(job)) Manage(job);

        if (!suspended && IsComplete(job))
        {
            foreach (StoredObject pod in job.Active.ToArray()) DeletePod(job, pod, tell: true);
            Loop.Events.Normal(stored, Component, "Completed", "Job completed");
            Write(job, "Complete", Minor >= 31 ? "CompletionsReached" : null, Minor >= 31 ? "Reached expected number of succeeded pods" : null);
        }
        else Write(job, suspended ? "Suspended" : null, null, null);
    }

    /// <summary>The type of the condition that says that a job is over; null while it is not.</summary>
    public static string? Finished(JsonNode? status) => status.Objects("conditions").FirstOrDefault(one => one.Text("type") is "Complete" or "Failed" && one.Text("status") == "True").Text("type");

    private static bool IsComplete(Job job)
    {
        if (job.Completions is not { } wanted) return job.Succeeded.Count > 0 && job.Active.Count == 0;
        return (job.IsIndexed ? Indexes(job.Succeeded, wanted).Count : job.Succeeded.Count) >= wanted;
    }

    private (string Reason, string Message)? Failure(Job job)
    {
        long limit = job.Json.Number("spec", "backoffLimit") ?? 6;
        long restarts = job.Json.Text("spec", "template", "spec", "restartPolicy") == "OnFailure" ? job.Active.Sum(pod => PodFacts.Of(pod).Restarts) : 0;
        if (job.Failed.Count > limit || (restarts > 0 && (limit == 0 ? restarts > 0 : restarts >= limit))) return ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        if (job.Json.Number("spec", "activeDeadlineSeconds") is not { } deadline || job.Json.Text("status", "startTime") is not { } start || job.Json.Flag("spec", "suspend") == true) return null;
        TimeSpan left = TimeSpan.FromSeconds(deadline) - Loop.Times.Lasting(job.Stored.Uid, "start", start);
        if (left <= TimeSpan.Zero) return ("DeadlineExceeded", "Job was active longer than specified deadline");
        After(left, KeyOf(job.Stored));
        return null;
    }

    private void Manage(Job job)
    {
        long wanted = job.Completions is not { } completions
            ? job.Succeeded.Count > 0 ? job.Active.Count : job.Parallelism
            : Math.Min(job.Parallelism, completions - (job.IsIndexed ? Indexes(job.Succeeded, completions).Count : job.Succeeded.Count));
        if (job.Active.Count > wanted)
        {
            foreach (StoredObject pod in PodVictims.Order(job.Active, [], Minor).Take((int)(job.Active.Count - wanted)).ToArray()) DeletePod(job, pod, tell: true);
            return;
        }

        long missing = wanted - job.Active.Count;
        if (missing <= 0) return;
        if (job.Failed.Count > 0 && Pause(job) is { } pause)
        {
            After(pause, KeyOf(job.Stored));
            return;
        }

        IEnumerator<int> free = Free(job).GetEnumerator();
        for (int made = 0; made < Math.Min(missing, Burst); made++)
        {
            int? index = null;
            if (job.IsIndexed)
            {
                if (!free.MoveNext()) break;
                index = free.Current;
            }

            if (!Create(job, index)) return;
        }

        if (missing > Burst) Enqueue(KeyOf(job.Stored));
    }

    /// <summary>How long it still takes until the next pod after a failed one; null when it may be made now.</summary>
    private TimeSpan? Pause(Job job)
    {
        int count = job.Failed.Count;
        // Each number of failures is a state of its own, which begins when it is first seen.
        TimeSpan left = TimeSpan.FromSeconds(Math.Min(600, 10 * Math.Pow(2, count - 1))) - Loop.Times.Lasting(job.Stored.Uid, "failures", Counts.Text(count));
        return left > TimeSpan.Zero ? left : null;
    }

    private bool Create(Job job, int? index)
    {
        JsonObject pod = Templates.Pod(job.Json.At("spec", "template"), job.Stored);
        JsonObject metadata = pod.Child("metadata");
        metadata["generateName"] = index is null ? job.Stored.Name + "-" : string.Create(CultureInfo.InvariantCulture, $"{job.Stored.Name}-{index}-");
        if (pod.Text("metadata", "labels", "controller-uid") is null)
        {
            // The job's strategy has put them into the template already, where there is one.
            Templates.Label(pod, "controller-uid", job.Stored.Uid);
            Templates.Label(pod, "job-name", job.Stored.Name);
        }

        JsonObject spec = pod.Child("spec");
        if (index is { } number)
        {
            string text = number.ToString(CultureInfo.InvariantCulture);
            metadata.Child("annotations")[IndexKey] = text;
            if (Minor >= 28) Templates.Label(pod, IndexKey, text);
            spec["hostname"] = $"{job.Stored.Name}-{text}";
            foreach (JsonObject container in spec.Objects("containers").Concat(spec.Objects("initContainers")))
            {
                container.ListOf("env").Add(new JsonObject { ["name"] = "JOB_COMPLETION_INDEX", ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = $"metadata.annotations['{IndexKey}']" } } });
            }
        }

        try
        {
            StoredObject made = Registry.Create(Kinds.Pods, job.Stored.Namespace, pod, new WriteOptions(ManagerName));
            Loop.Events.Normal(job.Stored, Component, "SuccessfulCreate", $"Created pod: {made.Name}");
            job.Active.Add(made);
            return true;
        }
        catch (StatusException refusal)
        {
            Loop.Events.Warning(job.Stored, Component, "FailedCreate", $"Error creating: {refusal.Message}");
            After(TimeSpan.FromSeconds(10), KeyOf(job.Stored));
            return false;
        }
    }

    private void DeletePod(Job job, StoredObject pod, bool tell)
    {
        Delete(pod);
        job.Active.Remove(pod);
        if (tell) Loop.Events.Normal(job.Stored, Component, "SuccessfulDelete", $"Deleted pod: {pod.Name}");
    }

    private static IEnumerable<int> Free(Job job)
    {
        HashSet<int> taken = Indexes(job.Succeeded.Concat(job.Active), job.Completions ?? 0);
        for (int index = 0; index < (job.Completions ?? 0); index++)
        {
            if (!taken.Contains(index)) yield return index;
        }
    }

    private static HashSet<int> Indexes(IEnumerable<StoredObject> pods, long completions) =>
        [.. pods.Select(pod => int.TryParse(pod.Parse().Text("metadata", "annotations", IndexKey), CultureInfo.InvariantCulture, out int index) ? index : -1).Where(index => index >= 0 && index < completions)];

    private static string Ranges(IEnumerable<int> indexes)
    {
        var ranges = new List<(int From, int To)>();
        foreach (int index in indexes.Order())
        {
            if (ranges.Count > 0 && ranges[^1].To == index - 1) ranges[^1] = (ranges[^1].From, index);
            else ranges.Add((index, index));
        }

        return string.Join(',', ranges.Select(one => one.From == one.To ? Counts.Text(one.From) : one.To == one.From + 1 ? $"{one.From},{one.To}" : $"{one.From}-{one.To}"));
    }

    private void Write(Job job, string? condition, string? reason, string? message)
    {
        bool before = Conditions.Find(job.Json["status"], "Suspended").Text("status") == "True";
        ChangeStatus(job.Stored, status =>
        {
            string now = SandboxClock.Stamp(SandboxClock.Now);
            if (condition == "Suspended")
            {
                status.Remove("startTime");
                Conditions.Set(status, "Suspended", "True", "JobSuspended", "Job suspended", probes: true);
            }
            else
            {
                if (before) Conditions.Set(status, "Suspended", "False", "JobResumed", "Job resumed", probes: true);
                status.Default("startTime", now);
            }

            Counts.Set(status, "active", condition is "Complete" or "Failed" ? 0 : job.Active.Count);
            Counts.Set(status, "succeeded", job.Succeeded.Count);
            Counts.Set(status, "failed", Math.Max(job.Failed.Count, condition == "Failed" ? status.Number("failed") ?? 0 : 0));
            if (Minor >= 24) status["ready"] = condition is "Complete" or "Failed" ? 0 : job.Active.Count(pod => PodFacts.Of(pod).IsReady);
            if (Minor >= 26) status["uncountedTerminatedPods"] = new JsonObject();
            if (Minor >= 28) status["terminating"] = 0;
            if (job.IsIndexed) status["completedIndexes"] = Ranges(Indexes(job.Succeeded, job.Completions ?? 0));
            if (condition is not ("Complete" or "Failed")) return;
            if (Minor >= 31) Conditions.Set(status, condition == "Complete" ? "SuccessCriteriaMet" : "FailureTarget", "True", reason, message, probes: true);
            Conditions.Set(status, condition, "True", reason, message, probes: true);
            Conditions.Find(status, condition)!["lastProbeTime"] = now;
            if (condition == "Complete") status["completionTime"] = now;
        });
        // The clock of the deadline begins with the start.
        if (condition is null)
        {
            if (before) Loop.Events.Normal(job.Stored, Component, "Resumed", "Job resumed");
            if (job.Json.At("status", "startTime") is null && job.Json.At("spec", "activeDeadlineSeconds") is not null) Enqueue(KeyOf(job.Stored));
        }
        else if (condition == "Suspended" && !before) Loop.Events.Normal(job.Stored, Component, "Suspended", "Job suspended");
    }

    private void CleanUp(StoredObject stored, JsonObject json)
    {
        if (json.Number("spec", "ttlSecondsAfterFinished") is not { } seconds) return;
        string? end = Conditions.Find(json["status"], Finished(json["status"])!).Text("lastTransitionTime");
        TimeSpan left = TimeSpan.FromSeconds(seconds) - Loop.Times.Lasting(stored.Uid, "end", end);
        if (left > TimeSpan.Zero) After(left, KeyOf(stored));
        else Delete(stored, "Foreground");
    }

    private sealed record Job(StoredObject Stored, JsonObject Json)
    {
        public required List<StoredObject> Active { get; init; }

        public required List<StoredObject> Succeeded { get; init; }

        public required List<StoredObject> Failed { get; init; }

        public long Parallelism => Json.Number("spec", "parallelism") ?? 1;

        /// <summary>How many are wanted; null for as many as it takes. Without both fields it is one, which the server writes into a job.</summary>
        public long? Completions => Json.Number("spec", "completions") ?? (Json.Number("spec", "parallelism") is null ? 1 : null);

        public bool IsIndexed => Json.Text("spec", "completionMode") == "Indexed";
    }
}
