# The cases of the engine (docs/security-cases.md): runspaces, removal, language mode, cultures, jobs; on the packed module, with servers that count.
BeforeDiscovery { $script:NoPlatyPS = -not (Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS) }

Describe 'Engine' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:FaultServer = Join-Path $RepositoryRoot 'out' 'test-assets' 'PSKube.FaultServer.dll'
        if (-not (Test-Path $FaultServer)) { throw "Run 'dotnet build tests/PSKube.FaultServer' first." }
        Add-Type -Path $FaultServer
        $script:Servers = [Collections.Generic.List[IDisposable]]::new()

        # A server whose only pods are called after it, and a kubeconfig that leads there.
        function New-Server([string] $Name) {
            $pods = foreach ($i in 1, 2) { @{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = "$Name-$i"; namespace = 'default'; uid = "$Name-$i"; resourceVersion = "$i" }; spec = @{ containers = @(@{ name = 'a'; image = 'x'; resources = @{ limits = @{ cpu = '0.5'; memory = '1.5Gi' } } }) }; status = @{ phase = 'Running' } } }
            $list = @{ kind = 'PodList'; apiVersion = 'v1'; metadata = @{ resourceVersion = '7' }; items = @($pods) } | ConvertTo-Json -Depth 12 -Compress
            $server = [PSKube.FaultServer.ScriptedServer]::Always([PSKube.FaultServer.ScriptedReply]::Ok($list))
            $Servers.Add($server)
            $file = Join-Path $TestDrive "config-$Name"
            $server.Kubeconfig($null, "token: token-of-$Name", '') | Set-Content $file
            [pscustomobject]@{ Name = $Name; Server = $server; File = $file }
        }
    }
    AfterAll { foreach ($server in $Servers) { $server.Dispose() } }

    It 'T69: thirty-two runspaces with a hundred calls each stay on their own of two clusters' {
        $red = New-Server red
        $blue = New-Server blue
        $files = @{ red = $red.File; blue = $blue.File }
        $seen = 1..32 | ForEach-Object -ThrottleLimit 32 -TimeoutSeconds 400 -Parallel {
            $ErrorActionPreference = 'Stop'
            Import-Module $using:ModulePath
            $mine = ('red', 'blue')[$_ % 2]
            Connect-KubeCluster -Kubeconfig ($using:files)[$mine] | Out-Null
            $names = foreach ($i in 1..100) { (Get-KubePod).Name }
            "$mine`: $($names.Count) $($names | Sort-Object -Unique)"
        }
        $seen | Group-Object | Sort-Object Name | ForEach-Object { "$($_.Count) x $($_.Name)" } | Should -Be '16 x blue: 200 blue-1 blue-2', '16 x red: 200 red-1 red-2'
        foreach ($cluster in $red, $blue) {
            $pods = @($cluster.Server.Requests | Where-Object Path -EQ '/api/v1/namespaces/default/pods')
            $pods | Should -HaveCount 1600
            $pods | ForEach-Object { $_.Headers['Authorization'] } | Sort-Object -Unique | Should -BeExactly "Bearer token-of-$($cluster.Name)"
        }
    }

    It 'T70: the module can be removed while a watch of its runs, and imported again' {
        $one = New-Server watched
        $lines = Invoke-Fresh @"
            Import-Module '$ModulePath'
            Watch-KubeResource pod -Kubeconfig '$($one.File)' | ForEach-Object { if (Get-Module PSKube) { Remove-Module PSKube }; `$_.Name } | Select-Object -First 2
            [bool](Get-Command Get-KubePod -ErrorAction Ignore)
            Import-Module '$ModulePath'
            (Get-KubePod -Kubeconfig '$($one.File)').Name
"@
        $lines | Should -Be 'watched-1', 'watched-2', 'False', 'watched-1', 'watched-2'
    }

    It 'T70: another version beside the one that is loaded is refused, and the loaded one works on' {
        $other = Join-Path $TestDrive 'other' 'PSKube'
        Copy-Item (Split-Path $ModulePath) $other -Recurse
        $manifest = Join-Path $other 'PSKube.psd1'
        (Get-Content $manifest -Raw) -replace "(?m)^(\s*ModuleVersion\s*=\s*)'[^']+'", "`$1'99.0.0'" | Set-Content $manifest
        $lines = Invoke-Fresh @"
            Import-Module '$ModulePath'
            try { Import-Module '$manifest'; 'imported' } catch { `$_.Exception.Message }
            (New-KubePod a nginx -DryRun Client).Name
"@
        $lines | Should -Not -Contain 'imported'
        $lines -join ' ' | Should -Match 'already'
        $lines[-1] | Should -Be 'a'
    }

    It 'T71: works beside PlatyPS, which brings a YamlDotNet, imported <when>' -Skip:$NoPlatyPS -ForEach @{ When = 'first' }, @{ When = 'last' } {
        $ours = "Import-Module '$ModulePath'; (New-KubePod a nginx -DryRun Client | ConvertTo-KubeYaml | ConvertFrom-KubeYaml).Name"
        $theirs = "Import-Module Microsoft.PowerShell.PlatyPS; (Import-MarkdownCommandHelp '$(Join-Path $RepositoryRoot 'docs' 'en-US' 'Get-KubePod.md')').Title"
        $script = if ($When -eq 'first') { "$theirs; $ours; $theirs" } else { "$ours; $theirs; $ours" }
        Invoke-Fresh $script | Should -Be $(if ($When -eq 'first') { 'Get-KubePod', 'a', 'Get-KubePod' } else { 'a', 'Get-KubePod', 'a' })
    }

    It 'T72: works in a session of the Constrained Language Mode that it was imported <when>' -ForEach @{ When = 'before' }, @{ When = 'after' } {
        $one = New-Server "constrained-$When"
        $import = "Import-Module '$ModulePath'"
        $constrain = '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"'
        $lines = Invoke-Fresh @"
            $($When -eq 'before' ? "$import; $constrain" : "$constrain; $import")
            "`$(`$ExecutionContext.SessionState.LanguageMode)"
            (New-KubePod a nginx -DryRun Client | ConvertTo-KubeYaml | ConvertFrom-KubeYaml).Name
            (Get-KubePod -Kubeconfig '$($one.File)').Name
            (Get-KubePod -Kubeconfig '$($one.File)').Ready
            try { Get-KubePod .. -Kubeconfig '$($one.File)' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }
            Get-KubePod -Kubeconfig '$($one.File)' | Out-String -Width 200
            New-KubeDeployment w nginx -Replicas 2 -DryRun Client | Format-Table -View Wide | Out-String -Width 200
            Get-KubePod -Kubeconfig '$($one.File)' | Select-Object -First 1 | Get-KubeDescription | Out-String
            Get-KubeContext -Kubeconfig '$($one.File)' | Out-String -Width 200
            (`$Error | Where-Object { "`$(`$_.FullyQualifiedErrorId)" -like '*ConstrainedLanguage*' }).Count
"@
        $lines[0..6] | Should -Be 'ConstrainedLanguage', 'a', "constrained-$When-1", "constrained-$When-2", '0/1', '0/1', 'KubeInvalidName,PSKube.Commands.Pods.GetKubePodCommand'
        $shown = ConvertTo-PlainTable $lines[7..200]
        $shown[0..4] -replace ' \S+$' | Should -Be 'NAME READY STATUS RESTARTS', "constrained-$When-1 0/1 Running 0", "constrained-$When-2 0/1 Running 0", 'NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES', 'w 0/2 0 0 <unknown> nginx nginx'
        $shown | Should -Contain 'Node: <none>'
        $shown -match '^CURRENT NAME CLUSTER USER' | Should -HaveCount 1
        $shown[-1] | Should -Be '0'
    }

    It 'T73: says the same in every culture' {
        $one = New-Server culture
        $script = @'
            Import-Module 'MODULE'
            function Get-All {
                $pod = New-KubePod Istanbul.i nginx -Resources @{ limits = @{ cpu = 0.5; memory = '1.5Gi' }; requests = @{ cpu = '100m' } } -DryRun Client -ErrorAction SilentlyContinue -ErrorVariable wrong
                $wrong.Exception.Message
                $pod = New-KubePod i nginx -Resources @{ limits = @{ cpu = 0.5; memory = '1.5Gi' }; requests = @{ cpu = '100m' } } -DryRun Client
                $pod | ConvertTo-KubeYaml
                $pod | ConvertTo-KubeYaml | ConvertFrom-KubeYaml | ConvertTo-KubeYaml
                "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: i}`ndata: {a: '1.5', b: '1e3', c: 'I'}" | ConvertFrom-KubeYaml | ConvertTo-KubeYaml
                Get-KubePod -Kubeconfig 'FILE' | Out-String -Width 200
                (Get-KubePod culture-1 -Kubeconfig 'FILE' -RequestTimeout 1.5m).Name
                Get-KubePod -Kubeconfig 'FILE' | ConvertTo-KubeYaml
                New-KubeCronJob i busybox '*/5 * * * *' -DryRun Client | ConvertTo-KubeDeployment -WarningAction SilentlyContinue | ConvertTo-KubeYaml
                Wait-KubeResource POD/culture-1 -Kubeconfig 'FILE' -Timeout 0 -Condition Ready -ErrorAction SilentlyContinue -ErrorVariable late
                $late.Exception.Message
            }
            foreach ($name in '', 'en-US', 'de-DE', 'tr-TR', 'az-Latn-AZ', 'sv-SE', 'ar-SA', 'fa-IR', 'th-TH', 'hi-IN') {
                $culture = [cultureinfo]::GetCultureInfo($name)
                [cultureinfo]::DefaultThreadCurrentCulture = [cultureinfo]::DefaultThreadCurrentUICulture = $culture
                [cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = $culture
                $all = (Get-All | Out-String) -replace 'creationTimestamp: .*'
                if ($name -eq '') { $first = $all; "$($all.Length -gt 1500) $(('i'.ToUpper([cultureinfo]'tr-TR')) -ne 'I') $(1.5.ToString([cultureinfo]'de-DE'))" }
                "$name $($all -ceq $first)"
                if ($all -cne $first) { Compare-Object ($first -split "`n") ($all -split "`n") | Out-String }
            }
'@.Replace('MODULE', $ModulePath).Replace('FILE', $one.File)
        $lines = Invoke-Fresh $script
        $lines[0] | Should -Be 'True True 1,5'
        $lines[1..100] | Should -Be ('', 'en-US', 'de-DE', 'tr-TR', 'az-Latn-AZ', 'sv-SE', 'ar-SA', 'fa-IR', 'th-TH', 'hi-IN' | ForEach-Object { "$_ True" })
    }

    It 'T74: what comes out of a job is an object still, and goes back to its cluster' {
        $one = New-Server job
        $job = Start-Job {
            Import-Module $using:ModulePath
            Get-KubePod -Kubeconfig ($using:one).File
            New-KubeDeployment w nginx -Resources @{ limits = @{ cpu = '0.5' } } -DryRun Client
            Get-KubePod .. -Kubeconfig ($using:one).File
        }
        $out = $job | Receive-Job -Wait -AutoRemoveJob -ErrorVariable failures -ErrorAction SilentlyContinue
        $out | Should -HaveCount 3
        $out[0].PSObject.TypeNames[0] | Should -BeLike 'Deserialized.*'
        ($out[2] | ConvertTo-KubeYaml) | Should -Be (New-KubeDeployment w nginx -Resources @{ limits = @{ cpu = '0.5' } } -DryRun Client | ConvertTo-KubeYaml)
        $out[0].Spec.Containers[0].Resources.Limits['cpu'].ToString() | Should -Be '500m'
        $failures | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'KubeInvalidName,*'
        $failures[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
        $out[0] | Remove-KubePod -Kubeconfig $one.File -Confirm:$false
        $delete = @($one.Server.Requests | Where-Object Method -EQ DELETE)
        $delete | Should -HaveCount 1
        $delete[0].Path | Should -Be '/api/v1/namespaces/default/pods/job-1'
        $delete[0].Body | Should -Match '"uid":"job-1"'
    }

    It 'T74: errors that come out of <How> keep what a script branches on' -ForEach @{ How = 'Start-Job' }, @{ How = 'Start-ThreadJob' } {
        $refusing = [PSKube.FaultServer.ScriptedServer]::Always([PSKube.FaultServer.ScriptedReply]::Refuse(403, 'Forbidden', 'you may not'))
        $failing = [PSKube.FaultServer.ScriptedServer]::Always([PSKube.FaultServer.ScriptedReply]::Refuse(504, 'Timeout', 'etcd did not answer'))
        $Servers.Add($refusing)
        $Servers.Add($failing)
        $files = foreach ($server in $refusing, $failing) { $file = Join-Path $TestDrive "$How-$([guid]::NewGuid())"; $server.Kubeconfig() | Set-Content $file; $file }
        $job = & $How {
            Import-Module $using:ModulePath
            Get-KubePod a, b -Kubeconfig ($using:files)[0]
            New-KubePod c nginx -Kubeconfig ($using:files)[1]
        }
        $null = $job | Receive-Job -Wait -AutoRemoveJob -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.FullyQualifiedErrorId | Should -Be 'KubeForbidden,PSKube.Commands.Pods.GetKubePodCommand', 'KubeForbidden,PSKube.Commands.Pods.GetKubePodCommand', 'KubeTimeout,PSKube.Commands.Pods.NewKubePodCommand'
        $failures.CategoryInfo.Category | Should -Be 'PermissionDenied', 'PermissionDenied', 'OperationTimeout'
        $failures.TargetObject.Name | Should -Be 'a', 'b', 'c'
        $failures.TargetObject.Kind | Should -Be 'Pod', 'Pod', 'Pod'
        # Of a process of its own comes a copy of the exception, with its properties.
        $exceptions = $failures.Exception | ForEach-Object { $_ -is [Management.Automation.RemoteException] ? $_.SerializedRemoteException : $_ }
        $exceptions.StatusCode | Should -Be 403, 403, 504
        $exceptions.MayHaveBeenMade | Should -Be $false, $false, $true
        $failures[2].ErrorDetails.RecommendedAction | Should -BeLike 'The change may have been made*'
    }

    It 'T74: an object that was serialized as remoting does shows the same table' {
        $one = New-Server remote
        $all = @(Get-KubePod -Kubeconfig $one.File) + @(New-KubeDeployment w nginx -Replicas 2 -DryRun Client) + @(New-KubeService s -Port 80 -DryRun Client) + @(New-KubeConfigMap m @{ a = 'b' } -DryRun Client)
        foreach ($kind in $all | Group-Object { $_.Kind }) {
            $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($kind.Group, 1))
            $back[0].PSObject.TypeNames[0] | Should -BeLike 'Deserialized.*'
            $shown = ConvertTo-PlainTable $back
            $shown[0] | Should -Match '^NAME '
            $shown | Should -Be (ConvertTo-PlainTable $kind.Group)
        }
        $event = Watch-KubeResource pod -Kubeconfig $one.File | Select-Object -First 1
        ConvertTo-PlainTable ([Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($event, 1))) | Should -Be (ConvertTo-PlainTable $event)
    }

    It 'T87: what is known of a server stays in memory' {
        $one = New-Server memory
        $folders = foreach ($command in '', "Get-KubeResource nothing -Kubeconfig '$($one.File)' -ErrorAction Ignore; Get-KubePod -Kubeconfig '$($one.File)' | Out-Null") {
            $folder = New-Item -ItemType Directory (Join-Path $TestDrive "home-$([guid]::NewGuid().ToString('n'))")
            $saved = $env:HOME, $env:XDG_CACHE_HOME, $env:XDG_DATA_HOME, $env:TMPDIR
            try {
                $env:HOME, $env:XDG_CACHE_HOME, $env:XDG_DATA_HOME, $env:TMPDIR = $folder.FullName, $null, $null, $folder.FullName
                Invoke-Fresh "Import-Module '$ModulePath'; $command" | Should -BeNullOrEmpty
            }
            finally { $env:HOME, $env:XDG_CACHE_HOME, $env:XDG_DATA_HOME, $env:TMPDIR = $saved }
            $folder
        }
        $one.Server.Requests.Path | Should -Contain '/apis'
        # PowerShell keeps notes of its own; ours would have the server's name or words, or a file more.
        $files = @(Get-ChildItem $folders[1] -Recurse -File)
        $files | Where-Object { $_.FullName -match 'pskube|kube|127\.0\.0\.1' } | Should -BeNullOrEmpty
        $files | Where-Object { (Get-Content $_ -Raw) -match 'memory-1|token-of-memory' } | Should -BeNullOrEmpty
    }
}
