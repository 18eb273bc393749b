using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What a client may set and what the server keeps for itself: status, generation, fields that it manages.</summary>
/// <remarks>The <c>strategy.go</c> of every kind below <c>pkg/registry</c>.</remarks>
internal static class Strategies
{
    /// <summary>The annotation that counts a daemon set's templates.</summary>
    public const string TemplateGeneration = "deprecated.daemonset.template.generation";
    private static readonly string[] s_controllerUid = ["controller-uid", "batch.kubernetes.io/controller-uid"];
    private static readonly string[] s_jobName = ["job-name", "batch.kubernetes.io/job-name"];

    /// <summary>Before an object is created.</summary>
    public static void Create(Resource resource, JsonObject json, int minor)
    {
        JsonObject metadata = json.Child("metadata");
        if (Counts(resource, minor)) metadata["generation"] = 1;

        // A node tells its status when it registers.
        if (resource.HasStatus && resource != Kinds.Nodes) json.Remove("status");
        switch (resource.QualifiedName)
        {
            case "pods":
                json["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService.Of(json) };
                break;
            case "persistentvolumes" or "persistentvolumeclaims":
                json["status"] = new JsonObject { ["phase"] = "Pending" };
                if (resource == Kinds.PersistentVolumeClaims) DataSources(json, minor);
                break;
            case "namespaces":
                json["status"] = new JsonObject { ["phase"] = "Active" };
                JsonArray finalizers = json.Child("spec").ListOf("finalizers");
                if (!finalizers.Any(one => one.Text() == "kubernetes")) finalizers.Add("kubernetes");
                break;
            case "services":
                ServiceStrategy.Create(json);
                break;
            case "daemonsets.apps":
                metadata.Child("annotations")[TemplateGeneration] = "1";
                break;
            case "jobs.batch":
                Ungate(json.Child("spec"), null, minor);
                if (json.Flag("spec", "manualSelector") != true) Select(json, minor);
                break;
            case "cronjobs.batch":
                Ungate(json.At("spec", "jobTemplate", "spec"), null, minor);
                break;
            case "customresourcedefinitions.apiextensions.k8s.io":
                Establish(json);
                break;
        }
    }

    /// <summary>Before an object is replaced.</summary>
    public static void Update(Resource resource, JsonObject json, JsonObject old, string? subresource, int minor)
    {
        JsonObject metadata = json.Child("metadata");
        switch (subresource)
        {
            case "status":
                KeepAllBut(json, old, "status");
                if (resource == Kinds.Deployments) Keep(metadata, old["metadata"], "labels");
                if (resource == Kinds.Pods) Keep(metadata, old["metadata"], "ownerReferences");
                if (!resource.IsCustom) return;
                JsonNode? managed = metadata["managedFields"]?.DeepClone();
                json["metadata"] = old["metadata"]?.DeepClone();
                if (managed is not null) json.Child("metadata")["managedFields"] = managed;
                return;
            case "finalize":
                KeepAllBut(json, old, "spec");
                return;
            case "ephemeralcontainers":
                JsonNode? added = json.At("spec", "ephemeralContainers")?.DeepClone();
                KeepAllBut(json, old, "metadata");
                if (added is not null) json.Child("spec")["ephemeralContainers"] = added;
                return;
        }

        if (resource.HasStatus) Keep(json, old, "status");
        switch (resource.QualifiedName)
        {
            case "namespaces":
                // The finalizers of the spec are changed through the finalize subresource alone.
                Keep(json.Child("spec"), old["spec"], "finalizers");
                break;
            case "services":
                ServiceStrategy.Update(json, old, minor);
                break;
            case "daemonsets.apps":
                long generation = long.TryParse(old.Text("metadata", "annotations", TemplateGeneration), out long known) ? known : 1;
                if (!json.At("spec", "template").Same(old.At("spec", "template"))) generation++;
                metadata.Child("annotations")[TemplateGeneration] = generation.ToString(System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "pods":
                // Priority admission keeps what it set (plugin/pkg/admission/priority).
                if (json["spec"] is JsonObject spec && spec["priority"] is null) Keep(spec, old["spec"], "priority");
                if (json["spec"] is JsonObject again && again["preemptionPolicy"] is null) Keep(again, old["spec"], "preemptionPolicy");
                break;
            case "persistentvolumeclaims":
                DataSources(json, minor);
                break;
            case "jobs.batch":
                Ungate(json["spec"], old["spec"], minor);
                break;
            case "cronjobs.batch":
                Ungate(json.At("spec", "jobTemplate", "spec"), old.At("spec", "jobTemplate", "spec"), minor);
                break;
        }

        if (Counts(resource, minor) && HasChanged(resource, json, old)) metadata["generation"] = (old.Number("metadata", "generation") ?? 0) + 1;
    }

    /// <summary>True when objects of the kind count the changes of what is wanted.</summary>
    private static bool Counts(Resource resource, int minor) => resource.IsCustom || resource.QualifiedName switch
    {
        "deployments.apps" or "replicasets.apps" or "statefulsets.apps" or "daemonsets.apps" or "replicationcontrollers" => true,
        "ingresses.networking.k8s.io" or "ingressclasses.networking.k8s.io" or "networkpolicies.networking.k8s.io" or "poddisruptionbudgets.policy" => true,
        "priorityclasses.scheduling.k8s.io" or "customresourcedefinitions.apiextensions.k8s.io" => true,
        "jobs.batch" or "cronjobs.batch" => minor >= 24,
        "pods" => minor >= 33,
        _ => false,
    };

    /// <summary>The spec has changed; for a deployment also its annotations, for a kind without a spec of its own anything but metadata.</summary>
    private static bool HasChanged(Resource resource, JsonObject json, JsonObject old)
    {
        if (resource.IsCustom) return json.Any(field => Wanted(resource, field.Key) && !field.Value.Same(old[field.Key])) || old.Any(field => Wanted(resource, field.Key) && json[field.Key] is null && field.Value is not null);
        if (!json["spec"].Same(old["spec"])) return true;
        return resource == Kinds.Deployments && !json.At("metadata", "annotations").Same(old.At("metadata", "annotations"));
    }

    private static bool Wanted(Resource resource, string field) => field is not ("metadata" or "kind" or "apiVersion") && !(field == "status" && resource.HasStatus);

    /// <summary>The selector of a job and the labels that go with it (<c>pkg/registry/batch/job/strategy.go</c>, generateSelector).</summary>
    private static void Select(JsonObject job, int minor)
    {
        string uid = job.Text("metadata", "uid") ?? "", name = job.Text("metadata", "name") ?? "";
        int known = minor >= 27 ? 2 : 1;
        JsonObject spec = job.Child("spec");
        JsonObject labels = spec.Child("template").Child("metadata").Child("labels"), own = job.Child("metadata").Child("labels");

        // Labels that the job has from its template are the template's very own, so it gets these too.
        bool shared = own.Same(labels);
        foreach (string key in s_jobName.AsSpan(0, known)) labels.Default(key, name);
        foreach (string key in s_controllerUid.AsSpan(0, known)) labels.Default(key, uid);
        if (shared) job.Child("metadata")["labels"] = labels.DeepClone();
        spec.Child("selector").Child("matchLabels").Default(s_controllerUid[known - 1], uid);
    }

    /// <summary>Drops a job's field of which its server has only an alpha form, unless the job had it already.</summary>
    private static void Ungate(JsonNode? spec, JsonNode? old, int minor)
    {
        const string Field = "ttlSecondsAfterFinished";
        if (minor < 21 && spec is JsonObject json && old.At(Field) is null) json.Remove(Field);
    }

    /// <summary>The old and the new name of a claim's source (<c>pkg/registry/core/persistentvolumeclaim</c>, NormalizeDataSources).</summary>
    private static void DataSources(JsonObject claim, int minor)
    {
        if (minor < 24 || claim["spec"] is not JsonObject spec) return;
        if (spec["dataSource"] is { } source && spec["dataSourceRef"] is null) spec["dataSourceRef"] = source.DeepClone();
        else if (spec["dataSourceRef"] is JsonObject reference && reference["namespace"] is null && spec["dataSource"] is null) spec["dataSource"] = reference.DeepClone();
    }

    /// <summary>The names of a definition are accepted and its versions are served at once; a real server's controllers take a moment.</summary>
    private static void Establish(JsonObject definition)
    {
        string now = SandboxClock.Stamp(SandboxClock.Now);
        JsonObject Condition(string type, string reason, string message) => new() { ["type"] = type, ["status"] = "True", ["lastTransitionTime"] = now, ["reason"] = reason, ["message"] = message };
        var stored = new JsonArray();
        foreach (JsonObject version in definition.Objects("spec", "versions"))
        {
            if (version.Flag("storage") == true && version.Text("name") is { } name) stored.Add(name);
        }

        definition["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted")),
            ["acceptedNames"] = definition.At("spec", "names")?.DeepClone() ?? new JsonObject(),
            ["storedVersions"] = stored,
        };
    }

    private static void KeepAllBut(JsonObject json, JsonObject old, string changed)
    {
        foreach (string name in json.Select(field => field.Key).Concat(old.Select(field => field.Key)).Distinct().ToArray())
        {
            if (name == changed || name == "metadata") continue;
            Keep(json, old, name);
        }
    }

    private static void Keep(JsonObject json, JsonNode? old, string name)
    {
        if (old.At(name) is { } value) json[name] = value.DeepClone();
        else json.Remove(name);
    }
}
