# Whom the cluster takes us for: rights that do not reach, credentials that ran out, and credentials that are renewed while we work.
BeforeDiscovery {
    $script:NoCluster = -not $env:PSKUBE_TEST_KUBECONFIG
    # Certificates and tokens with an end of our choice need the cluster's own keys, which cluster.sh leaves beside its kubeconfig.
    $script:NoKeys = $NoCluster -or -not (Test-Path (Join-Path (Split-Path $env:PSKUBE_TEST_KUBECONFIG) 'pki' 'ca.key'))
}

Describe 'Credentials on a cluster' -Tag Cluster, Real -Skip:$NoCluster {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $script:Space = "pskube-test-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        # What prepares and tidies up is the administrator's, whomever the session is connected as.
        $script:In = @{ Namespace = $Space; Kubeconfig = $env:PSKUBE_TEST_KUBECONFIG }
        New-KubeNamespace $Space -Kubeconfig $env:PSKUBE_TEST_KUBECONFIG | Out-Null
        @"
apiVersion: v1
kind: ServiceAccount
metadata: {name: viewer}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: editor}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: viewer, namespace: $Space}, {kind: User, name: $Space-viewer, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editor}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: editor, namespace: $Space}, {kind: User, name: $Space-editor, apiGroup: rbac.authorization.k8s.io}]
"@ | Invoke-KubeApply @In | Out-Null
        foreach ($name in 'a', 'b', 'c') { New-KubeConfigMap $name @{ key = 'value' } @In | Out-Null }

        $text = Get-Content -Raw $env:PSKUBE_TEST_KUBECONFIG
        $server = [regex]::Match($text, 'server: *(\S+)').Groups[1].Value
        $authority = [regex]::Match($text, '(certificate-authority(-data)?: *\S+)').Groups[1].Value
        # A kubeconfig in a folder of its own, whose user has these lines.
        function New-Config([string] $Name, [string] $User) {
            $folder = New-Item -ItemType Directory -Force (Join-Path $TestDrive $Name)
            $file = Join-Path $folder 'config'
            @"
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: '$server', $authority}}]
users:
- name: u
  user: $User
