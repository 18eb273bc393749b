using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Rules;

/// <summary>The cluster's defaults for claims and ingresses, and the marks that keep used storage from being deleted.</summary>
/// <param name="store">What there is.</param>
/// <param name="minor">The minor version of the server that is played.</param>
/// <remarks><c>plugin/pkg/admission</c>: storage/storageclass/setdefault, storage/storageobjectinuseprotection, network/defaultingressclass.</remarks>
internal sealed class StorageAdmission(ObjectStore store, int minor)
{
    /// <summary>Completes a new claim.</summary>
    public void Claim(JsonObject claim)
    {
        Protect(claim, "kubernetes.io/pvc-protection");
        JsonObject spec = claim.Child("spec");
        if (spec["storageClassName"] is not null || claim.At("metadata", "annotations", "volume.beta.kubernetes.io/storage-class") is not null) return;
        string[] classes = Marked(Kinds.StorageClasses, "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class");
        if (classes.Length > 1 && minor < 26) throw Server.Refusals.Forbidden(Kinds.PersistentVolumeClaims, claim.Text("metadata", "name") ?? "", $"{classes.Length} default StorageClasses were found");
        if (classes.Length > 0) spec["storageClassName"] = classes[0];
    }

    /// <summary>Refuses a bound claim more room when its class does not allow that (storage/persistentvolume/resize).</summary>
    /// <exception cref="Server.StatusException">It does not (403).</exception>
    public void Grow(JsonObject claim, JsonObject old)
    {
        if (old.Text("status", "phase") != "Bound" || Size(claim).Nano <= Size(old).Nano) return;
        if (store.Find(Kinds.StorageClasses, null, old.Text("spec", "storageClassName") ?? "")?.Parse().Flag("allowVolumeExpansion") == true) return;
        throw Server.Refusals.Forbidden(Kinds.PersistentVolumeClaims, claim.Text("metadata", "name") ?? "", "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }

    /// <summary>Completes a new volume.</summary>
    public static void Volume(JsonObject volume) => Protect(volume, "kubernetes.io/pv-protection");

    /// <summary>Completes a new ingress.</summary>
    public void Ingress(JsonObject ingress)
    {
        if (ingress.At("spec", "ingressClassName") is not null || ingress.At("metadata", "annotations", "kubernetes.io/ingress.class") is not null) return;
        string[] classes = Marked(Kinds.IngressClasses, "ingressclass.kubernetes.io/is-default-class");
        if (classes.Length > 1 && minor < 29) throw Server.Refusals.Forbidden(Kinds.Ingresses, ingress.Text("metadata", "name") ?? "", $"{classes.Length} default IngressClasses were found, only 1 allowed");
        if (classes.Length > 0) ingress.Child("spec")["ingressClassName"] = classes[0];
    }

    private static Quantity Size(JsonObject claim) => Quantity.Of(claim.At("spec", "resources", "requests", "storage"));

    /// <summary>The names of the objects with a mark, the newest first.</summary>
    private string[] Marked(Resource resource, params string[] annotations) =>
    [
        .. store.List(resource)
            .Select(one => one.Parse())
            .Where(one => annotations.Any(annotation => one.Text("metadata", "annotations", annotation) == "true"))
            .OrderByDescending(one => one.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .Select(one => one.Text("metadata", "name")!),
    ];

    private static void Protect(JsonObject json, string finalizer)
    {
        JsonArray finalizers = json.Child("metadata").ListOf("finalizers");
        if (!finalizers.Any(one => one.Text() == finalizer)) finalizers.Add(finalizer);
    }
}
