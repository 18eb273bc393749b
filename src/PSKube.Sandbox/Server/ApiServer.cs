using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Patching;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>The API: what stands at each address, and what each method does there.</summary>
internal sealed class ApiServer(ResourceCatalog catalog, ObjectRegistry registry, PodEndpoints pods, string gitVersion)
{
    private readonly Lists _lists = new(registry.Store);
    private readonly Watches _watches = new(registry.Store);
    private readonly Scales _scales = new(registry);
    private readonly ServerPages _pages = new(catalog, gitVersion);

    /// <summary>Answers a request; a refusal is an answer too.</summary>
    public ApiResponse Answer(LoggedRequest asked)
    {
        try
        {
            return Route(asked.Request, asked.Address);
        }
        catch (StatusException refusal)
        {
            return Refuse(refusal);
        }
    }

    /// <summary>The answer that a refusal is.</summary>
    public static ApiResponse Refuse(StatusException refusal)
    {
        ApiResponse answer = ApiResponse.Json(refusal.ToStatus(), refusal.Code);
        return refusal.Details is { } details && details["retryAfterSeconds"] is JsonValue seconds ? new ApiResponse { Status = answer.Status, Body = answer.Body, RetryAfter = seconds.GetValue<int>() } : answer;
    }

    private ApiResponse Route(ApiRequest request, ApiAddress? address)
    {
        if (_pages.Find(request) is { } page) return page;
        if (address is null) throw Refusals.NoSuchResource();
        if (catalog.Find(address.Group, address.Version, address.Resource) is not { } served) return AnswerUnserved(address, request);
        string? ns = address.Namespace, name = address.Name;
        if (served.Resource.Namespaced != ns is not null && !(served.Resource.Namespaced && name is null)) throw Refusals.NoSuchResource();
        if (address.Subresource is { } subresource) return OnSubresource(served, ns, name!, subresource, request);
        return name is null ? OnCollection(served, ns, request) : OnObject(served, ns, name, request);
    }

    /// <summary>What discovery does not list: reviews, which are answered all the same, and kinds that only other servers have.</summary>
    private ApiResponse AnswerUnserved(ApiAddress address, ApiRequest request)
    {
        if (AccessReviews.Answer(address, request, catalog.Minor) is { } review) return review;
        if (AbsentKinds.Find(address.Group, address.Version, address.Resource, catalog.Minor) is { } kind) throw Refusals.NoSuchKind(address, kind);
        return catalog.Serves(address.Group, address.Version) ? throw Refusals.NoSuchResource() : ApiResponse.Text("404 page not found\n", 404);
    }

    private ApiResponse OnCollection(ServedResource served, string? ns, ApiRequest request)
    {
        switch (request.Method)
        {
            case "GET":
                return request.IsSet("watch") ? _watches.Answer(served, ns, request, null) : _lists.Answer(served, ns, request, null);
            case "POST":
                if (served.Resource.Namespaced && ns is null) throw Refusals.MethodNotAllowed();
                WriteOptions options = RequestBody.Options(request, served, catalog.Minor, "CreateOptions");
                StoredObject created = registry.Create(served.Resource, ns, RequestBody.Object(request, served), options);
                return ApiResponse.Bytes(Lists.Shown(served, created), 201, options.Warnings);
            case "DELETE":
                if (served.Resource.Namespaced && ns is null) throw Refusals.MethodNotAllowed();
                DeleteOptions deletion = RequestBody.Deletion(request);
                LabelQuery labels = LabelQuery.Parse(request["labelSelector"]);
                FieldQuery fields = FieldQuery.Parse(request["fieldSelector"], served.Resource);
                ApiResponse list = _lists.Answer(served, ns, request, null);
                foreach (StoredObject one in registry.Store.List(served.Resource, ns).Where(one => labels.Matches(one.Labels) && fields.Matches(one))) registry.Delete(served.Resource, one.Namespace, one.Name, deletion);
                return list;
            default:
                throw Refusals.MethodNotAllowed();
        }
    }

    private ApiResponse OnObject(ServedResource served, string? ns, string name, ApiRequest request)
    {
        Resource resource = served.Resource;
        switch (request.Method)
        {
            case "GET" when request.IsSet("watch"):
                return _watches.Answer(served, ns, request, name);
            case "GET":
                StoredObject found = registry.Store.Find(resource, ns, name) ?? throw Refusals.NotFound(resource, name);
                return Lists.IsPartial(request.Accept, "PartialObjectMetadata") ? ApiResponse.Json(Lists.Partial(found.Parse())) : ApiResponse.Bytes(Lists.Shown(served, found));
            case "PUT":
                WriteOptions replacing = RequestBody.Options(request, served, catalog.Minor, "UpdateOptions");
                return Changed(served, registry.Update(resource, ns, name, RequestBody.Object(request, served), replacing), false, replacing);
            case "PATCH":
                return Patch(served, ns, name, request, null);
            case "DELETE":
                return Delete(served, ns, name, request);
            default:
                throw Refusals.MethodNotAllowed();
        }
    }

