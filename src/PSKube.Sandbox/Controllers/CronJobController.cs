using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Makes jobs when it is time for them, in virtual time.</summary>
/// <remarks>Behaviour: <c>pkg/controller/cronjob/cronjob_controllerv2.go</c>.</remarks>
internal sealed class CronJobController(ControllerLoop loop) : Controller(loop)
{
    private const string Component = "cronjob-controller";

    private readonly Dictionary<string, DateTime> _last = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.CronJobs)
        {
            if (change.Type == StoreEventType.Deleted) _last.Remove(one.Uid);
            else
            {
                // What is missed counts from the moment at which it was made.
                _last.TryAdd(one.Uid, Clock.VirtualNow);
                Enqueue(KeyOf(one));
            }
        }
        else if (one.Resource == Kinds.Jobs) EnqueueOwner(change, Kinds.CronJobs);
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.CronJobs, key) is not { IsBeingDeleted: false } stored) return;
        JsonObject json = stored.Parse();
        List<StoredObject> jobs = [.. Store.OwnedBy(stored.Uid).Where(one => one.Resource == Kinds.Jobs && Templates.ControllerOf(one)?.Uid == stored.Uid)];
        NoteFinished(stored, json, jobs);
        CleanUp(stored, json, jobs);
        if (json.Flag("spec", "suspend") == true) return;
        if (CronSchedule.Parse(json.Text("spec", "schedule") ?? "") is not { } schedule)
        {
            Loop.Events.Warning(stored, Component, "UnparseableSchedule", $"unparseable schedule: {json.Text("spec", "schedule")}");
            return;
        }

        TimeZoneInfo zone = TimeZoneInfo.Utc;
        if (json.Text("spec", "timeZone") is { Length: > 0 } name && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!))
        {
            Loop.Events.Warning(stored, Component, "UnknownTimeZone", $"invalid timeZone: \"{name}\": unknown time zone {name}");
            return;
        }

        DateTime now = Clock.VirtualNow;
        if (!_last.TryGetValue(stored.Uid, out DateTime last)) _last[stored.Uid] = last = now;
        DateTime? due = null;
        for (DateTime? one = schedule.Next(last, zone); one is { } moment && moment <= now; one = schedule.Next(moment, zone)) due = moment;
        if (due is { } time)
        {
            _last[stored.Uid] = time;
            Run(stored, json, time, now, jobs);
        }

        if (schedule.Next(now, zone) is { } next) After(next - now + TimeSpan.FromMilliseconds(50), key);
    }

    private void Run(StoredObject stored, JsonObject json, DateTime time, DateTime now, List<StoredObject> jobs)
    {
        if (json.Number("spec", "startingDeadlineSeconds") is { } deadline && now - time > TimeSpan.FromSeconds(deadline))
        {
            Loop.Events.Warning(stored, Component, "MissSchedule", $"Missed scheduled time to start a job: {time:R}");
            return;
        }

        StoredObject[] active = [.. jobs.Where(job => JobController.Finished(job.Parse()["status"]) is null && !job.IsBeingDeleted)];
        string policy = json.Text("spec", "concurrencyPolicy") ?? "Allow";
        if (policy == "Forbid" && active.Length > 0)
        {
            Loop.Events.Normal(stored, Component, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
            return;
        }

        if (policy == "Replace")
        {
            foreach (StoredObject job in active)
            {
                Delete(job, "Background");
                Loop.Events.Normal(stored, Component, "SuccessfulDelete", $"Deleted job {job.Name}");
                jobs.Remove(job);
            }
        }

        long number = (time - DateTime.UnixEpoch).Ticks / (Minor >= 21 ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerSecond);
        var metadata = new JsonObject { ["name"] = string.Create(CultureInfo.InvariantCulture, $"{stored.Name}-{number}") };
        if (json.At("spec", "jobTemplate", "metadata", "labels") is { } labels) metadata["labels"] = labels.DeepClone();
        JsonObject annotations = (json.At("spec", "jobTemplate", "metadata", "annotations") as JsonObject).Copy() ?? [];
        if (Minor >= 28) annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = SandboxClock.Stamp(time);
        if (annotations.Count > 0) metadata["annotations"] = annotations;
        metadata["ownerReferences"] = new JsonArray(Templates.Reference(stored));
        try
        {
            StoredObject made = Registry.Create(Kinds.Jobs, stored.Namespace, new JsonObject { ["metadata"] = metadata, ["spec"] = json.At("spec", "jobTemplate", "spec")?.DeepClone() ?? new JsonObject() }, new WriteOptions(ManagerName));
            Loop.Events.Normal(stored, Component, "SuccessfulCreate", $"Created job {made.Name}");
            jobs.Add(made);
        }
        catch (StatusException refusal)
        {
            if (refusal.Reason != "AlreadyExists") Loop.Events.Warning(stored, Component, "FailedCreate", $"Error creating job: {refusal.Message}");
            return;
        }

        // Clients reckon from now; a virtual moment would lie in their future.
        string stamp = SandboxClock.Stamp(Clock.Speed == 1 ? time : SandboxClock.Now);
        ChangeStatus(stored, status =>
        {
            status["lastScheduleTime"] = stamp;
            SetActive(status, jobs);
        });
    }

    private static void SetActive(JsonObject status, List<StoredObject> jobs)
    {
        JsonNode[] active = [.. jobs.Where(job => JobController.Finished(job.Parse()["status"]) is null).Select(job => new JsonObject
        {
            ["kind"] = "Job",
            ["namespace"] = job.Namespace,
            ["name"] = job.Name,
            ["uid"] = job.Uid,
            ["apiVersion"] = "batch/v1",
            ["resourceVersion"] = Counts.Text(job.Version),
        })];
        // The version is that of the job when it was made: a job that goes on is not a change of its cron job.
        for (int at = 0; at < active.Length; at++)
        {
            if (status.Objects("active").FirstOrDefault(one => one.Text("uid") == active[at].Text("uid")) is { } known) active[at] = known.Copy();
        }

        if (active.Length == 0) status.Remove("active");
        else status["active"] = new JsonArray(active);
    }

    private void NoteFinished(StoredObject stored, JsonObject json, List<StoredObject> jobs)
    {
        foreach (JsonObject active in json.Objects("status", "active"))
        {
            StoredObject? job = jobs.Find(one => one.Uid == active.Text("uid"));
            if (job is null) Loop.Events.Normal(stored, Component, "MissingJob", $"Active job went missing: {active.Text("name")}");
            else if (JobController.Finished(job.Parse()["status"]) is { } how) Loop.Events.Normal(stored, Component, "SawCompletedJob", $"Saw completed job: {job.Name}, {(Minor >= 31 ? "condition" : "status")}: {how}");
        }

        ChangeStatus(stored, status =>
        {
            SetActive(status, jobs);
            if (Minor < 21) return;
            string? success = jobs.Select(job => job.Parse()).Where(job => JobController.Finished(job["status"]) == "Complete").Select(job => job.Text("status", "completionTime")).Append(status.Text("lastSuccessfulTime")).Max(StringComparer.Ordinal);
            if (success is not null) status["lastSuccessfulTime"] = success;
        });
    }

    private void CleanUp(StoredObject stored, JsonObject json, List<StoredObject> jobs)
    {
        foreach ((string how, string field, long fallback) in ((string, string, long)[])[("Complete", "successfulJobsHistoryLimit", 3), ("Failed", "failedJobsHistoryLimit", 1)])
        {
            StoredObject[] finished = [.. jobs.Where(job => JobController.Finished(job.Parse()["status"]) == how).OrderBy(job => job.Parse().Text("status", "startTime"), StringComparer.Ordinal).ThenBy(job => job.Name, StringComparer.Ordinal)];
            foreach (StoredObject job in finished.Take((int)Math.Max(0, finished.Length - (json.Number("spec", field) ?? fallback))))
            {
                Delete(job, "Background");
                jobs.Remove(job);
                Loop.Events.Normal(stored, Component, "SuccessfulDelete", $"Deleted job {job.Name}");
            }
        }
    }
}
