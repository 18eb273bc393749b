using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Binds claims to volumes, makes volumes for claims, and protects both while they are in use.</summary>
/// <remarks>Behaviour: <c>pkg/controller/volume/persistentvolume</c>, <c>pvcprotection</c>, and an external provisioner.</remarks>
internal sealed class VolumeController(ControllerLoop loop) : Controller(loop)
{
    /// <summary>The provisioner that the sandbox has.</summary>
    public const string Provisioner = "pskube.dev/sandbox";
    private const string Component = "persistentvolume-controller";

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        StoredObject one = change.Object;
        if (one.Resource == Kinds.PersistentVolumeClaims)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(KeyOf(one));
            else EnqueueVolumes(one);
        }
        else if (one.Resource == Kinds.PersistentVolumes)
        {
            if (change.Type != StoreEventType.Deleted) Enqueue(one.Name);
            if (change.Type == StoreEventType.Added) EnqueuePending();
        }
        else if (one.Resource == Kinds.StorageClasses) EnqueuePending();
        else if (one.Resource == Kinds.Pods && (change.Type == StoreEventType.Deleted || one.Phase is "Succeeded" or "Failed"))
        {
            foreach (string claim in PodFacts.Of(one).Claims) Enqueue(KeyOf(one.Namespace, claim));
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        if (!key.Contains('/', StringComparison.Ordinal)) ReconcileVolume(key);
        else if (Find(Kinds.PersistentVolumeClaims, key) is { } claim) ReconcileClaim(claim, claim.Parse());
    }

    private void EnqueueVolumes(StoredObject claim)
    {
        if (claim.Parse().Text("spec", "volumeName") is { Length: > 0 } volume) Enqueue(volume);
    }

    private void EnqueuePending()
    {
        foreach (StoredObject claim in Store.List(Kinds.PersistentVolumeClaims))
        {
            if (claim.Phase != "Bound") Enqueue(KeyOf(claim));
        }
    }

    private void ReconcileClaim(StoredObject claim, JsonObject json)
    {
        if (claim.IsBeingDeleted)
        {
            bool used = Store.List(Kinds.Pods, claim.Namespace).Any(pod => pod.Phase is not ("Succeeded" or "Failed") && PodFacts.Of(pod).Claims.Contains(claim.Name));
            if (!used) Finalize(claim, "kubernetes.io/pvc-protection");
            return;
        }

        if (claim.Phase == "Bound") return;
        if (json.Text("spec", "volumeName") is { Length: > 0 } name)
        {
            if (Store.Find(Kinds.PersistentVolumes, null, name) is { } wanted && wanted.Parse() is var pv && (pv.At("spec", "claimRef") is null || IsOf(pv, claim))) Bind(claim, json, wanted, pv);
            else ChangeStatus(claim, status => status["phase"] = "Pending");
            return;
        }

        string? className = json.Text("spec", "storageClassName");
        if (Match(claim, json, className ?? "") is { } volume)
        {
            Bind(claim, json, volume, volume.Parse());
            return;
        }

        ChangeStatus(claim, status => status["phase"] = "Pending");
        if (string.IsNullOrEmpty(className))
        {
            Loop.Events.Normal(claim, Component, "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
            return;
        }

        if (Store.Find(Kinds.StorageClasses, null, className)?.Parse() is not { } storageClass)
        {
            Loop.Events.Warning(claim, Component, "ProvisioningFailed", $"storageclass.storage.k8s.io \"{className}\" not found");
            return;
        }

        if (storageClass.Text("volumeBindingMode") == "WaitForFirstConsumer" && json.Text("metadata", "annotations", "volume.kubernetes.io/selected-node") is null)
        {
            Loop.Events.Normal(claim, Component, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
            return;
        }

        string provisioner = storageClass.Text("provisioner") ?? "";
        if (provisioner == Provisioner) Provision(claim, json, storageClass, className);
        else if (provisioner == "kubernetes.io/no-provisioner") Loop.Events.Warning(claim, Component, "ProvisioningFailed", "no volume plugin matched name: kubernetes.io/no-provisioner");
        else Loop.Events.Normal(claim, Component, "ExternalProvisioning", Minor >= 28 ? $"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered." : $"waiting for a volume to be created, either by external provisioner \"{provisioner}\" or manually created by system administrator");
    }

    /// <summary>The smallest free volume that a claim can use; one that was kept for it goes first.</summary>
    private StoredObject? Match(StoredObject claim, JsonObject json, string className)
    {
        long wanted = Quantities.Whole(json.At("spec", "resources", "requests", "storage"));
        string[] modes = [.. json.At("spec", "accessModes") is JsonArray list ? list.Select(one => one?.GetValue<string>() ?? "") : []];
        StoredObject? best = null;
        long size = long.MaxValue;
        foreach (StoredObject volume in Store.List(Kinds.PersistentVolumes))
        {
            if (volume.IsBeingDeleted || volume.Phase is "Bound" or "Released" or "Failed") continue;
            JsonObject pv = volume.Parse();
            if (IsOf(pv, claim)) return volume;
            if (pv.At("spec", "claimRef") is not null || (pv.Text("spec", "storageClassName") ?? "") != className || (pv.Text("spec", "volumeMode") ?? "Filesystem") != (json.Text("spec", "volumeMode") ?? "Filesystem")) continue;
            string[] offered = [.. pv.At("spec", "accessModes") is JsonArray has ? has.Select(one => one?.GetValue<string>() ?? "") : []];
            long capacity = Quantities.Whole(pv.At("spec", "capacity", "storage"));
            if (capacity < wanted || capacity >= size || !modes.All(offered.Contains)) continue;
            if (json.At("spec", "selector") is { } selector && !Selectors.Matches(selector, volume.Labels)) continue;
            best = volume;
            size = capacity;
        }

        return best;
    }

    private static bool IsOf(JsonObject volume, StoredObject claim) =>
        volume.Text("spec", "claimRef", "name") == claim.Name && volume.Text("spec", "claimRef", "namespace") == claim.Namespace && (volume.Text("spec", "claimRef", "uid") is null or "" || volume.Text("spec", "claimRef", "uid") == claim.Uid);

    private void Provision(StoredObject claim, JsonObject json, JsonObject storageClass, string className)
    {
        string name = "pvc-" + claim.Uid;
        if (Store.Find(Kinds.PersistentVolumes, null, name) is null)
        {
            Loop.Events.Normal(claim, Provisioner + "_sandbox", "Provisioning", $"External provisioner is provisioning volume for claim \"{claim.Namespace}/{claim.Name}\"");
            Registry.Create(Kinds.PersistentVolumes, null, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { ["pv.kubernetes.io/provisioned-by"] = Provisioner }, ["finalizers"] = new JsonArray("kubernetes.io/pv-protection") },
                ["spec"] = new JsonObject
                {
                    ["capacity"] = new JsonObject { ["storage"] = json.At("spec", "resources", "requests", "storage")?.DeepClone() ?? "1Gi" },
                    ["hostPath"] = new JsonObject { ["path"] = $"/var/lib/sandbox/{name}_{claim.Namespace}_{claim.Name}", ["type"] = "DirectoryOrCreate" },
                    ["accessModes"] = json.At("spec", "accessModes")?.DeepClone() ?? new JsonArray("ReadWriteOnce"),
                    ["claimRef"] = Reference(claim),
                    ["persistentVolumeReclaimPolicy"] = storageClass.Text("reclaimPolicy") ?? "Delete",
                    ["storageClassName"] = className,
                    ["volumeMode"] = json.Text("spec", "volumeMode") ?? "Filesystem",
                },
            }, new WriteOptions("sandbox-provisioner"));
            Loop.Events.Normal(claim, Provisioner + "_sandbox", "ProvisioningSucceeded", $"Successfully provisioned volume {name}");
        }

        if (Store.Find(Kinds.PersistentVolumes, null, name) is { } volume) Bind(claim, json, volume, volume.Parse());
    }

    private static JsonObject Reference(StoredObject claim) => new()
    {
        ["kind"] = "PersistentVolumeClaim",
        ["namespace"] = claim.Namespace,
        ["name"] = claim.Name,
        ["uid"] = claim.Uid,
        ["apiVersion"] = "v1",
        ["resourceVersion"] = Counts.Text(claim.Version),
    };

    private void Bind(StoredObject claim, JsonObject json, StoredObject volume, JsonObject pv)
    {
        if (pv.Text("spec", "claimRef", "uid") != claim.Uid)
        {
            Change(volume, change =>
            {
                if (pv.At("spec", "claimRef") is null) change.Child("metadata").Child("annotations")["pv.kubernetes.io/bound-by-controller"] = "yes";
                change.Child("spec")["claimRef"] = Reference(claim);
            });
        }

        ChangeStatus(volume, status => status["phase"] = "Bound");
        bool chosen = json.Text("spec", "volumeName") is not { Length: > 0 };
        Change(claim, change =>
        {
            JsonObject annotations = change.Child("metadata").Child("annotations");
            annotations["pv.kubernetes.io/bind-completed"] = "yes";
            if (chosen) annotations["pv.kubernetes.io/bound-by-controller"] = "yes";
            if (pv.Text("metadata", "annotations", "pv.kubernetes.io/provisioned-by") is { } provisioner)
            {
                annotations["volume.beta.kubernetes.io/storage-provisioner"] = provisioner;
                if (Minor >= 23) annotations["volume.kubernetes.io/storage-provisioner"] = provisioner;
            }

            change.Child("spec")["volumeName"] = volume.Name;
        });
        ChangeStatus(claim, status =>
        {
            status["phase"] = "Bound";
            status["accessModes"] = pv.At("spec", "accessModes")?.DeepClone();
            status["capacity"] = pv.At("spec", "capacity")?.DeepClone();
        });
    }

    private void ReconcileVolume(string name)
    {
        if (Store.Find(Kinds.PersistentVolumes, null, name) is not { } volume) return;
        JsonObject pv = volume.Parse();
        string? ns = pv.Text("spec", "claimRef", "namespace"), claim = pv.Text("spec", "claimRef", "name"), uid = pv.Text("spec", "claimRef", "uid");
        bool bound = claim is not null && Store.Find(Kinds.PersistentVolumeClaims, ns, claim) is { } there && (uid is null or "" || there.Uid == uid);
        if (volume.IsBeingDeleted)
        {
            if (!bound) Finalize(volume, "kubernetes.io/pv-protection");
            return;
        }

        if (claim is null || (uid is null or "" && !bound)) ChangeStatus(volume, status => status["phase"] = "Available");
        else if (!bound && volume.Phase != "Released")
        {
            ChangeStatus(volume, status => status["phase"] = "Released");
        }
        else if (!bound && pv.Text("spec", "persistentVolumeReclaimPolicy") == "Delete") Delete(volume);
        else if (bound && volume.Phase is null or "Pending" or "Available") Enqueue(KeyOf(ns, claim!));
    }

    private void Finalize(StoredObject one, string finalizer) => Change(one, json =>
    {
        JsonArray list = json.Child("metadata").ListOf("finalizers");
        foreach (JsonNode? entry in list.Where(entry => entry?.GetValue<string>() == finalizer).ToArray()) list.Remove(entry);
        if (list.Count == 0) json.Child("metadata").Remove("finalizers");
    });
}
