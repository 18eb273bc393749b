using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PSKube.Config;
using PSKube.Resources;

namespace PSKube.Api;

/// <summary>
/// The first command of a process pays for what .NET compiles and loads for it: TLS, HTTP/2, the kubeconfig's reader, the model's
/// JSON; several times of what kubectl needs as a whole. So that it need not, all of it is gone through once behind the import,
/// while the user types: a list of pods over a connection that leads nowhere. No file is read, no address is asked, no program is
/// started. Where there is one processor only, or <c>PSKUBE_REHEARSAL</c> is <c>0</c>, nothing of it is done.
/// </summary>
internal static class Rehearsal
{
    private const string Kubeconfig = """
        apiVersion: v1
        kind: Config
        current-context: rehearsal
        clusters:
        - name: rehearsal
          cluster: {server: "http://rehearsal.invalid"}
        users:
        - name: rehearsal
          user: {token: none}
        contexts:
        - name: rehearsal
          context: {cluster: rehearsal, user: rehearsal}
        """;

    /// <summary>A certificate of nobody, whose key was thrown away: what is gone through is the checking.</summary>
    private const string Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBfzCCASWgAwIBAgIUH+b+rH009EbC4QRaWEYEbGIKKB8wCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJcmVoZWFyc2FsMCAXDTI2MTEyNTEzNTgxOFoYDzIxMjYxMTAx
        MTM1ODE4WjAUMRIwEAYDVQQDDAlyZWhlYXJzYWwwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASELQyNpr5QoEs3iW0ancyRxiniebyhFNYWB9NVk14NwoH1s/PZRs7N
        nhZq3aiXp5/h0UAOzJkvtmTbwy/35NMmo1MwUTAdBgNVHQ4EFgQUHjoT9T6DmmXR
        NgjTx+IssFK6iV4wHwYDVR0jBBgwFoAUHjoT9T6DmmXRNgjTx+IssFK6iV4wDwYD
        VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAo+vcfrsMrpPaEIrTIdorf
        FggqpZsTaps6WLT5G9mRRAIhAN1jkglSgb+uOkRkgEoC3qhILby1/VTGElZLysSr
        yrwZ
        -----END CERTIFICATE-----
        """;

    /// <summary>A pod with what most pods have.</summary>
    private const string Pods = """
        {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1","remainingItemCount":0},"items":[{"metadata":{"name":"a","generateName":"a-",
        "namespace":"n","uid":"u","resourceVersion":"1","creationTimestamp":"2024-01-01T00:00:00Z","labels":{"app":"a"},"annotations":{"a":"b"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"a","uid":"u","controller":true,"blockOwnerDeletion":true}],
        "managedFields":[{"manager":"m","operation":"Update","apiVersion":"v1","time":"2024-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}}]},
        "spec":{"volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
        {"configMap":{"name":"c","items":[{"key":"k","path":"p"}]}},{"downwardAPI":{"items":[{"path":"p","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}},
        {"name":"s","secret":{"secretName":"s","defaultMode":420}},{"name":"e","emptyDir":{}},{"name":"h","hostPath":{"path":"/","type":""}}],
        "initContainers":[{"name":"i","image":"i","resources":{}}],
        "containers":[{"name":"c","image":"i","command":["c"],"args":["a"],"ports":[{"name":"p","containerPort":80,"protocol":"TCP"}],"env":[{"name":"A","value":"b"},{"name":"B","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],
        "resources":{"limits":{"cpu":"100m","memory":"64Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},"volumeMounts":[{"name":"v","readOnly":true,"mountPath":"/v"}],
        "livenessProbe":{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10},"readinessProbe":{"exec":{"command":["c"]}},
        "terminationMessagePath":"/dev/termination-log","imagePullPolicy":"Always","securityContext":{"allowPrivilegeEscalation":false}}],
        "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","nodeSelector":{"a":"b"},"serviceAccountName":"default","nodeName":"n","securityContext":{},
        "affinity":{},"tolerations":[{"key":"k","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true},
        "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":"2024-01-01T00:00:00Z"}],"hostIP":"10.0.0.1","podIP":"10.0.0.2","podIPs":[{"ip":"10.0.0.2"}],
        "startTime":"2024-01-01T00:00:00Z","containerStatuses":[{"name":"c","state":{"running":{"startedAt":"2024-01-01T00:00:00Z"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2024-01-01T00:00:00Z"}},
        "ready":true,"restartCount":1,"image":"i","imageID":"i","containerID":"c","started":true}],"qosClass":"Burstable"}}]}
        """;

    private static readonly ClusterConfig Nowhere = new() { Server = new Uri("http://rehearsal.invalid"), Source = "rehearsal" };

    private static int _begun;

    /// <summary>Begins, once per process; returns at once.</summary>
    public static void Begin()
    {
        if (Environment.ProcessorCount < 2 || Environment.GetEnvironmentVariable("PSKUBE_REHEARSAL") == "0" || Interlocked.Exchange(ref _begun, 1) != 0) return;
        _ = Task.Run(() => QuietlyAsync(TrustAsync));
        _ = Task.Run(() => QuietlyAsync(ListAsync));
    }

    /// <summary>Reads the pods over a connection that leads nowhere, by the way of every read.</summary>
    internal static async Task<IReadOnlyList<object>> ListAsync(CancellationToken cancel)
    {
        var config = new ClusterConfig
        {
            Server = new Uri("http://rehearsal.invalid"),
            Source = "rehearsal",
            Transport = static () => new CredentialHandler(Nowhere, static _ => new Http2Only(new SocketsHttpHandler { UseProxy = false, ConnectCallback = static (_, _) => ValueTask.FromResult<Stream>(new RehearsalServer(Encoding.UTF8.GetBytes(Pods))) })),
        };
        var client = new KubeClient(ApiConnection.For(config), SilentObserver.Instance, TimeSpan.FromSeconds(10), "n");
        (List<object> items, _) = await client.ListAllAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, cancel).ConfigureAwait(false);
        return items;
    }

    /// <summary>Reads a kubeconfig, says hello to a server that hangs up, and checks a certificate.</summary>
    internal static async Task TrustAsync(CancellationToken cancel)
    {
        _ = KubeconfigFile.Parse("rehearsal", Kubeconfig);
        using var authority = X509Certificate2.CreateFromPem(Certificate);
        var trust = new ServerTrust(new ClusterConfig { Server = new Uri("https://rehearsal.invalid"), Source = "rehearsal", CertificateAuthority = [authority] });
        SslClientAuthenticationOptions options = trust.Options(Credential.None);
        options.TargetHost = "rehearsal.invalid";
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        using (var chain = new X509Chain { ChainPolicy = options.CertificateChainPolicy! }) chain.Build(authority);
        await using var stream = new SslStream(new HangsUp());
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // As it was to be.
        }
    }

    /// <summary>A rehearsal that fails costs the first command its time, and nothing else.</summary>
    private static async Task QuietlyAsync(Func<CancellationToken, Task> part)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await part(limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody has asked for it, so nobody is to hear of it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Asks in HTTP/2 from the first byte on, as it is done where TLS has agreed on it.</summary>
    private sealed class Http2Only(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Listens, and says nothing.</summary>
    private sealed class HangsUp : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(0);

        public override int Read(byte[] buffer, int offset, int count) => 0;
    }
}