    private ApiResponse Patch(ServedResource served, string? ns, string name, ApiRequest request, string? subresource)
    {
        WriteOptions options = RequestBody.Options(request, served, catalog.Minor, "PatchOptions", subresource);
        if (request.ContentType is not (PatchTypes.Json or PatchTypes.Merge or PatchTypes.StrategicMerge or PatchTypes.Apply)) throw Refusals.UnsupportedPatch();
        if (request.ContentType == PatchTypes.Apply && request["fieldManager"] is null) throw Refusals.Invalid("meta.k8s.io", "PatchOptions", "", [new Cause("FieldValueRequired", "fieldManager", "Required value: is required for apply patch")]);
        if (request.ContentType != PatchTypes.Apply && request["force"] is not null) throw Refusals.Invalid("meta.k8s.io", "PatchOptions", "", [new Cause("FieldValueForbidden", "force", "Forbidden: may not be specified for non-apply patch")]);
        (StoredObject changed, bool created) = registry.Patch(served.Resource, ns, name, request.ContentType, RequestBody.Read(request, "patch"), options, served.Conversion);
        return Changed(served, changed, created, options);
    }

    private ApiResponse Delete(ServedResource served, string? ns, string name, ApiRequest request)
    {
        Resource resource = served.Resource;
        DeleteOptions options = RequestBody.Deletion(request);
        StoredObject deleted = registry.Delete(resource, ns, name, options);
        // Nothing went in a dry run; the answer is that of the real one.
        bool isThere = options.DryRun ? ObjectRegistry.IsHeld(resource, deleted, options) : registry.Store.Find(resource, ns, name)?.Uid == deleted.Uid;
        if (isThere || s_returned.Contains(resource)) return ApiResponse.Bytes(Lists.Shown(served, deleted));
        var details = new JsonObject { ["name"] = name };
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        details["uid"] = deleted.Uid;
        return ApiResponse.Json(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details });
    }

    /// <summary>The kinds whose deletion is answered with the object (<c>ReturnDeletedObject</c> in their storage).</summary>
    private static readonly Resource[] s_returned = [Kinds.Pods, Kinds.PersistentVolumeClaims, Kinds.PersistentVolumes, Kinds.ResourceQuotas, Kinds.ServiceAccounts];

    private ApiResponse OnSubresource(ServedResource served, string? ns, string name, string subresource, ApiRequest request)
    {
        Resource resource = served.Resource;
        switch (subresource)
        {
            case "status" when resource.HasStatus:
                return OnStatus(served, ns, name, request);
            case "scale" when resource.HasScale:
                return OnScale(served, ns, name, request);
            case "log" when resource == Kinds.Pods && request.Method == "GET":
                return pods.Log(ns!, name, request);
            case "exec" when resource == Kinds.Pods && request.Method is "GET" or "POST":
                return pods.Exec(ns!, name, request);
            case "eviction" when resource == Kinds.Pods && request.Method == "POST":
                return Evictions.Answer(registry, ns!, name, request);
            case "attach" or "portforward" or "binding" or "ephemeralcontainers" or "resize" or "proxy" or "finalize" or "token" or "approval":
                throw Refusals.NotInTheSandbox($"answer {request.Method} {resource.Plural}/{subresource}");
            default:
                throw Refusals.NoSuchResource();
        }
    }

    private ApiResponse OnStatus(ServedResource served, string? ns, string name, ApiRequest request)
    {
        switch (request.Method)
        {
            case "GET":
                return ApiResponse.Bytes(Lists.Shown(served, registry.Store.Find(served.Resource, ns, name) ?? throw Refusals.NotFound(served.Resource, name)));
            case "PUT":
                WriteOptions options = RequestBody.Options(request, served, catalog.Minor, "UpdateOptions", "status");
                return Changed(served, registry.Update(served.Resource, ns, name, RequestBody.Object(request, served), options), false, options);
            case "PATCH":
                return Patch(served, ns, name, request, "status");
            default:
                throw Refusals.MethodNotAllowed();
        }
    }

    private ApiResponse OnScale(ServedResource served, string? ns, string name, ApiRequest request)
    {
        Resource resource = served.Resource;
        WriteOptions options = RequestBody.Options(request, served, catalog.Minor, "UpdateOptions");
        return ApiResponse.Json(request.Method switch
        {
            "GET" => _scales.Read(resource, ns, name),
            "PUT" => _scales.Replace(resource, ns, name, RequestBody.Read(request, "Scale", "autoscaling/v1") as JsonObject ?? throw Refusals.BadRequest("the body is no Scale"), options),
            "PATCH" => _scales.Patch(resource, ns, name, request.ContentType, RequestBody.Read(request, "patch"), options),
            _ => throw Refusals.MethodNotAllowed(),
        });
    }

    private static ApiResponse Changed(ServedResource served, StoredObject stored, bool created, WriteOptions options) => ApiResponse.Bytes(Lists.Shown(served, stored), created ? 201 : 200, options.Warnings);
}
