using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;

namespace PSKube.SandboxTests.Controllers;

/// <summary>A bound claim grows only where its class allows it.</summary>
public sealed class ClaimGrowthTests
{
    [Fact]
    public async Task ABoundClaim_GrowsOnlyWhereItsClassAllowsIt()
    {
        using var cluster = new Cluster();
        cluster.Create(Kinds.PersistentVolumeClaims, """{'metadata':{'name':'data'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}""");
        await cluster.Until(Kinds.PersistentVolumeClaims, "data", json => json.Text("status", "phase") == "Bound");
        StatusException refusal = Assert.Throws<StatusException>(Grow);
        Assert.Equal((403, "persistentvolumeclaims \"data\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"), (refusal.Code, refusal.Message));
        cluster.Registry.Change(Kinds.StorageClasses, null, "standard", "test", null, json => json["allowVolumeExpansion"] = true);
        Grow();

        void Grow() => cluster.Registry.Change(Kinds.PersistentVolumeClaims, "default", "data", "test", null, json => json["spec"]!["resources"]!["requests"]!["storage"] = "2Gi");
    }
}
