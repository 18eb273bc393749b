using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Rolls deployments out by replica sets.</summary>
/// <remarks>Behaviour: <c>pkg/controller/deployment</c>; the names of the steps are its own.</remarks>
internal sealed partial class DeploymentController(ControllerLoop loop) : Controller(loop)
{
    private const string Component = "deployment-controller";

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.Deployments)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
        }
        else if (one.Resource == Kinds.ReplicaSets)
        {
            EnqueueOwner(change, Kinds.Deployments);
            if (one.Owners.Count > 0 || change.Type == StoreEventType.Deleted) return;
            foreach (StoredObject deployment in Store.List(Kinds.Deployments, one.Namespace))
            {
                if (Selectors.Matches(deployment.Parse().At("spec", "selector"), one.Labels)) Enqueue(KeyOf(deployment));
            }
        }
        else if (one.Resource == Kinds.Pods && change.Type == StoreEventType.Deleted && Templates.ControllerOf(one) is { Kind: "ReplicaSet" } set)
        {
            // Recreate waits for the last pod of before, which no status of a replica set tells of.
            if (Store.Find(Kinds.ReplicaSets, one.Namespace, set.Name) is { } found && Templates.ControllerOf(found) is { } owner) Enqueue(KeyOf(one.Namespace, owner.Name));
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (Find(Kinds.Deployments, key) is not { } stored) return;
        JsonObject json = stored.Parse();
        var deployment = new Deployment(stored, json);
        List<ReplicaSet> sets = Claim(deployment);
        if (stored.IsBeingDeleted)
        {
            SyncStatus(deployment, sets, FindNew(deployment, sets), rollout: false);
            return;
        }

        CheckPaused(deployment);
        bool scaling = sets.Any(set => set.Replicas > 0 && set.Desired is { } desired && desired != deployment.Replicas);
        if (deployment.Paused || scaling)
        {
            ReplicaSet? existing = SyncRevision(deployment, sets, create: false);
            Scale(deployment, existing, sets);
            if (deployment.Paused) CleanUp(deployment, existing, sets);
            SyncStatus(deployment, sets, existing, rollout: false);
            return;
        }

        if (deployment.Recreates) RolloutRecreate(deployment, sets);
        else RolloutRolling(deployment, sets);
    }

    /// <summary>The deployment's replica sets: its own, and those it takes because nobody controls them.</summary>
    private List<ReplicaSet> Claim(Deployment deployment)
    {
        var sets = new List<ReplicaSet>();
        JsonNode? selector = deployment.Json.At("spec", "selector");
        foreach (StoredObject set in Store.OwnedBy(deployment.Stored.Uid))
        {
            if (set.Resource != Kinds.ReplicaSets || Templates.ControllerOf(set)?.Uid != deployment.Stored.Uid) continue;
            if (Selectors.Matches(selector, set.Labels)) sets.Add(new ReplicaSet(set));
            else if (!deployment.Stored.IsBeingDeleted && !set.IsBeingDeleted) Change(set, PodOrphans.Release(deployment.Stored.Uid));
        }

        if (!deployment.Stored.IsBeingDeleted)
        {
            foreach (StoredObject set in Store.List(Kinds.ReplicaSets, deployment.Stored.Namespace))
            {
                if (set.Owners.Count > 0 || set.IsBeingDeleted || !Selectors.Matches(selector, set.Labels)) continue;
                if (Change(set, change => change.Child("metadata").ListOf("ownerReferences").Add(Templates.Reference(deployment.Stored))) is { } adopted) sets.Add(new ReplicaSet(adopted));
            }
        }

        sets.Sort((one, other) => string.CompareOrdinal(one.Created, other.Created) is not 0 and var order ? order : one.Revision.CompareTo(other.Revision));
        return sets;
    }

    private static ReplicaSet? FindNew(Deployment deployment, List<ReplicaSet> sets) => sets.FirstOrDefault(set => Templates.Same(set.Json.At("spec", "template"), deployment.Json.At("spec", "template")));

    /// <summary>The replica set of the present template, with its revision as it should be; made when it is wanted and not there.</summary>
    private ReplicaSet? SyncRevision(Deployment deployment, List<ReplicaSet> sets, bool create)
    {
        ReplicaSet? current = FindNew(deployment, sets);
        long revision = sets.Where(set => set != current).Select(set => set.Revision).DefaultIfEmpty().Max() + 1;
        if (current is null) return create ? Create(deployment, sets, revision) : null;

        Update(current, json =>
        {
            Annotate(deployment, json, Math.Max(revision, current.Revision));
            JsonObject spec = json.Child("spec");
            Counts.Set(spec, "minReadySeconds", deployment.MinReadySeconds);
        });
        SetRevision(deployment, current.Revision);
        if (deployment.ProgressDeadline is not null && Conditions.Find(deployment.Json["status"], "Progressing") is null)
        {
            ChangeStatus(deployment.Stored, status => Conditions.Set(status, "Progressing", "True", "FoundNewReplicaSet", $"Found new replica set \"{current.Name}\"", updates: true));
        }

        return current;
    }

    private ReplicaSet? Create(Deployment deployment, List<ReplicaSet> sets, long revision)
    {
        JsonNode template = deployment.Json.At("spec", "template")?.DeepClone() ?? new JsonObject();
        long? collisions = deployment.Json.Number("status", "collisionCount");
        string hash = Templates.Hash(template, collisions);
        Templates.Label((JsonObject)template, "pod-template-hash", hash);
        JsonObject selector = deployment.Json.At("spec", "selector") as JsonObject is { } wanted ? wanted.Copy() : [];
        selector.Child("matchLabels")["pod-template-hash"] = hash;
        var spec = new JsonObject { ["replicas"] = 0 };
        if (deployment.MinReadySeconds > 0) spec["minReadySeconds"] = deployment.MinReadySeconds;
        spec["selector"] = selector;
        spec["template"] = template;
        long replicas = NewReplicas(deployment, sets, 0);
        spec["replicas"] = replicas;
        var json = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Stored.Name}-{hash}",
                ["labels"] = template.At("metadata", "labels")?.DeepClone(),
                ["ownerReferences"] = new JsonArray(Templates.Reference(deployment.Stored)),
            },
            ["spec"] = spec,
        };
        Annotate(deployment, json, revision);
        StoredObject made;
        try
        {
            made = Registry.Create(Kinds.ReplicaSets, deployment.Stored.Namespace, json, new WriteOptions(ManagerName));
        }
        catch (StatusException refusal) when (refusal.Reason == "AlreadyExists")
        {
            // Another template has this hash, or another deployment this name: the next one is counted in.
            ChangeStatus(deployment.Stored, status => status["collisionCount"] = (collisions ?? 0) + 1);
            Enqueue(KeyOf(deployment.Stored));
            return null;
        }
        catch (StatusException refusal)
        {
            string message = $"Failed to create new replica set \"{deployment.Stored.Name}-{hash}\": {refusal.Message}";
            Loop.Events.Warning(deployment.Stored, Component, "ReplicaSetCreateError", message);
            ChangeStatus(deployment.Stored, status => Conditions.Set(status, "Progressing", "False", "ReplicaSetCreateError", message, updates: true));
            After(TimeSpan.FromSeconds(5), KeyOf(deployment.Stored));
            return null;
        }

        var created = new ReplicaSet(made);
        sets.Add(created);
        if (replicas > 0) Loop.Events.Normal(deployment.Stored, Component, "ScalingReplicaSet", Minor >= 31 ? $"Scaled up replica set {created.Name} from 0 to {replicas}" : $"Scaled up replica set {created.Name} to {replicas}");
        SetRevision(deployment, revision);
        if (deployment.ProgressDeadline is not null) ChangeStatus(deployment.Stored, status => Conditions.Set(status, "Progressing", "True", "NewReplicaSetCreated", $"Created new replica set \"{created.Name}\"", updates: true));
        deployment.Refresh(Store);
        return created;
    }

    private void SetRevision(Deployment deployment, long revision)
    {
        // Through the status, as the real one does it: an annotation that the front door changes raises the generation.
        Registry.Change(Kinds.Deployments, deployment.Stored.Namespace, deployment.Stored.Name, ManagerName, "status", json => json.Child("metadata").Child("annotations")["deployment.kubernetes.io/revision"] = Counts.Text(revision));
        deployment.Refresh(Store);
    }

    /// <summary>Gives a replica set the annotations of its deployment, its size and its revision; the revisions that it had are kept.</summary>
    private static void Annotate(Deployment deployment, JsonObject set, long revision)
    {
        JsonObject annotations = set.Child("metadata").Child("annotations");
        foreach ((string key, string value) in deployment.Json.Map("metadata", "annotations"))
        {
            if (!s_notCopied.Contains(key)) annotations[key] = value;
        }

        long before = long.TryParse(annotations.Text("deployment.kubernetes.io/revision"), CultureInfo.InvariantCulture, out long old) ? old : 0;
        if (before < revision)
        {
            annotations["deployment.kubernetes.io/revision"] = Counts.Text(revision);
            if (before > 0)
            {
                string? history = annotations.Text("deployment.kubernetes.io/revision-history");
                annotations["deployment.kubernetes.io/revision-history"] = history is null ? Counts.Text(before) : $"{history},{before}";
            }
        }

        annotations["deployment.kubernetes.io/desired-replicas"] = Counts.Text(deployment.Replicas);
        annotations["deployment.kubernetes.io/max-replicas"] = Counts.Text(deployment.Replicas + deployment.MaxSurge);
    }

    private void Update(ReplicaSet set, Action<JsonObject> change)
    {
        if (Change(set.Stored, change) is { } changed) set.Set(changed);
    }

    private static readonly HashSet<string> s_notCopied =
    [
        "kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision", "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas", "deprecated.deployment.rollback.to",
    ];

    /// <summary>A deployment as it is while it is looked at.</summary>
    private sealed class Deployment(StoredObject stored, JsonObject json)
    {
        public StoredObject Stored { get; private set; } = stored;

        public JsonObject Json { get; private set; } = json;

        public long Replicas => Json.Number("spec", "replicas") ?? 1;

        public bool Paused => Json.Flag("spec", "paused") == true;

        public bool Recreates => Json.Text("spec", "strategy", "type") == "Recreate";

        public long MinReadySeconds => Json.Number("spec", "minReadySeconds") ?? 0;

        public long? ProgressDeadline => (Json.Number("spec", "progressDeadlineSeconds") ?? 600) is < int.MaxValue and var seconds ? seconds : null;

        public long MaxSurge => Recreates ? 0 : Quantities.Share(Json.At("spec", "strategy", "rollingUpdate", "maxSurge"), Replicas, up: true, "25%");

        public long MaxUnavailable
        {
            get
            {
                if (Recreates || Replicas == 0) return 0;
                long share = Quantities.Share(Json.At("spec", "strategy", "rollingUpdate", "maxUnavailable"), Replicas, up: false, "25%");
                // Both zero would stand still for ever (ResolveFenceposts).
                if (share == 0 && MaxSurge == 0) share = 1;
                return Math.Min(share, Replicas);
            }
        }

        public void Refresh(ObjectStore store)
        {
            if (store.Find(Kinds.Deployments, Stored.Namespace, Stored.Name) is not { } now || ReferenceEquals(now, Stored)) return;
            Stored = now;
            Json = now.Parse();
        }
    }

    /// <summary>A replica set as it is while its deployment is looked at.</summary>
    private sealed class ReplicaSet
    {
        public ReplicaSet(StoredObject stored) => Set(stored);

        public StoredObject Stored { get; private set; } = null!;

        public JsonObject Json { get; private set; } = null!;

        public string Name => Stored.Name;

        public string Created => Json.Text("metadata", "creationTimestamp") ?? "";

        public long Replicas => Json.Number("spec", "replicas") ?? 1;

        public long Running => Json.Number("status", "replicas") ?? 0;

        public long Ready => Json.Number("status", "readyReplicas") ?? 0;

        public long Available => Json.Number("status", "availableReplicas") ?? 0;

        public long Revision => Annotation("deployment.kubernetes.io/revision") ?? 0;

        public long? Desired => Annotation("deployment.kubernetes.io/desired-replicas");

        public long? Max => Annotation("deployment.kubernetes.io/max-replicas");

        public void Set(StoredObject stored)
        {
            Stored = stored;
            Json = stored.Parse();
        }

        private long? Annotation(string key) => long.TryParse(Json.Text("metadata", "annotations", key), CultureInfo.InvariantCulture, out long value) ? value : null;
    }
}
