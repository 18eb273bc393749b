namespace PSKube.Sandbox.Controllers;

/// <summary>The controllers of a sandbox.</summary>
internal static class ControllerSet
{
    /// <summary>Makes one of each. The garbage collector comes first: it knows of all objects before others look at any.</summary>
    public static IEnumerable<Controller> Make(ControllerLoop loop) =>
    [
        new GarbageCollector(loop),
        new NamespaceController(loop),
        new TokenController(loop),
        new ReplicaSetController(loop, Catalog.Kinds.ReplicaSets),
        new ReplicaSetController(loop, Catalog.Kinds.ReplicationControllers),
        new DeploymentController(loop),
        new StatefulSetController(loop),
        new DaemonSetController(loop),
        new JobController(loop),
        new CronJobController(loop),
        new VolumeController(loop),
        new EndpointsController(loop),
        new AutoscalerController(loop),
        new DisruptionController(loop),
        new QuotaController(loop),
    ];
}
