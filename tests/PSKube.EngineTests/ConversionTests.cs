namespace PSKube.EngineTests;

/// <summary>ConvertTo-KubeDaemonSet: what is kept, mapped, left out and told.</summary>
public sealed class ConversionTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private EngineResult Convert(string manifest, string parameters = "") => _engine.Run($"$m | ConvertFrom-KubeYaml | ConvertTo-KubeDaemonSet {parameters} -Verbose | ConvertTo-KubeYaml", ("m", manifest));

    private static string Deployment(string spec = "", string metadata = "name: web, labels: {app: web}", string pod = "containers: [{name: c, image: nginx}]") =>
        $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{{metadata}}}\nspec: {{selector: {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{{pod}}}}}{spec}}}\n";

    [Fact]
    public void TheTutorialsOwnExample()
    {
        EngineResult result = _engine.Run("New-KubeDeployment mydaemon nginx -DryRun Client | ConvertTo-KubeDaemonSet | ConvertTo-KubeYaml");
        Assert.Empty(result.Warnings);
        Assert.Equal("apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: mydaemon\n  labels:\n    app: mydaemon\nspec:\n  selector:\n    matchLabels:\n      app: mydaemon\n  template:\n    metadata:\n      labels:\n        app: mydaemon\n    spec:\n      containers:\n      - image: nginx\n        name: nginx", result.Output.Single().ToString());
    }

    [Theory]
    [InlineData(", replicas: 3", "3 replicas", "")]
    [InlineData(", replicas: 1", "", "replicas:")]
    [InlineData(", strategy: {type: Recreate}", "OnDelete, which was not chosen", "updateStrategy")]
    [InlineData(", strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 25%, maxSurge: 25%}}", "", "updateStrategy")]
    [InlineData(", strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2, maxSurge: 1}}", "maxSurge 1 is not", "maxSurge")]
    [InlineData(", paused: true", "cannot be paused", "paused")]
    [InlineData(", progressDeadlineSeconds: 30", "no deadline", "progressDeadline")]
    [InlineData(", progressDeadlineSeconds: 600", "", "progressDeadline")]
    public void WhatADaemonSetDoesNotHave_IsToldWhenSomebodyMeantIt(string spec, string warning, string absent)
    {
        EngineResult result = Convert(Deployment(spec));
        Assert.Empty(result.Errors);
        if (warning.Length == 0) Assert.Empty(result.Warnings);
        else Assert.Contains(warning, Assert.Single(result.Warnings), StringComparison.Ordinal);
        if (absent.Length > 0) Assert.DoesNotContain(absent, result.Output.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(", strategy: {rollingUpdate: {maxUnavailable: 2, maxSurge: 0}}", "    rollingUpdate:\n      maxUnavailable: 2\n    type: RollingUpdate")]
    [InlineData(", strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}", "    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0\n    type: RollingUpdate")]
    [InlineData(", minReadySeconds: 7", "  minReadySeconds: 7")]
    [InlineData(", revisionHistoryLimit: 3", "  revisionHistoryLimit: 3")]
    public void WhatADaemonSetHasToo_IsKept(string spec, string kept) => Assert.Contains(kept, Convert(Deployment(spec)).Output.Single().ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("nodeName: n1, containers: [{name: c, image: x}]", "one node")]
    [InlineData("affinity: {podAntiAffinity: {}}, containers: [{name: c, image: x}]", "one pod per node")]
    [InlineData("topologySpreadConstraints: [{topologyKey: k}], containers: [{name: c, image: x}]", "one pod per node")]
    public void WhatMakesLittleSenseThere_IsToldAndKept(string pod, string words) => Assert.Contains(words, Assert.Single(Convert(Deployment(pod: pod)).Warnings), StringComparison.Ordinal);

    [Fact]
    public void AnotherName_TakesTheLabelsWithIt_WhenTheyAreKubectls()
    {
        string yaml = Convert(Deployment(), "other").Output.Single().ToString();
        Assert.DoesNotContain("web", yaml, StringComparison.Ordinal);
        Assert.Equal(4, yaml.Split("other").Length - 1);
    }

    [Fact]
    public void WhatABelongingToTheClusterIs_IsLeftThere()
    {
        const string metadata = "name: web, uid: u, resourceVersion: '5', generation: 3, creationTimestamp: '2026-01-01T00:00:00Z', ownerReferences: [{apiVersion: v1, kind: X, name: o, uid: v}], finalizers: [f], annotations: {deployment.kubernetes.io/revision: '2', keep: me, kubectl.kubernetes.io/last-applied-configuration: '{}'}, labels: {app: web, pod-template-hash: x}";
        EngineResult result = Convert(Deployment(metadata: metadata));
        Assert.Contains("both would claim each other's pods", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.StartsWith("apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: web\n  labels:\n    app: web\n  annotations:\n    keep: me\nspec:", result.Output.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ControlPlaneNodesAreTolerated_OldAndNewTaint_Once()
    {
        string yaml = Convert(Deployment(pod: "containers: [{name: c, image: x}], tolerations: [{key: node-role.kubernetes.io/master, operator: Exists}]"), "-TolerateControlPlane").Output.Single().ToString();
        Assert.Equal(1, yaml.Split("node-role.kubernetes.io/master").Length - 1);
        Assert.Equal(1, yaml.Split("node-role.kubernetes.io/control-plane").Length - 1);
    }

    [Fact]
    public void TheUsersOwnObjectIsNotTouched()
    {
        EngineResult result = _engine.Run("""
            $d = New-KubeDeployment web nginx -Replicas 3 -DryRun Client
            $before = $d | ConvertTo-KubeYaml
            $null = $d | ConvertTo-KubeDaemonSet other -Label @{ x = 'y' } -TolerateControlPlane -WarningAction SilentlyContinue
            ($d | ConvertTo-KubeYaml) -eq $before
            """);
        Assert.Equal("True", result.Output.Single().ToString());
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {run: p}}\nspec: {nodeName: n1, dnsPolicy: ClusterFirst, restartPolicy: Always, containers: [{name: p, image: nginx}]}\n", "run: p")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: p, image: nginx}]}\n", "app: p")]
    [InlineData("apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: p}\nspec: {selector: {matchLabels: {app: p, pod-template-hash: x}}, template: {metadata: {labels: {app: p, pod-template-hash: x}}, spec: {containers: [{name: p, image: nginx}]}}}\n", "app: p")]
    public void OtherKindsConvertToo(string manifest, string label)
    {
        EngineResult result = Convert(manifest);
        Assert.Empty(result.Errors);
        string yaml = result.Output.Single().ToString();
        Assert.Contains($"matchLabels:\n      {label}\n  template:\n    metadata:\n      labels:\n        {label}\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("nodeName", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatRunsNoPods_IsRefused() => Assert.StartsWith("KubeInputInvalid,", Convert("apiVersion: v1\nkind: Service\nmetadata: {name: s}\n").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
}
