using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Server;

/// <summary>The eviction subresource: a deletion that a PodDisruptionBudget may refuse.</summary>
/// <remarks>The server's <c>pkg/registry/core/pod/storage/eviction.go</c>.</remarks>
internal static class Evictions
{
    /// <summary>One eviction.</summary>
    /// <exception cref="StatusException">There is no such pod (404), or a budget has nothing left (429).</exception>
    public static ApiResponse Answer(ObjectRegistry registry, string ns, string name, ApiRequest request)
    {
        lock (registry.Store.Gate)
        {
            StoredObject pod = registry.Store.Find(Kinds.Pods, ns, name) ?? throw Refusals.NotFound(Kinds.Pods, name);
            JsonObject body = RequestBody.Read(request, "Eviction", "policy/v1") as JsonObject ?? [];
            if (body.Text("kind") is not (null or "Eviction")) throw Refusals.BadRequest($"{body.Text("kind")} is no Eviction");
            bool isDone = pod.Phase is "Succeeded" or "Failed" or "Pending" || pod.IsBeingDeleted;
            StoredObject? budget = isDone ? null : registry.Store.List(Kinds.PodDisruptionBudgets, ns).FirstOrDefault(one => Selectors.Matches(one.Parse().At("spec", "selector"), pod.Labels));
            if (budget is not null)
            {
                JsonObject status = budget.Parse();
                long allowed = status.Number("status", "disruptionsAllowed") ?? 0;
                bool isFree = IsFree(pod, status);
                if (!isFree && allowed <= 0)
                {
                    throw new StatusException(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
                    {
                        Details = new JsonObject
                        {
                            ["causes"] = new JsonArray(new JsonObject
                            {
                                ["reason"] = "DisruptionBudget",
                                ["message"] = $"The disruption budget {budget.Name} needs {status.Number("status", "desiredHealthy") ?? 0} healthy pods and has {status.Number("status", "currentHealthy") ?? 0} currently",
                            }),
                        },
                    };
                }

                if (!isFree) registry.Change(Kinds.PodDisruptionBudgets, ns, budget.Name, "kube-apiserver", "status", json => json.Child("status")["disruptionsAllowed"] = allowed - 1);
            }

            registry.Delete(Kinds.Pods, ns, name, new DeleteOptions
            {
                GracePeriodSeconds = body.Number("deleteOptions", "gracePeriodSeconds"),
                Uid = body.Text("deleteOptions", "preconditions", "uid"),
                DryRun = request["dryRun"] == "All",
            });
            return ApiResponse.Json(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 }, 201);
        }
    }

    /// <summary>A pod that is not ready disrupts nothing more when it goes, if the budget is met without it or does not mind.</summary>
    private static bool IsFree(StoredObject pod, JsonObject budget)
    {
        if (pod.Parse().Objects("status", "conditions").Any(one => one.Text("type") == "Ready" && one.Text("status") == "True")) return false;
        long desired = budget.Number("status", "desiredHealthy") ?? 0;
        return budget.Text("spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow" || (desired > 0 && budget.Number("status", "currentHealthy") >= desired);
    }
}
