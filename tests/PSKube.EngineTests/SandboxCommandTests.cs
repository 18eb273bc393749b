using System.Management.Automation;
using PSKube.Config;
using PSKube.Errors;
using PSKube.Output;
using PSKube.Sandbox.Rules;

namespace PSKube.EngineTests;

/// <summary>The commands that start, stop and steer a sandbox: what they take, what they tell, what they refuse.</summary>
public sealed class SandboxCommandTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly List<KubeSandbox> _started = [];

    public void Dispose()
    {
        foreach (KubeSandbox sandbox in _started) sandbox.Stop();
        _engine.Dispose();
    }

    private KubeSandbox Start(string parameters = "")
    {
        EngineResult result = _engine.Run($"Start-KubeSandbox -PassThru {parameters}");
        Assert.Empty(result.Errors);
        var sandbox = (KubeSandbox)Assert.Single(result.Output).BaseObject;
        _started.Add(sandbox);
        return sandbox;
    }

    private IReadOnlyList<PSObject> Good(string script, params (string Name, object? Value)[] variables)
    {
        EngineResult result = _engine.Run(script, variables);
        Assert.Empty(result.Errors);
        return result.Output;
    }

    private static void Refused(ErrorRecord error, string id, ErrorCategory category)
    {
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.IsType<KubeException>(error.Exception);
        Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction));
    }

    private string Ids(string script) => string.Join(' ', _engine.Run(script).Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));

    [Fact]
    public void Start_ConnectsTheSession_AndEmitsNothingByItself()
    {
        Assert.Empty(Good("Start-KubeSandbox -Node 2"));
        Assert.Equal(["sandbox-1", "sandbox-2"], Good("Get-KubeNode | ForEach-Object Name").Select(name => name.ToString()));
        Assert.Equal("0", Good("Stop-KubeSandbox; 0").Single().ToString());
    }

    [Fact]
    public void Start_TellsWhatItStarted()
    {
        KubeSandbox sandbox = Start("-Version v1.28.3 -Node 1 -Speed 50");
        Assert.Equal(("v1.28.3", 1, 50, true), (sandbox.Version, sandbox.Nodes, sandbox.Speed, sandbox.IsRunning));
        Assert.Null(sandbox.Server);
        Assert.Null(sandbox.Kubeconfig);
        Assert.Equal("v1.28.3 v1.28.3", Good("(Test-KubeCluster | Where-Object Check -EQ Version).Detail, (Get-KubeNode).Version -join ' '").Single().ToString());
    }

    [Fact]
    public void TheTables()
    {
        KubeSandbox sandbox = Start("-Speed 50");
        Assert.Matches(@"VERSION\s+NODES\s+SPEED\s+SERVER\s+KUBECONFIG\s*\n[- ]+\n\s*v1\.34\.0\s+3\s+50\s+<none>\s+<none>", _engine.Show("$sandbox", ("sandbox", sandbox)));
        Assert.Matches(@"TIME\s+VERB\s+RESOURCE\s+NAMESPACE\s+NAME\s+STATUS\s*\n[- ]+\n\s*\d\d:\d\d:\d\d\s+list\s+pods\s+default\s+200", _engine.Show("$null = Get-KubePod; Get-KubeSandboxRequest -Resource pods"));
    }

    [Fact]
    public void Listen_WritesAKubeconfig_ThatOnlyItsOwnerReads_AndStopRemovesIt()
    {
        KubeSandbox sandbox = Start("-Listen");
        string file = sandbox.Kubeconfig!;
        Assert.Equal("127.0.0.1", sandbox.Server!.Host);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        // Through the socket, as another program would.
        Assert.Equal("3", Good("@(Get-KubeNode -Kubeconfig $file).Count", ("file", file)).Single().ToString());
        Good("Stop-KubeSandbox");
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
        Assert.False(sandbox.IsRunning);
    }

    [Theory]
    [InlineData("'1.19'")]
    [InlineData("1.35")]
    [InlineData("'2.0'")]
    [InlineData("'1.28.x'")]
    [InlineData("latest")]
    public void AVersionThatCannotBe(string version)
    {
        ErrorRecord error = _engine.Run($"Start-KubeSandbox -Version {version}").Error;
        Refused(error, "KubeSandboxInvalid", ErrorCategory.InvalidArgument);
        Assert.Contains("1.20", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("KubeSandboxNotFound", Ids("Stop-KubeSandbox"));
    }

    [Fact]
    public void ASeed_OfTexts_Objects_AndHashtables_WithTheirNamespaces()
    {
        const string Yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {a: b}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{port: 80}]}\n";
        IReadOnlyList<PSObject> names = Good(
            "$yaml, @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = 's' } }, (New-KubeDeployment web nginx -Namespace shop -DryRun Client) | Start-KubeSandbox; Get-KubeResource configmap/settings, service/web, deployment/web -Namespace shop | ForEach-Object Name; (Get-KubeSecret s).Name; (Get-KubeNamespace shop).State",
            ("yaml", Yaml));
        Assert.Equal(["settings", "web", "web", "s", "Active"], names.Select(name => name.ToString()));
        Good("Stop-KubeSandbox");
    }

    [Theory]
    [InlineData("@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'NO' } }", "KubeSandboxInvalid", ErrorCategory.InvalidData, "lowercase RFC 1123")]
    [InlineData("@{ apiVersion = 'v9'; kind = 'Thing'; metadata = @{ name = 'a' } }", "KubeSandboxInvalid", ErrorCategory.InvalidData, "no matches for kind")]
    [InlineData("'kind: ['", "KubeManifestInvalid", ErrorCategory.ParserError, "-Seed, line")]
    public void ASeedThatCannotBe(string seed, string id, ErrorCategory category, string told)
    {
        ErrorRecord error = _engine.Run($"Start-KubeSandbox -Seed ({seed})").Error;
        Refused(error, id, category);
        Assert.Contains(told, error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Start-KubeSandbox -Seed 'kind: ['")]
    [InlineData("Start-KubeSandbox -Seed 42")]
    [InlineData("Start-KubeSandbox -Seed $null")]
    [InlineData("$null | Start-KubeSandbox")]
    [InlineData("Start-KubeSandbox -Seed nosuchfile.yaml")]
    [InlineData("Start-KubeSandbox -Seed 'not a manifest'")]
    [InlineData("Start-KubeSandbox -Version 1.19")]
    [InlineData("& { 'kind: Pod'; throw 'up' } | Start-KubeSandbox")]
    public void AFailedStart_EndsTheStatement_AndLeavesTheSessionWithoutACluster(string start)
    {
        using var folder = new TestKit.TempFolder();
        string real = folder.Write("config", "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]\nusers: []\ncontexts: [{name: prod, context: {cluster: c}}]\ncurrent-context: prod\n");
        EngineResult result = _engine.Run($"$null = Connect-KubeCluster -Kubeconfig $real; try {{ {start}; 'went on' }} catch {{ 'ended' }}", ("real", real));
        Assert.Equal("ended", Assert.Single(result.Output).ToString());
        Assert.Equal("KubeSandboxStopped", Ids("Get-KubeNode"));
        // A script that chooses its context is kept from it too.
        Assert.Equal("KubeSandboxStopped", Ids("Use-KubeContext prod -Kubeconfig $real 3>$null; Get-KubeNode"));
        Start();
        Assert.Equal("", Ids("Get-KubeNode"));
    }

    [Theory]
    [InlineData("Start-KubeSandbox -Seed \"$folder/a.yaml\"")]
    [InlineData("Start-KubeSandbox -Seed \"$folder/*.yaml\"")]
    [InlineData("$null = $ExecutionContext.SessionState.Path.SetLocation($folder); Start-KubeSandbox -Seed a.yaml; $null = $ExecutionContext.SessionState.Path.SetLocation('/')")]
    [InlineData("[IO.FileInfo]\"$folder/a.yaml\" | Start-KubeSandbox")]
    [InlineData("[IO.DirectoryInfo]$folder | Start-KubeSandbox")]
    [InlineData("[IO.File]::ReadAllLines(\"$folder/a.yaml\") | Start-KubeSandbox")]
    [InlineData("Start-KubeSandbox -Seed ([IO.File]::ReadAllLines(\"$folder/a.yaml\"))")]
    [InlineData("Start-KubeSandbox -Seed ([IO.File]::ReadAllText(\"$folder/a.yaml\"))")]
    [InlineData("[IO.File]::ReadAllText(\"$folder/a.yaml\") | ConvertFrom-KubeYaml | Start-KubeSandbox")]
    [InlineData("Start-KubeSandbox -Seed @{ apiVersion = 'v1'; kind = 'List'; items = @([IO.File]::ReadAllText(\"$folder/a.yaml\") | ConvertFrom-KubeYaml) }")]
    public void ASeed_IsTakenAsAnApplyTakesIt(string start)
    {
        using var folder = new TestKit.TempFolder();
        folder.Write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  files: |\n    x.yaml\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\n");
        IReadOnlyList<PSObject> names = Good($"{start}; (Get-KubeConfigMap one, two).Name; (Get-KubeConfigMap one).Data['files']; Stop-KubeSandbox", ("folder", folder.Path));
        Assert.Equal(["one", "two", "x.yaml\n"], names.Select(name => name.ToString()));
    }

    [Theory]
    [InlineData("Stop-KubeSandbox")]
    [InlineData("Get-KubeSandboxRequest")]
    [InlineData("Set-KubeSandboxFault get pods 500")]
    [InlineData("Set-KubeSandboxPod web-* -NeverReady")]
    public void WithoutASandbox(string command)
    {
        Refused(_engine.Run(command).Error, "KubeSandboxNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("ended", Good($"try {{ {command}; 'went on' }} catch {{ 'ended' }}").Single().ToString());
    }

    [Theory]
    [InlineData("Set-KubeSandboxFault patch deploymnets 409", "'deployments'")]
    [InlineData("Set-KubeSandboxFault patch deployments/sacle 409", "'deployments/scale'")]
    [InlineData("Set-KubeSandboxFault patch deploys* 409", "no resource 'deploys*'")]
    [InlineData("Get-KubeSandboxRequest patch deploymnets", "'deployments'")]
    [InlineData("Get-KubeSandboxRequest patch pods, nodez", "'nodes'")]
    [InlineData("Get-KubeSandboxRequest -Resource widgets", "no resource 'widgets'")]
    [InlineData("Set-KubeSandboxFault patch deployments", "not said what goes wrong")]
    [InlineData("Set-KubeSandboxPod web-*", "not said what the pods 'web-*' do")]
    [InlineData("Set-KubeSandboxPod web-* -Namespace shop", "not said what the pods 'web-*' do")]
    public void ASlip_EndsTheStatement(string command, string told)
    {
        Start();
        ErrorRecord error = _engine.Run(command).Error;
        Refused(error, "KubeInvalidArgument", ErrorCategory.InvalidArgument);
        Assert.Contains(told, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("ended", Good($"try {{ {command}; 'went on' }} catch {{ 'ended' }}").Single().ToString());
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("deploy")]
    [InlineData("deployments.apps")]
    [InlineData("deployments")]
    [InlineData("deploy*")]
    public void AResource_IsFoundByEachOfItsNames(string name)
    {
        Start();
        Good("$null = New-KubeDeployment web nginx");
        Good($"Set-KubeSandboxFault patch {name} 403 -Count 1");
        Assert.Equal("KubeForbidden", Ids("Set-KubeImage deployment/web -Image nginx:1.27"));
        Assert.Equal("403", Good($"(Get-KubeSandboxRequest patch {name}).StatusCode").Single().ToString());
        Good($"Get-KubeSandboxRequest -Clear; Set-KubeSandboxFault patch {name}/scale 403 -Count 1");
        Assert.Equal("KubeForbidden", Ids("Set-KubeScale deployment/web -Replicas 2"));
        Assert.Equal("403", Good($"(Get-KubeSandboxRequest patch {name}/scale).StatusCode").Single().ToString());
    }

    [Fact]
    public void APattern_IsForSubresourcesToo()
    {
        Start();
        Good("$null = New-KubeDeployment web nginx; Set-KubeSandboxFault patch deployments 403");
        Assert.Equal("", Ids("$null = Set-KubeScale deployment/web -Replicas 2"));
        Good("Set-KubeSandboxFault patch deployments* 403");
        Assert.Equal("KubeForbidden", Ids("Set-KubeScale deployment/web -Replicas 3"));
    }

    [Fact]
    public void KindsOfDefinitions_AndThoseThatTheSandboxLacks_AreNoSlips()
    {
        Start();
        Good("Set-KubeSandboxFault create pods/portforward 500; Set-KubeSandboxFault list runtimeclasses 500; Get-KubeSandboxRequest -Resource runtimeclasses, selfsubjectaccessreviews, '[pd]*'");
        Good("$null = $yaml | Invoke-KubeApply; Set-KubeSandboxFault list widgets 500; Get-KubeSandboxRequest list Widget", ("yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n"));
    }

    [Theory]
    [InlineData("Set-KubeSandboxFault patch deployments/", "deployments/scale,deployments/status")]
    [InlineData("Set-KubeSandboxFault -Resource pods/po", "pods/portforward")]
    [InlineData("Get-KubeSandboxRequest list nodes", "nodes,nodes/proxy,nodes/status")]
    [InlineData("Start-KubeSandbox -Version 1.2", "1.29,1.28,1.27,1.26,1.25,1.24,1.23,1.22,1.21,1.20")]
    public void Completions(string typed, string expected)
    {
        Assert.Equal(expected, Good("(TabExpansion2 $typed).CompletionMatches.CompletionText -join ','", ("typed", typed)).Single().ToString());
        Start();
        Assert.Equal(expected, Good("(TabExpansion2 $typed).CompletionMatches.CompletionText -join ','", ("typed", typed)).Single().ToString());
    }

    [Fact]
    public void WhatIf_ChangesNothing()
    {
        KubeSandbox sandbox = Start();
        EngineResult result = _engine.Run("Set-KubeSandboxFault '*' '*' 500 -WhatIf; Set-KubeSandboxPod '*' -NeverReady -WhatIf; Stop-KubeSandbox -WhatIf; Get-KubePod nope -IgnoreNotFound");
        Assert.Empty(result.Errors);
        Assert.Contains("What if", result.Screen, StringComparison.Ordinal);
        Assert.True(sandbox.IsRunning);
    }

    [Theory]
    [InlineData("get pods 404")]
    [InlineData("get pods -StatusCode 503 -RetryAfter 1 -Reason X -Message y -Delay 1s -Count 2 -Name a*")]
    [InlineData("get pods -Delay 2")]
    [InlineData("get pods -Delay 2 -Namespace kube-*")]
    [InlineData("get pods -Delay 2s -Count 1")]
    [InlineData("get pods -Cut -Delay 1s")]
    [InlineData("-Clear")]
    public void Fault_Binds(string parameters)
    {
        Start();
        Assert.Empty(Good($"Set-KubeSandboxFault {parameters}"));
    }

    [Theory]
    [InlineData("get pods 200")]
    [InlineData("get pods 600")]
    [InlineData("fetch pods 404")]
    [InlineData("get pods -Cut 404")]
    [InlineData("get pods 404 -Clear")]
    [InlineData("get pods 404 -Count 0")]
    public void Fault_ThatCannotBe(string parameters)
    {
        Start();
        Assert.IsAssignableFrom<ParameterBindingException>(_engine.Run($"Set-KubeSandboxFault {parameters}").Error.Exception);
    }

    [Fact]
    public void Faults_HappenAsOftenAsAsked_AndAreInTheLog()
    {
        Start();
        Good("Set-KubeSandboxFault create configmaps 403 -Message 'not you' -Count 1");
        ErrorRecord error = _engine.Run("New-KubeConfigMap a -Data @{ x = '1' }").Error;
        Assert.StartsWith("KubeForbidden,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("not you", error.Exception.Message, StringComparison.Ordinal);
        Good("New-KubeConfigMap a -Data @{ x = '1' }");
        Assert.Equal(["403", "201"], Good("(Get-KubeSandboxRequest create configmaps).StatusCode").Select(code => code.ToString()));
    }

    [Theory]
    [InlineData("Set-KubeSandboxFault list pods 401", "Get-KubePod", "KubeUnauthorized")]
    [InlineData("Set-KubeSandboxFault list pods 503", "Get-KubePod", "KubeServerError")]
    [InlineData("Set-KubeSandboxFault list pods 504", "Get-KubePod", "KubeTimeout")]
    [InlineData("Set-KubeSandboxFault get pods 410", "Get-KubePod a", "KubeExpired")]
    [InlineData("Set-KubeSandboxFault list pods -Cut", "Get-KubePod", "KubeResponseInvalid")]
    [InlineData("Set-KubeSandboxFault list pods -Delay 30s", "Get-KubePod -RequestTimeout 500ms", "KubeRequestTimeout")]
    [InlineData("Set-KubeSandboxFault create pods 409 -Reason AlreadyExists", "New-KubePod a nginx", "KubeAlreadyExists")]
    [InlineData("Set-KubeSandboxFault create pods 429", "New-KubePod a nginx", "KubeTooManyRequests")]
    [InlineData("Set-KubeSandboxFault create pods -Cut", "New-KubePod a nginx", "KubeResponseInvalid")]
    [InlineData("Set-KubeSandboxFault create pods -Cut -Count 1", "Get-KubePod", "")]
    [InlineData("Set-KubeSandboxFault list pods -Cut -Count 1", "Get-KubePod", "")]
    [InlineData("Set-KubeSandboxFault create pods 503 -RetryAfter 0 -Count 3", "New-KubePod a nginx", "")]
    [InlineData("Set-KubeSandboxFault list pods 500; Set-KubeSandboxFault -Clear", "Get-KubePod", "")]
    public void WhatAFaultIsInPSKube(string fault, string command, string id)
    {
        Start();
        Good(fault);
        Assert.Equal(id, Ids(command));
    }

    [Fact]
    public void AFaultOfANamespace_LeavesTheOthersAlone()
    {
        Start();
        Good("Set-KubeSandboxFault list pods 403 -Namespace kube-*");
        Assert.Equal("KubeForbidden", Ids("Get-KubePod -Namespace kube-system"));
        Assert.Equal("", Ids("Get-KubePod -Namespace default"));
        // A list over all namespaces names none.
        Assert.Equal("", Ids("Get-KubePod -AllNamespaces"));
    }

    [Fact]
    public void AFieldThatDoesNothing_IsToldOnceForEachObject()
    {
        Start();
        const string Told = "the sandbox stores spec.template.spec.topologySpreadConstraints and does nothing about it";
        const string Yaml = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: nginx}], topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: a}}}]}}}\n";
        string a = Yaml.Replace("NAME", "a", StringComparison.Ordinal), b = Yaml.Replace("NAME", "b", StringComparison.Ordinal);
        Assert.Equal([Told, Told], _engine.Run("$null = $a | Invoke-KubeApply; $null = $b | Invoke-KubeApply", ("a", a), ("b", b)).Warnings);
        Assert.Empty(_engine.Run("$null = $yaml | Invoke-KubeApply; $null = Set-KubeScale deployment/a -Replicas 2; $null = Set-KubeImage deployment/a -Image nginx:1.27; $null = Restart-KubeRollout deployment/a", ("yaml", a)).Warnings);
        Assert.Equal([Told], _engine.Run("$null = New-KubeDeployment c nginx -Overrides @{ spec = @{ template = @{ spec = @{ topologySpreadConstraints = @(@{ maxSkew = 1; topologyKey = 'zone'; whenUnsatisfiable = 'ScheduleAnyway' }) } } } }").Warnings);
    }

    [Fact]
    public void TheTopic_NamesEveryFieldThatDoesNothing()
    {
        string topic = File.ReadAllText(Path.Combine(Engine.RepositoryRoot, "docs", "en-US", "about_PSKube_Sandbox.help.txt"));
        string told = topic[topic.IndexOf("Fields that are checked and stored", StringComparison.Ordinal)..];
        Assert.All(InertFields.All, field => Assert.Contains(Named(field.Path), told, StringComparison.Ordinal));

        static string Named(string path) => path switch
        {
            "spec.resources.requests.storage" => "a larger request",
            "spec.taints[]" => "NoExecute",
            "spec.scopes[]" => "scopes PriorityClass",
            "spec.conversion" => "conversion by a webhook",
            _ when path.StartsWith("spec.behavior", StringComparison.Ordinal) => "behavior",
            _ when path.EndsWith("tolerations[]", StringComparison.Ordinal) => "tolerationSeconds",
            _ => path.Split('.')[^1].Replace("[]", "", StringComparison.Ordinal),
        };
    }

    [Fact]
    public void TheCurrentContext_IsTheSandbox()
    {
        KubeSandbox sandbox = Start("-Listen");
        string current = "(Get-KubeContext -Current | ForEach-Object { \"$($_.Name) $($_.Namespace) $($_.IsCurrent) $($_.Server)\" })";
        Assert.Equal($"sandbox default True {sandbox.Server!.GetLeftPart(UriPartial.Authority)}", Good(current).Single().ToString());
        Good("Use-KubeContext -Namespace kube-system");
        Assert.StartsWith("sandbox kube-system True", Good(current).Single().ToString(), StringComparison.Ordinal);
        // It is still this session's sandbox, of which the commands know.
        Assert.NotEmpty(Good("$null = Get-KubePod; Get-KubeSandboxRequest list pods"));
        // Among the contexts of a file none is in use; that of the file which the sandbox wrote is another way to it.
        Assert.Equal("sandbox True", Good("Get-KubeContext sandbox | ForEach-Object { \"$($_.Name) $($_.IsCurrent)\" }").Single().ToString());
        Good("Stop-KubeSandbox; Disconnect-KubeCluster");
        Assert.DoesNotContain(_engine.Run("Get-KubeContext -Current").Output, one => ((KubeContext)one.BaseObject).Source == "sandbox");
    }

    [Fact]
    public void UseKubeContext_StaysInTheSandbox_AndSaysSo()
    {
        using var folder = new TestKit.TempFolder();
        const string Config = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]\nusers: []\ncontexts: [{name: prod, context: {cluster: c}}, {name: test, context: {cluster: c}}]\ncurrent-context: test\n";
        string real = folder.Write("config", Config);
        Start();
        EngineResult result = _engine.Run("Use-KubeContext prod -Kubeconfig $real -Namespace kube-system; (Get-KubePod kube-proxy-*).Count; (Get-KubeContext -Current).Name", ("real", real));
        Assert.Empty(result.Errors);
        Assert.Equal(["3", "sandbox"], result.Output.Select(line => line.ToString()));
        Assert.Equal("This session stays with its sandbox; context 'prod' is not used. Disconnect-KubeCluster goes back to the kubeconfig.", Assert.Single(result.Warnings));
        result = _engine.Run("Use-KubeContext prod -Persist; Use-KubeContext nosuch; Use-KubeContext sandbox; @(Get-KubeNode).Count");
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Warnings.Count);
        Assert.Equal("3", result.Output.Single().ToString());
        Assert.Equal(Config, File.ReadAllText(real));
        result = _engine.Run("$null = Connect-KubeCluster prod -Kubeconfig $real; (Get-KubeContext -Current).Name");
        Assert.Equal("This session leaves its sandbox: its commands now reach 127.0.0.1:9.", Assert.Single(result.Warnings));
        Assert.Equal("prod", result.Output.Single().ToString());
    }

    [Fact]
    public void AConnection_AndARemoval_NameTheSandbox()
    {
        KubeSandbox sandbox = Start();
        Assert.Matches(@"CONTEXT.*\n[- ]+\n\s*sandbox\s", _engine.Show("Connect-KubeCluster -Sandbox $sandbox", ("sandbox", sandbox)));
        Assert.Contains("service/kubernetes in default (context sandbox)", _engine.Run("Remove-KubeService kubernetes -WhatIf").Screen, StringComparison.Ordinal);
        sandbox.Stop();
        using var other = new Engine();
        EngineResult result = other.Run("Connect-KubeCluster -Sandbox $sandbox", ("sandbox", sandbox));
        Refused(result.Error, "KubeSandboxStopped", ErrorCategory.ResourceUnavailable);
        Assert.Empty(result.Output);
        Assert.StartsWith("KubeSandboxStopped,", other.Run("Get-KubeNode").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramThatIsNotThere_EndsItsPodWithAStartError()
    {
        Start("-Speed 100");
        ErrorRecord error = _engine.Run("Invoke-KubePod busybox -Command nosuchcmd").Error;
        Assert.StartsWith("KubePodExitCode,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("128 (StartError)", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABodyInYaml_IsRead_AndItsSecretsAreMaskedInTheLog()
    {
        KubeSandbox sandbox = Start();
        using var client = new HttpClient(sandbox.Cluster.CreateHandler());
        using var yaml = new StringContent("# a comment\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  key: canary-79\n");
        yaml.Headers.ContentType = new("application/apply-patch+yaml");
        using HttpResponseMessage made = await client.PatchAsync(new Uri("http://sandbox.invalid/api/v1/namespaces/default/secrets/s?fieldManager=me"), yaml);
        Assert.Equal(System.Net.HttpStatusCode.Created, made.StatusCode);
        using var broken = new StringContent("apiVersion: v1\nkind: Secret\nstringData: {key: canary-80, [}\n");
        broken.Headers.ContentType = new("application/yaml");
        using HttpResponseMessage refused = await client.PostAsync(new Uri("http://sandbox.invalid/api/v1/namespaces/default/secrets"), broken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("error decoding YAML", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        KubeSandboxRequest[] requests = [.. Good("Get-KubeSandboxRequest -Resource secrets").Select(request => (KubeSandboxRequest)request.BaseObject)];
        Assert.Equal([201, 400], requests.Select(request => request.StatusCode));
        Assert.Contains("***", requests[0].Body, StringComparison.Ordinal);
        Assert.All(requests, request => Assert.DoesNotContain("canary", request.Body, StringComparison.Ordinal));
    }

    [Fact]
    public void TheRequestLog_MasksSecrets()
    {
        Start();
        Good("New-KubeSecret s -Data @{ password = 'canary-77' }; New-KubeConfigMap c -Data @{ a = 'shown' }; 'apiVersion: v1\nkind: Secret\nmetadata: {name: t}\nstringData: {key: canary-78}' | Invoke-KubeApply".Replace("\\n", "\n", StringComparison.Ordinal));
        KubeSandboxRequest[] requests = [.. Good("Get-KubeSandboxRequest create, patch").Select(request => (KubeSandboxRequest)request.BaseObject)];
        Assert.Equal(3, requests.Length);
        Assert.Contains("shown", requests[1].Body, StringComparison.Ordinal);
        Assert.All(requests, request => Assert.DoesNotContain("canary", request.ToString() + request.Body, StringComparison.Ordinal));
        // "canary-77" as it travels.
        Assert.All(requests, request => Assert.DoesNotContain("Y2FuYXJ5", request.Body!, StringComparison.Ordinal));
    }

    [Fact]
    public void TheRequestLog_IsFiltered_AndForgets()
    {
        Start();
        Good("$null = Get-KubePod; $null = Get-KubeNode; $null = Get-KubePod a, b -IgnoreNotFound");
        Assert.Equal(["list /api/v1/nodes"], Good("Get-KubeSandboxRequest list node* | ForEach-Object { \"$($_.Verb) $($_.Path)\" }").Select(line => line.ToString()));
        Assert.Equal(["b"], Good("(Get-KubeSandboxRequest -Name b).Name").Select(line => line.ToString()));
        Good("Get-KubeSandboxRequest -Clear");
        Assert.Empty(Good("Get-KubeSandboxRequest"));
    }

    [Fact]
    public void ASecondRunspace_ConnectsForItself()
    {
        KubeSandbox sandbox = Start();
        using var other = new Engine();
        Assert.StartsWith("KubeSandboxNotFound,", other.Run("Get-KubeSandboxRequest").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        EngineResult result = other.Run("$null = $sandbox | Connect-KubeCluster -Namespace kube-system; @(Get-KubePod kube-proxy-*).Count; Stop-KubeSandbox", ("sandbox", sandbox));
        Assert.Empty(result.Errors);
        Assert.Equal("3", result.Output.Single().ToString());
        // Whoever is still connected hears that it is gone; an empty answer would be a lie.
        Assert.Equal("KubeSandboxStopped", Ids("Get-KubePod"));
    }

    [Fact]
    public void StoppingTwice_DoesNoHarm()
    {
        KubeSandbox sandbox = Start("-Listen");
        Good("Stop-KubeSandbox -Sandbox $sandbox; Stop-KubeSandbox -Sandbox $sandbox", ("sandbox", sandbox));
        Assert.False(sandbox.IsRunning);
    }

    [Fact]
    public void ANamedSandbox_GoesBeforeTheSessions()
    {
        KubeSandbox first = Start("-Version 1.20"), second = Start();
        Good("$first | Stop-KubeSandbox", ("first", first));
        Assert.False(first.IsRunning);
        Assert.True(second.IsRunning);
        Assert.Empty(Good("Get-KubePod"));
    }

    [Fact]
    public void Exec_AnswersWhatWasSaid_TheLastWordFirst()
    {
        Start("-Speed 50");
        Good("Set-KubeSandboxPod web -Exec 'cat *' -StdOut first; Set-KubeSandboxPod web -Exec 'cat /a' -StdOut second -StdErr odd -ExitCode 3; $null = New-KubePod web nginx -Wait");
        Assert.Equal("first", Good("(Invoke-KubeExec web -Command cat, /b).StdOut").Single().ToString());
        EngineResult result = _engine.Run("Invoke-KubeExec web -Command cat, /a");
        Assert.StartsWith("KubeExecExitCode,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("second odd 3", Good("$r = $failed.TargetObject; \"$($r.StdOut) $($r.StdErr) $($r.ExitCode)\"", ("failed", result.Error)).Single().ToString());
    }
}