contexts: [{name: c, context: {cluster: c, user: u, namespace: $Space}}]
current-context: c
"@ | Set-Content $file
            $file
        }

        # A token that ends with the secret it stands in.
        function New-Token([string] $Account) {
            $name = "token-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
            "apiVersion: v1`nkind: Secret`nmetadata: {name: $name, annotations: {kubernetes.io/service-account.name: $Account}}`ntype: kubernetes.io/service-account-token" | Invoke-KubeApply @In | Out-Null
            $secret = Wait-KubeResource "secret/$name" -Property data.token -Timeout 30s @In
            [pscustomobject]@{ Secret = $name; Text = [Text.Encoding]::UTF8.GetString($secret.Data['token']) }
        }

        # Until the server refuses it; it remembers a token that it has just seen for some seconds.
        function Revoke-Token($Token) {
            Remove-KubeSecret $Token.Secret -Confirm:$false @In
            $file = New-Config revoked "{token: $($Token.Text)}"
            foreach ($try in 1..60) {
                try { Get-KubeConfigMap a -Kubeconfig $file -ErrorAction Stop | Out-Null } catch { if ($_.FullyQualifiedErrorId -like 'KubeUnauthorized,*') { return } }
                Start-Sleep -Milliseconds 500
            }
            throw 'The server still takes the token.'
        }

        if (Test-Path (Join-Path (Split-Path $env:PSKUBE_TEST_KUBECONFIG) 'pki' 'ca.key')) {
            $pki = Join-Path (Split-Path $env:PSKUBE_TEST_KUBECONFIG) 'pki'
            $ca = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile((Join-Path $pki 'ca.crt'), (Join-Path $pki 'ca.key'))
            function Set-ClientCertificate([string] $Folder, [string] $User, [DateTimeOffset] $Ends) {
                $key = [Security.Cryptography.RSA]::Create(2048)
                $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new("CN=$User", $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
                $use = [Security.Cryptography.OidCollection]::new()
                $null = $use.Add([Security.Cryptography.Oid]::new('1.3.6.1.5.5.7.3.2'))
                $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($use, $false))
                $certificate = $request.Create($ca, [DateTimeOffset]$ca.NotBefore, $Ends, [guid]::NewGuid().ToByteArray())
                [IO.File]::WriteAllText((Join-Path $Folder 'client.key'), $key.ExportPkcs8PrivateKeyPem())
                [IO.File]::WriteAllText((Join-Path $Folder 'client.crt'), $certificate.ExportCertificatePem())
            }
        }
    }
    AfterAll {
        Disconnect-KubeCluster
        if ($Space) { Remove-KubeNamespace $Space -Confirm:$false -Kubeconfig $env:PSKUBE_TEST_KUBECONFIG }
    }
    AfterEach { Disconnect-KubeCluster }

    It 'who may only look is refused object by object, and the pipeline goes on' {
        $file = New-Config viewer "{token: $((New-Token viewer).Text)}"
        $seen = Get-KubeConfigMap a, b -Kubeconfig $file | ForEach-Object { $_ | Remove-KubeConfigMap -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable +refused; $_.Name }
        $seen | Should -Be 'a', 'b'
        Get-KubeConfigMap a, b -Kubeconfig $file | Remove-KubeConfigMap -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable +refused
        $refused | ForEach-Object { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.TargetObject.Kind)/$($_.TargetObject.Name) $($_.Exception.MayHaveBeenMade)" } |
            Should -Be (@('a', 'b', 'a', 'b') | ForEach-Object { "KubeForbidden,PSKube.Commands.ConfigMaps.RemoveKubeConfigMapCommand PermissionDenied ConfigMap/$_ False" })
        (Get-KubeConfigMap a, b -Kubeconfig $file).Name | Should -Be 'a', 'b'
    }

    It 'a kind that may not be read does not hide the others' {
        $file = New-Config reader "{token: $((New-Token viewer).Text)}"
        $read = 'secret', 'configmap', 'node', 'serviceaccount' | ForEach-Object { Get-KubeResource $_ -Kubeconfig $file -ErrorAction SilentlyContinue -ErrorVariable +refused }
        $read.Name | Should -Contain 'a'
        $read.Name | Should -Contain 'editor'
        $refused.CategoryInfo.Category | Should -Be 'PermissionDenied', 'PermissionDenied'
        $refused.TargetObject.Kind | Should -Be 'Secret', 'Node'
        $applied = 'x', 'y' | ForEach-Object { @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = $_ } } } | Invoke-KubeApply -Kubeconfig $file -ErrorAction SilentlyContinue -ErrorVariable +unmade
        $applied | Should -BeNullOrEmpty
        $unmade.TargetObject.Name | Should -Be 'x', 'y'
    }

    It 'a refusal that comes out of a job keeps what a script branches on: <How>' -ForEach @{ How = 'Start-Job' }, @{ How = 'Start-ThreadJob' } {
        $file = New-Config "job-$How" "{token: $((New-Token viewer).Text)}"
        $job = & $How { Import-Module $using:ModulePath; Get-KubeConfigMap a, b -Kubeconfig $using:file | Remove-KubeConfigMap -Confirm:$false }
        $null = $job | Receive-Job -Wait -AutoRemoveJob -ErrorVariable refused -ErrorAction SilentlyContinue
        $refused.FullyQualifiedErrorId | Should -BeLike 'KubeForbidden,*'
        $refused.CategoryInfo.Category | Should -Be 'PermissionDenied', 'PermissionDenied'
        $refused.TargetObject.Name | Should -Be 'a', 'b'
    }

    It 'a token that was revoked is KubeUnauthorized and ends the command' {
        $token = New-Token viewer
        Revoke-Token $token
        $file = New-Config gone "{token: $($token.Text)}"
        # Not an error of each object: it ends the command however errors are taken.
        $failure = { Get-KubeConfigMap a, b -Kubeconfig $file -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'KubeUnauthorized,*' -ExpectedMessage '*did not accept the credentials*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'AuthenticationError'
        "$($failure | Format-List * -Force | Out-String)" | Should -Not -Match ([regex]::Escape($token.Text))
    }

    It 'a token and a certificate that ran out are KubeUnauthorized, as documented' -Skip:$NoKeys {
        function ConvertTo-Base64Url([byte[]] $Bytes) { [Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
        $account = Get-KubeResource serviceaccount/viewer @In
        $key = [Security.Cryptography.RSA]::Create()
        $key.ImportFromPem((Get-Content -Raw (Join-Path $pki 'sa.key')))
        function New-OwnToken([DateTimeOffset] $Ends) {
            $head = ConvertTo-Base64Url ([Text.Encoding]::UTF8.GetBytes('{"alg":"RS256"}'))
            $claims = @{ iss = 'https://kubernetes.default.svc'; aud = @('https://kubernetes.default.svc'); iat = $Ends.AddHours(-1).ToUnixTimeSeconds(); nbf = $Ends.AddHours(-1).ToUnixTimeSeconds(); exp = $Ends.ToUnixTimeSeconds(); sub = "system:serviceaccount:$Space`:viewer"; 'kubernetes.io' = @{ namespace = $Space; serviceaccount = @{ name = 'viewer'; uid = $account.Metadata.Uid } } } | ConvertTo-Json -Compress -Depth 5
            $body = "$head.$(ConvertTo-Base64Url ([Text.Encoding]::UTF8.GetBytes($claims)))"
            "$body.$(ConvertTo-Base64Url ($key.SignData([Text.Encoding]::ASCII.GetBytes($body), 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)))"
        }
        # The same one with time left is taken: it is the time that is refused.
        (Get-KubeConfigMap a -Kubeconfig (New-Config fresh "{token: $(New-OwnToken ([DateTimeOffset]::UtcNow.AddMinutes(30)))}")).Name | Should -Be 'a'
        { Get-KubeConfigMap a -Kubeconfig (New-Config stale "{token: $(New-OwnToken ([DateTimeOffset]::UtcNow.AddMinutes(-5)))}") -ErrorAction Stop } | Should -Throw -ErrorId 'KubeUnauthorized,*'

        $file = New-Config certificate '{client-certificate: client.crt, client-key: client.key}'
        Set-ClientCertificate (Split-Path $file) "$Space-viewer" ([DateTimeOffset]::UtcNow.AddDays(1))
        (Get-KubeConfigMap a -Kubeconfig $file).Name | Should -Be 'a'
        $late = New-Config ended '{client-certificate: client.crt, client-key: client.key}'
        Set-ClientCertificate (Split-Path $late) "$Space-viewer" ([DateTimeOffset]$ca.NotBefore.AddSeconds(1))
        $failure = { Get-KubeConfigMap a -Kubeconfig $late -ErrorAction Stop } | Should -Throw -ErrorId 'KubeUnauthorized,*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'AuthenticationError'
    }

    It 'a token file that is renewed counts at once when the old token is refused' {
        $old = New-Token viewer
        $file = New-Config rotated '{tokenFile: token}'
        $tokenFile = Join-Path (Split-Path $file) 'token'
        $old.Text | Set-Content $tokenFile
        Connect-KubeCluster -Kubeconfig $file | Out-Null
        (Get-KubeConfigMap a).Name | Should -Be 'a'
        { New-KubeConfigMap by-token-file @{ a = 'b' } -ErrorAction Stop } | Should -Throw -ErrorId 'KubeForbidden,*'
        (New-Token editor).Text | Set-Content $tokenFile
        Revoke-Token $old
        (New-KubeConfigMap by-token-file @{ a = 'b' }).Name | Should -Be 'by-token-file'
    }

    It 'a plugin is asked anew when its token is refused, once' -Skip:$IsWindows {
        $old = New-Token viewer
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'plugin')
        $old.Text | Set-Content (Join-Path $folder 'token')
        $plugin = Join-Path $folder 'plugin'
        "#!/bin/sh`necho run >> '$folder/runs'`nprintf '{`"apiVersion`":`"client.authentication.k8s.io/v1`",`"kind`":`"ExecCredential`",`"status`":{`"token`":`"%s`"}}' `"`$(cat '$folder/token')`"" | Set-Content $plugin
        chmod +x $plugin
        $file = New-Config plugin-config "{exec: {apiVersion: client.authentication.k8s.io/v1, command: '$plugin', interactiveMode: Never}}"
        Connect-KubeCluster -Kubeconfig $file -TrustKubeconfig | Out-Null
        (Get-KubeConfigMap a).Name | Should -Be 'a'
        (Get-KubeConfigMap b).Name | Should -Be 'b'
        Get-Content (Join-Path $folder 'runs') | Should -HaveCount 1
        (New-Token editor).Text | Set-Content (Join-Path $folder 'token')
        Revoke-Token $old
        (New-KubeConfigMap by-plugin @{ a = 'b' }).Name | Should -Be 'by-plugin'
        Get-Content (Join-Path $folder 'runs') | Should -HaveCount 2
    }

    It 'a client certificate that is renewed counts at once when the old one is refused' -Skip:$NoKeys {
        $file = New-Config renewed '{client-certificate: client.crt, client-key: client.key}'
        $ends = [DateTimeOffset]::UtcNow.AddSeconds(15)
        Set-ClientCertificate (Split-Path $file) "$Space-viewer" $ends
        Connect-KubeCluster -Kubeconfig $file | Out-Null
        (Get-KubeConfigMap a).Name | Should -Be 'a'
        Set-ClientCertificate (Split-Path $file) "$Space-editor" ([DateTimeOffset]::UtcNow.AddDays(1))
        while ([DateTimeOffset]::UtcNow -le $ends.AddSeconds(1)) { Start-Sleep -Milliseconds 200 }
        (New-KubeConfigMap by-certificate @{ a = 'b' }).Name | Should -Be 'by-certificate'
    }
}
