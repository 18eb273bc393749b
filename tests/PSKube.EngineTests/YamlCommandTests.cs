using PSKube.TestKit;


namespace PSKube.EngineTests;

public sealed class YamlCommandTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private string Yaml(string script) => string.Join('\n', _engine.Run(script).Output);

    [Fact]
    public void KubectlStyle_IsKubectlsTextToTheByte()
    {
        // kubectl 1.32 create deploy mydaemon --image=nginx --dry-run=client -o yaml
        Assert.Equal("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  creationTimestamp: null\n  labels:\n    app: mydaemon\n  name: mydaemon\nspec:\n  replicas: 1\n  selector:\n    matchLabels:\n      app: mydaemon\n  strategy: {}\n  template:\n    metadata:\n      creationTimestamp: null\n      labels:\n        app: mydaemon\n    spec:\n      containers:\n      - image: nginx\n        name: nginx\n        resources: {}\nstatus: {}", Yaml("New-KubeDeployment mydaemon nginx -DryRun Client | ConvertTo-KubeYaml -KubectlStyle"));
        // kubectl 1.32 run sleepy --image=busybox --dry-run=client -o yaml -- sleep 3600
        Assert.Equal("apiVersion: v1\nkind: Pod\nmetadata:\n  creationTimestamp: null\n  labels:\n    run: sleepy\n  name: sleepy\nspec:\n  containers:\n  - args:\n    - sleep\n    - \"3600\"\n    image: busybox\n    name: sleepy\n    resources: {}\n  dnsPolicy: ClusterFirst\n  restartPolicy: Always\nstatus: {}", Yaml("New-KubePod sleepy busybox -ArgumentList sleep, 3600 -DryRun Client | ConvertTo-KubeYaml -KubectlStyle"));
    }

    [Fact]
    public void SeveralObjects_AreDocumentsOfOneText_AndComeBackAsTheyWere()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "all.yaml");
        EngineResult result = _engine.Run("""
            New-KubePod a nginx -DryRun Client | ConvertTo-KubeYaml -Path $path
            $two = (New-KubePod a nginx -DryRun Client), (New-KubeDeployment b nginx -DryRun Client)
            $two | ConvertTo-KubeYaml -Path $path
            Get-Item $path | ConvertFrom-KubeYaml | ForEach-Object { "$($_.Kind) $($_.Name)" }
            $two | ConvertTo-KubeYaml | ConvertFrom-KubeYaml | ForEach-Object { $_.GetType().Name }
            ($two | ConvertTo-KubeYaml) -join "`n" -split "`n" | ConvertFrom-KubeYaml | ForEach-Object { $_.Name }
            """.Replace("Get-Item $path | ConvertFrom-KubeYaml", "ConvertFrom-KubeYaml -Path $path"), ("path", path));
        Assert.Empty(result.Errors);
        Assert.Equal(["Pod a", "Deployment b", "V1Pod", "V1Deployment", "a", "b"], result.Output.Select(value => value.ToString()));
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal((byte)'a', bytes[0]);
        Assert.DoesNotContain((byte)'\r', bytes);
    }

    [Fact]
    public void EmptyThatMeansSomething_Stays()
    {
        string yaml = Yaml("""
            @{ apiVersion = 'networking.k8s.io/v1'; kind = 'NetworkPolicy'; metadata = @{ name = 'n' }; spec = @{ podSelector = @{}; ingress = @(@{}) } } | ConvertTo-KubeYaml
            """);
        Assert.Contains("podSelector: {}", yaml, StringComparison.Ordinal);
        Assert.Contains("- {}", yaml, StringComparison.Ordinal);
        Assert.Contains("emptyDir: {}", Yaml("'apiVersion: v1','kind: Pod','metadata: {name: p}','spec: {volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: x}]}' | ConvertFrom-KubeYaml | ConvertTo-KubeYaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void AnObjectOfACluster_IsCleanedOfWhatTheServerAdds()
    {
        const string live = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: shop, uid: u, resourceVersion: "5", creationTimestamp: "2026-01-01T00:00:00Z", managedFields: [{manager: m}], labels: {app: p}}
            spec:
              nodeName: n1
              serviceAccountName: default
              serviceAccount: default
              schedulerName: default-scheduler
              dnsPolicy: ClusterFirst
              restartPolicy: Always
              terminationGracePeriodSeconds: 30
              securityContext: {}
              enableServiceLinks: true
              priority: 0
              tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}]
              volumes: [{name: kube-api-access-x, projected: {}}, {name: mine, emptyDir: {}}]
              containers:
              - {name: c, image: nginx, imagePullPolicy: Always, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, resources: {}, volumeMounts: [{name: kube-api-access-x, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}, {name: mine, mountPath: /m}]}
            status: {phase: Running}
            """;
        EngineResult result = _engine.Run("$live | ConvertFrom-KubeYaml | ConvertTo-KubeYaml", ("live", live));
        Assert.Equal("apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: shop\n  labels:\n    app: p\nspec:\n  containers:\n  - image: nginx\n    name: c\n    volumeMounts:\n    - mountPath: /m\n      name: mine\n  volumes:\n  - emptyDir: {}\n    name: mine", result.Output.Single().ToString());
        Assert.Contains("resourceVersion", _engine.Run("$live | ConvertFrom-KubeYaml | ConvertTo-KubeYaml -Clean:$false", ("live", live)).Output.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ASlipOfThePen_IsToldWithItsPlace()
    {
        EngineResult result = _engine.Run("\"apiVersion: v1`nkind: Pod`nmetadata: {name: p}`nspec: {containers: [{name: c, imag: nginx}]}\" | ConvertFrom-KubeYaml");
        Assert.Contains("spec.containers[0].imag", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spec: {containers: {name: c}}", "spec.containers")]
    [InlineData("spec: {terminationGracePeriodSeconds: soon}", "terminationGracePeriodSeconds")]
    [InlineData("spec: {containers: [{name: c, resources: {limits: {cpu: 1e999999999}}}]}", "")]
    public void T53_AValueThatDoesNotFit_IsAnErrorOfThatObject(string spec, string words)
    {
        EngineResult result = _engine.Run($"\"apiVersion: v1`nkind: Pod`nmetadata: {{name: p}}`n{spec}`n---`napiVersion: v1`nkind: ConfigMap`nmetadata: {{name: ok}}\" | ConvertFrom-KubeYaml");
        Assert.StartsWith("KubeManifestInvalid,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, result.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("ok", result.Output.Single().Properties["Name"].Value);
    }

    [Fact]
    public void AnEmptyObjectThatMeansSomething_StaysInAnyKind()
    {
        const string crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec:\n  group: g\n  versions:\n  - name: v1\n    subresources: {status: {}}\n    schema: {openAPIV3Schema: {properties: {resources: {}, labels: {}}}}\n";
        string yaml = string.Join('\n', _engine.Run("$m | ConvertFrom-KubeYaml | ConvertTo-KubeYaml", ("m", crd)).Output);
        Assert.Contains("subresources:\n      status: {}", yaml, StringComparison.Ordinal);
        Assert.Contains("resources: {}", yaml, StringComparison.Ordinal);
        string custom = string.Join('\n', _engine.Run("\"apiVersion: e.com/v1`nkind: T`nmetadata: {name: t}`nspec: {status: {}, resources: {}, metadata: {}}\" | ConvertFrom-KubeYaml | ConvertTo-KubeYaml -Clean:$false").Output);
        Assert.Contains("status: {}", custom, StringComparison.Ordinal);
        Assert.Contains("metadata: {}", custom, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAUserChose_IsNotCleanedAway()
    {
        const string live = "apiVersion: v1\nkind: Service\nmetadata: {name: s, uid: u}\nspec: {clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], internalTrafficPolicy: Local, sessionAffinity: None, type: ClusterIP}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, uid: u}\nspec: {selector: {}, template: {spec: {enableServiceLinks: false, volumes: [{name: vault-token-vol, secret: {secretName: s}}], containers: [{name: c, image: x, volumeMounts: [{name: vault-token-vol, mountPath: /v}]}]}}}\n";
        string yaml = string.Join('\n', _engine.Run("$m | ConvertFrom-KubeYaml | ConvertTo-KubeYaml", ("m", live)).Output);
        foreach (string kept in (string[])["RequireDualStack", "- IPv6", "internalTrafficPolicy: Local", "enableServiceLinks: false", "name: vault-token-vol", "mountPath: /v"]) Assert.Contains(kept, yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void AnObjectFromAJobOrAFile_IsTheSameManifest()
    {
        object live = _engine.Run("New-KubeDeployment w nginx:1.2 -Replicas 2 -Port 80 -Env @{ A = '1' } -Resources @{ limits = @{ memory = '200Mi' } } -DryRun Client").Output.Single();
        object back = System.Management.Automation.PSSerializer.Deserialize(System.Management.Automation.PSSerializer.Serialize(live, 16));
        string Yaml(object value) => string.Join('\n', _engine.Run("ConvertTo-KubeYaml $o", ("o", value)).Output);
        Assert.Equal(Yaml(live), Yaml(back));
        Assert.Contains("memory: 200Mi", Yaml(back), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@{ kind = 'ConfigMap'; metadata = 'x' }")]
    [InlineData("@{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = 'p' }; spec = @{ x = [double]::NaN } }")]
    [InlineData("5")]
    public void WhatIsNoObject_IsAnErrorOfItsOwn(string value)
    {
        EngineResult result = _engine.Run($"{value}, (New-KubePod ok nginx -DryRun Client) | ConvertTo-KubeYaml");
        Assert.StartsWith("KubeInputInvalid,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("name: ok", result.Output.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_IsThatOfTheApi_AndReadsBack()
    {
        string json = _engine.Run("New-KubeDeployment web nginx -Namespace shop -Port 80 -DryRun Client | ConvertTo-KubeJson").Output.Single().ToString();
        System.Text.Json.Nodes.JsonObject read = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        Assert.Equal(["apiVersion", "kind", "metadata", "spec"], read.Select(pair => pair.Key));
        Assert.Equal("shop", read["metadata"]!["namespace"]!.ToString());
        Assert.Equal("80", read["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"]!.ToJsonString());
        EngineResult result = _engine.Run("""
            $two = (New-KubePod a nginx -DryRun Client), (New-KubePod b nginx -DryRun Client)
            ($two | ConvertTo-KubeJson -Compress).Count
            ($two | ConvertTo-KubeJson | ConvertFrom-KubeYaml).Name -join ','
            @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'c'; uid = 'u' } } | ConvertTo-KubeJson -Compress
            @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'c'; uid = 'u' } } | ConvertTo-KubeJson -Compress -Clean
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["2", "a,b", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"uid\":\"u\"}}", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}"], result.Output.Select(line => line.ToString()));
        Assert.StartsWith("KubeInputInvalid,", _engine.Run("5 | ConvertTo-KubeJson").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]

    public void WholeTextsStayApart_LinesBelongTogether()
    {
        EngineResult result = _engine.Run("""
            $a = "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: a}"
            $b = $a -replace 'name: a', 'name: b'
            ($a, $b | ConvertFrom-KubeYaml).Name
            ($a -split "`n" | ConvertFrom-KubeYaml).Name
            (Invoke-KubeApply -Yaml ($a -split "`n") -DryRun Client).Name
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["a", "b", "a", "a"], result.Output.Select(name => name.ToString()));
    }

    [Fact]
    public void PathsThatLeadNowhere_AreTold_AndTheOthersAreRead()
    {
        using var folder = new TempFolder();
        folder.Write("in/b[1].yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n");
        string empty = folder.Write("empty.yaml", "# nothing\n");
        EngineResult result = _engine.Run("""
            (Invoke-KubeApply "$f/nope.yaml", "$f/zz*.yaml", "$f/in" -DryRun Client).Name
            (Invoke-KubeApply -LiteralPath "$f/in/b[1].yaml" -DryRun Client).Name
            (ConvertFrom-KubeYaml -Path "$f/in").Name
            Invoke-KubeApply $empty -DryRun Client
            ConvertFrom-KubeYaml -Path Env:PATH
            """, ("f", folder.Path), ("empty", empty));
        Assert.Equal(["b", "b", "b"], result.Output.Select(name => name.ToString()));
        Assert.Equal(3, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.StartsWith("KubeManifestUnreadable,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Contains("nothing was applied", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }
}
