using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Rules;

/// <summary>
/// What a server's default admission plugins do to new objects: the namespace must exist, pods get a service account, its token,
/// tolerations and a priority, claims get the default storage class, services get addresses and ports.
/// </summary>
/// <param name="store">What there is.</param>
/// <param name="minor">The minor version of the server that is played.</param>
internal sealed class Admission(ObjectStore store, int minor)
{
    private readonly PodAdmission _pods = new(store, minor);
    private readonly LimitRanges _limits = new(store);
    private readonly ResourceQuotas _quotas = new(store);
    private readonly ServiceAddresses _addresses = new(store, minor);
    private readonly StorageAdmission _storage = new(store, minor);
    private readonly Canonical _canonical = new(minor);

    /// <summary>The minor version of the server that is played.</summary>
    public int Minor { get; } = minor;

    /// <summary>What there is.</summary>
    public ObjectStore Store { get; } = store;

    /// <summary>Completes a new object, after defaulting and before validation.</summary>
    /// <exception cref="StatusException">It may not be created.</exception>
    public void Create(Resource resource, string? ns, JsonObject json)
    {
        string name = json.Text("metadata", "name") ?? "";
        if (ns is not null) CheckNamespace(resource, ns, name);
        switch (resource.QualifiedName)
        {
            case "pods":
                LimitRanges.Bounds[] bounds = _limits.Of(ns!);
                LimitRanges.Fill(json, bounds);
                _pods.Create(ns!, name, json);
                json.Child("status")["qosClass"] = QualityOfService.Of(json);
                LimitRanges.CheckPod(resource, name, json, bounds);
                break;
            case "persistentvolumeclaims":
                _storage.Claim(json);
                LimitRanges.CheckClaim(resource, name, json, _limits.Of(ns!));
                break;
            case "persistentvolumes":
                StorageAdmission.Volume(json);
                break;
            case "ingresses.networking.k8s.io":
                _storage.Ingress(json);
                break;
            case "priorityclasses.scheduling.k8s.io":
                _pods.PriorityClass(json, name);
                break;
        }

        if (ns is not null) _quotas.Check(resource, ns, name, json);
        if (resource == Kinds.Services) _addresses.Create(json);
        if (resource.Model is { } model) _canonical.Write(model, json);
    }

    /// <summary>Completes a changed object, after defaulting and before validation: a service that gets a new port gets its node port.</summary>
    /// <exception cref="StatusException">It may not be changed so.</exception>
    public void Update(Resource resource, JsonObject json, JsonObject old)
    {
        if (resource == Kinds.Services) _addresses.Update(json, old);
        if (resource == Kinds.Pods) PodAdmission.Tolerate(json.Child("spec"));
        if (resource == Kinds.PersistentVolumeClaims) _storage.Grow(json, old);
        if (resource == Kinds.PriorityClasses) _pods.PriorityClass(json, json.Text("metadata", "name") ?? "");
        if (resource.Model is { } model) _canonical.Write(model, json);
    }

    /// <summary>Nothing is made in a namespace that is not there or that is going away (the plugin NamespaceLifecycle).</summary>
    private void CheckNamespace(Resource resource, string ns, string name)
    {
        StoredObject space = Store.Find(Kinds.Namespaces, null, ns) ?? throw Refusals.NotFound(Kinds.Namespaces, ns);
        if (!space.IsBeingDeleted && space.Phase != "Terminating") return;
        StatusException refusal = Refusals.Forbidden(resource, name, $"unable to create new content in namespace {ns} because it is being terminated");
        refusal.Details!["causes"] = new JsonArray(new JsonObject
        {
            ["reason"] = "NamespaceTerminating",
            ["message"] = $"namespace {ns} is being terminated",
            ["field"] = "metadata.namespace",
        });
        throw refusal;
    }
}
