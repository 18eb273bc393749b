using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>Gives each service account a secret with its token, as servers before 1.24 do. The token opens nothing.</summary>
/// <remarks><c>pkg/controller/serviceaccount/tokens_controller.go</c>.</remarks>
internal sealed class TokenController(ControllerLoop loop) : Controller(loop)
{
    private const int Until = 24;
    private const string TokenType = "kubernetes.io/service-account-token";

    /// <inheritdoc/>
    public override void Note(StoreEvent change)
    {
        if (Minor < Until && change.Object.Resource == Kinds.ServiceAccounts) Enqueue(KeyOf(change.Object));
    }

    /// <inheritdoc/>
    public override void Reconcile(string key)
    {
        (string? ns, string name) = Split(key);
        if (Store.Find(Kinds.ServiceAccounts, ns, name) is not { IsBeingDeleted: false } account)
        {
            foreach (StoredObject secret in Store.List(Kinds.Secrets, ns).Where(one => one.Name.StartsWith(name + "-token-", StringComparison.Ordinal) && one.Parse().Text("type") == TokenType)) Registry.Delete(Kinds.Secrets, ns, secret.Name, new DeleteOptions());
            return;
        }

        if (account.Parse()["secrets"] is JsonArray { Count: > 0 }) return;
        string token = $"{name}-token-{ObjectRegistry.RandomSuffix(5)}";
        var json = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = token,
                ["annotations"] = new JsonObject { ["kubernetes.io/service-account.name"] = name, ["kubernetes.io/service-account.uid"] = account.Uid },
            },
            ["type"] = TokenType,
            ["data"] = new JsonObject
            {
                ["ca.crt"] = Encode(SandboxSeed.RootCertificate),
                ["namespace"] = Encode(ns!),
                ["token"] = Encode("a-token-of-the-sandbox"),
            },
        };
        Registry.Create(Kinds.Secrets, ns, json, new WriteOptions(ManagerName));
        Change(account, changed => changed.ListOf("secrets").Add(new JsonObject { ["name"] = token }));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
