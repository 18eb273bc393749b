using System.Management.Automation;
using System.Text.Json;
using k8s.Models;
using PSKube.Output;
using PSKube.Output.Describe;
using PSKube.Resources;

namespace PSKube.Tests.Output;

/// <summary>Descriptions, line for line as kubectl 1.32 prints them.</summary>
public class DescribeTests
{
    private const string Meta = """ "metadata":{"name":"web","namespace":"shop","uid":"u1","creationTimestamp":"2026-01-02T03:04:05Z","labels":{"b":"2","a":"1"},"annotations":{"note":"one"}}""";
    private const string Template = """ "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"nginx:1"}]}}""";
    private const string Selector = """ "selector":{"matchLabels":{"app":"web"}}""";

    private static readonly DescribeFacts Facts = new() { Now = new DateTime(2026, 1, 2, 4, 4, 5, DateTimeKind.Utc), Zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(2), "east", "east") };

    private static object Read(string json)
    {
        JsonElement element = JsonDocument.Parse(json).RootElement;
        return ResourceJson.Decode(element, element.GetProperty("apiVersion").GetString()!, element.GetProperty("kind").GetString()!);
    }

    private static T Read<T>(string json) => (T)Read(json);

    private static KubeDescription Describe(string apiVersion, string kind, string fields, DescribeFacts? facts = null) => Describer.Describe(Read($$$$$"""{"apiVersion":"{{{{{apiVersion}}}}}","kind":"{{{{{kind}}}}}",{{{{{fields}}}}}}"""), facts ?? Facts);

    private static V1Pod Pod(string phase, string name = "p") => Read<V1Pod>($$$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{{name}}}}}"},"status":{"phase":"{{{{{phase}}}}}"}}""");

    private static void Same(string expected, object description)
    {
        string[] lines = [.. description.ToString()!.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd(' '))];
        Assert.Equal(expected.Split('\n'), lines);
    }

    /// <summary>One line, however wide its columns are.</summary>
    private static void Has(string line, object description)
    {
        Assert.Contains(line, description.ToString()!.Split('\n').Select(text => System.Text.RegularExpressions.Regex.Replace(text, " {2,}", "  ")));
    }

    private static Corev1Event Event(string fields) => Read<Corev1Event>($$$$$"""{"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},{{{{{fields}}}}}}""");

    [Fact]
    public void APod()
    {
        string spec = """
            "spec":{"nodeName":"node-1","priority":0,"serviceAccountName":"default","nodeSelector":{"disk":"ssd"},
            "tolerations":[{"key":"z","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"a","value":"b","effect":"NoSchedule"},{"operator":"Exists"}],
            "topologySpreadConstraints":[{"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","maxSkew":2,"labelSelector":{"matchLabels":{"app":"web"}}}],
            "readinessGates":[{"conditionType":"gate"}],
            "initContainers":[{"name":"prepare","image":"busybox","command":["sh","-c","echo 1\necho 2"]}],
            "containers":[{"name":"main","image":"nginx:1","args":["-g"],"ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":53,"hostPort":53,"protocol":"UDP"}],
              "resources":{"limits":{"memory":"64Mi","cpu":"100m"},"requests":{"cpu":"10m"}},
              "livenessProbe":{"httpGet":{"path":"/ok","port":8080,"scheme":"HTTPS"},"initialDelaySeconds":3,"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},
              "readinessProbe":{"exec":{"command":["cat","/x"]},"timeoutSeconds":1,"periodSeconds":5,"successThreshold":1,"failureThreshold":3},
              "startupProbe":{"tcpSocket":{"port":"http"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":30},
              "envFrom":[{"configMapRef":{"name":"conf"}},{"prefix":"S_","secretRef":{"name":"sec","optional":true}}],
              "env":[{"name":"PLAIN","value":"one\ntwo"},{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"sec","key":"pw"}}},{"name":"MODE","valueFrom":{"configMapKeyRef":{"name":"conf","key":"mode","optional":true}}},
                {"name":"SELF","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}},{"name":"LABEL","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.labels['a']"}}},{"name":"CPU","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}}],
              "volumeMounts":[{"name":"data","mountPath":"/data","subPath":"sub"},{"name":"conf","mountPath":"/conf","readOnly":true}],"volumeDevices":[{"name":"disk","devicePath":"/dev/x"}]}],
            "volumes":[{"name":"conf","configMap":{"name":"conf"}},{"name":"sec","secret":{"secretName":"sec","optional":true}},{"name":"tmp","emptyDir":{}},{"name":"data","persistentVolumeClaim":{"claimName":"data"}},{"name":"host","hostPath":{"path":"/tmp"}},
              {"name":"share","nfs":{"server":"s","path":"/p"}},{"name":"all","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"t"}},{"configMap":{"name":"ca"}},{"downwardAPI":{"items":[]}}]}},{"name":"info","downwardAPI":{"items":[{"path":"l","fieldRef":{"fieldPath":"metadata.labels"}}]}},{"name":"csi","csi":{"driver":"d","volumeAttributes":{"k":"v"}}}]}
            """;
        string status = """
            "status":{"phase":"Running","hostIP":"10.0.0.1","podIP":"10.1.0.1","podIPs":[{"ip":"10.1.0.1"},{"ip":"fd00::1"}],"startTime":"2026-01-02T03:04:06Z","qosClass":"Burstable",
            "conditions":[{"type":"Initialized","status":"True"},{"type":"Ready","status":"False"}],
            "initContainerStatuses":[{"name":"prepare","containerID":"c://1","imageID":"i","ready":true,"restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed","startedAt":"2026-01-02T03:04:07Z","finishedAt":"2026-01-02T03:04:08Z"}}}],
            "containerStatuses":[{"name":"main","containerID":"c://2","imageID":"i","ready":false,"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"signal":9,"reason":"Error","message":"gone","startedAt":"2026-01-02T03:04:09Z","finishedAt":"2026-01-02T03:04:10Z"}}}]}
            """;
        string owner = Meta.Replace("\"uid\"", "\"ownerReferences\":[{\"kind\":\"Other\",\"name\":\"x\"},{\"kind\":\"ReplicaSet\",\"name\":\"web-1\",\"controller\":true}],\"uid\"", StringComparison.Ordinal);
        KubeDescription description = Describe("v1", "Pod", $"{owner},{spec},{status}", Facts with { Events = [] });
        Same("""
            Name:             web
            Namespace:        shop
            Priority:         0
            Service Account:  default
            Node:             node-1/10.0.0.1
            Start Time:       Fri, 02 Jan 2026 05:04:06 +0200
            Labels:           a=1
                              b=2
            Annotations:      note: one
            Status:           Running
            IP:               10.1.0.1
            IPs:
              IP:           10.1.0.1
              IP:           fd00::1
            Controlled By:  ReplicaSet/web-1
            Init Containers:
              prepare:
                Container ID:  c://1
                Image:         busybox
                Image ID:      i
                Port:          <none>
                Host Port:     <none>
                Command:
                  sh
                  -c
                  echo 1
                  echo 2
                State:          Terminated
                  Reason:       Completed
                  Exit Code:    0
                  Started:      Fri, 02 Jan 2026 05:04:07 +0200
                  Finished:     Fri, 02 Jan 2026 05:04:08 +0200
                Ready:          True
                Restart Count:  0
                Environment:    <none>
                Mounts:         <none>
            Containers:
              main:
                Container ID:  c://2
                Image:         nginx:1
                Image ID:      i
                Ports:         80/TCP, 53/UDP
                Host Ports:    0/TCP, 53/UDP
                Args:
                  -g
                State:          Waiting
                  Reason:       CrashLoopBackOff
                Last State:     Terminated
                  Reason:       Error
                  Message:      gone
                  Exit Code:    137
                  Signal:       9
                  Started:      Fri, 02 Jan 2026 05:04:09 +0200
                  Finished:     Fri, 02 Jan 2026 05:04:10 +0200
                Ready:          False
                Restart Count:  2
                Limits:
                  cpu:     100m
                  memory:  64Mi
                Requests:
                  cpu:      10m
                Liveness:   http-get https://:8080/ok delay=3s timeout=1s period=10s #success=1 #failure=3
                Readiness:  exec [cat /x] delay=0s timeout=1s period=5s #success=1 #failure=3
                Startup:    tcp-socket :http delay=0s timeout=1s period=10s #success=1 #failure=30
                Environment Variables from:
                  conf  ConfigMap                Optional: false
                  sec   Secret with prefix 'S_'  Optional: true
                Environment:
                  PLAIN:     one
                             two
                  PASSWORD:  <set to the key 'pw' in secret 'sec'>         Optional: false
                  MODE:      <set to the key 'mode' of config map 'conf'>  Optional: true
                  SELF:      web (v1:metadata.name)
                  LABEL:     1 (v1:metadata.labels['a'])
                  CPU:       1 (limits.cpu)
                Mounts:
                  /conf from conf (ro)
                  /data from data (rw,path="sub")
                Devices:
                  /dev/x from disk
            Readiness Gates:
              Type   Status
              gate   <none>
            Conditions:
              Type          Status
              Initialized   True
              Ready         False
            Volumes:
              conf:
                Type:      ConfigMap (a volume populated by a ConfigMap)
                Name:      conf
                Optional:  false
              sec:
                Type:        Secret (a volume populated by a Secret)
                SecretName:  sec
                Optional:    true
              tmp:
                Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
                Medium:
                SizeLimit:  <unset>
              data:
                Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
                ClaimName:  data
                ReadOnly:   false
              host:
                Type:          HostPath (bare host directory volume)
                Path:          /tmp
                HostPathType:  <none>
              share:
                Type:      NFS (an NFS mount that lasts the lifetime of a pod)
                Server:    s
                Path:      /p
                ReadOnly:  false
              all:
                Type:                    Projected (a volume that contains injected data from multiple sources)
                TokenExpirationSeconds:  3607
                ConfigMapName:           ca
                ConfigMapOptional:       <nil>
                DownwardAPI:             true
              info:
                Type:  DownwardAPI (a volume populated by information about the pod)
                Items:
                  metadata.labels -> l
              csi:
                Type:                     CSI (a Container Storage Interface (CSI) volume source)
                Driver:                   d
                FSType:
                ReadOnly:                 false
                VolumeAttributes:         k=v
            QoS Class:                    Burstable
            Node-Selectors:               disk=ssd
            Tolerations:                  op=Exists
                                          a=b:NoSchedule
                                          z:NoExecute op=Exists for 300s
            Topology Spread Constraints:  zone:DoNotSchedule when max skew 2 is exceeded for selector app=web
            Events:                       <none>
            """, description);
        Assert.Equal(["Initialized", "Ready"], description.Conditions.Cast<V1PodCondition>().Select(condition => condition.Type));
    }

    [Fact]
    public void APodThatIsBeingDeleted_AndOneThatNoServerHasSeen()
    {
        string text = Describe("v1", "Pod", """ "metadata":{"name":"p","deletionTimestamp":"2026-01-02T04:03:05Z","deletionGracePeriodSeconds":30},"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":"1","memory":"1Gi"}}}]},"status":{"phase":"Running","reason":"NodeLost","message":"why"}""").ToString();
        Assert.Contains("Status:                    Terminating (lasts 60s)\nTermination Grace Period:  30s\nReason:                    NodeLost\nMessage:                   why\n", text, StringComparison.Ordinal);
        Has("QoS Class:  Guaranteed", text);
        Assert.DoesNotContain("Events", text, StringComparison.Ordinal);
        string bare = Describe("v1", "Pod", "\"metadata\":{}").ToString();
        Assert.Contains("Containers: <none>\n", bare, StringComparison.Ordinal);
        Has("QoS Class:  BestEffort", bare);
    }

    [Fact]
    public void ADeployment_KnowsItsOldAndNewReplicaSets()
    {
        string Set(string name, string hash, string image, string when) => $$$$$"""{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"{{{{{name}}}}}","creationTimestamp":"{{{{{when}}}}}"},"spec":{"replicas":3,"template":{"metadata":{"labels":{"app":"web","pod-template-hash":"{{{{{hash}}}}}"}},"spec":{"containers":[{"name":"main","image":"{{{{{image}}}}}"}]}}},"status":{"replicas":2}}""";
        V1ReplicaSet[] sets = [Read<V1ReplicaSet>(Set("web-2", "2", "nginx:1", "2026-01-02T03:05:05Z")), Read<V1ReplicaSet>(Set("web-1", "1", "nginx:0", "2026-01-02T03:04:05Z"))];
        string rest = $$$$$""" "spec":{"replicas":3,"minReadySeconds":5,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":1}},{{{{{Selector}}}}},{{{{{Template}}}}}},"status":{"replicas":3,"updatedReplicas":2,"availableReplicas":1,"unavailableReplicas":2,"conditions":[{"type":"Available","status":"True","reason":"MinimumReplicasAvailable"}]}""";
        Same("""
            Name:                   web
            Namespace:              shop
            CreationTimestamp:      Fri, 02 Jan 2026 05:04:05 +0200
            Labels:                 a=1
                                    b=2
            Annotations:            note: one
            Selector:               app=web
            Replicas:               3 desired | 2 updated | 3 total | 1 available | 2 unavailable
            StrategyType:           RollingUpdate
            MinReadySeconds:        5
            RollingUpdateStrategy:  25% max unavailable, 1 max surge
            Pod Template:
              Labels:  app=web
              Containers:
               main:
                Image:         nginx:1
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Conditions:
              Type           Status  Reason
              ----           ------  ------
              Available      True    MinimumReplicasAvailable
            OldReplicaSets:  web-1 (2/3 replicas created)
            NewReplicaSet:   web-2 (2/3 replicas created)
            Events:
              Type    Reason             Age               From                   Message
              ----    ------             ----              ----                   -------
              Normal  ScalingReplicaSet  2m (x5 over 10m)  deployment-controller  Scaled up
            """, Describe("apps/v1", "Deployment", $"{Meta},{rest}", Facts with { ReplicaSets = sets, Events = [Event("\"type\":\"Normal\",\"reason\":\"ScalingReplicaSet\",\"message\":\"Scaled up\\n\",\"firstTimestamp\":\"2026-01-02T03:54:05Z\",\"lastTimestamp\":\"2026-01-02T04:02:05Z\",\"count\":5,\"source\":{\"component\":\"deployment-controller\"}")] }));
    }

    [Fact]
    public void AReplicaSet()
    {
        string rest = $$$$$""" "spec":{"replicas":3,{{{{{Selector}}}}},{{{{{Template}}}}}},"status":{"replicas":2,"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate"}]}""";
        Same("""
            Name:         web
            Namespace:    shop
            Selector:     app=web
            Labels:       a=1
                          b=2
            Annotations:  note: one
            Replicas:     2 current / 3 desired
            Pods Status:  2 Running / 1 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=web
              Containers:
               main:
                Image:         nginx:1
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Conditions:
              Type             Status  Reason
              ----             ------  ------
              ReplicaFailure   True    FailedCreate
            """, Describe("apps/v1", "ReplicaSet", $"{Meta},{rest}", Facts with { Pods = [Pod("Running"), Pod("Pending"), Pod("Running")] }));
    }

    [Fact]
    public void ADaemonSet()
    {
        string rest = $$$$$""" "spec":{{{{{{Selector}}}}},{{{{{Template}}}}}},"status":{"desiredNumberScheduled":3,"currentNumberScheduled":2,"updatedNumberScheduled":1,"numberAvailable":1,"numberMisscheduled":4}""";
        Same("""
            Name:           web
            Selector:       app=web
            Node-Selector:  <none>
            Labels:         a=1
                            b=2
            Annotations:    note: one
            Desired Number of Nodes Scheduled: 3
            Current Number of Nodes Scheduled: 2
            Number of Nodes Scheduled with Up-to-date Pods: 1
            Number of Nodes Scheduled with Available Pods: 1
            Number of Nodes Misscheduled: 4
            Pods Status:  0 Running / 0 Waiting / 1 Succeeded / 1 Failed
            Pod Template:
              Labels:  app=web
              Containers:
               main:
                Image:         nginx:1
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            """, Describe("apps/v1", "DaemonSet", $"{Meta},{rest}", Facts with { Pods = [Pod("Failed"), Pod("Succeeded")] }));
        Assert.Contains("Pods Status:  <unknown>\n", Describe("apps/v1", "DaemonSet", $"{Meta},{rest}").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AStatefulSet()
    {
        string rest = $$$$$""" "spec":{"replicas":2,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}},{{{{{Selector}}}}},{{{{{Template}}}}},"volumeClaimTemplates":[{"metadata":{"name":"data","labels":{"l":"m"}},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"fast","resources":{"requests":{"storage":"1Gi"}}}},{"metadata":{"name":"more"}}]},"status":{"replicas":1}""";
        Same("""
            Name:               web
            Namespace:          shop
            CreationTimestamp:  Fri, 02 Jan 2026 05:04:05 +0200
            Selector:           app=web
            Labels:             a=1
                                b=2
            Annotations:        note: one
            Replicas:           2 desired | 1 total
            Update Strategy:    RollingUpdate
              Partition:        1
            Pods Status:        1 Running / 0 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=web
              Containers:
               main:
                Image:         nginx:1
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Volume Claims:
              Name:          data
              StorageClass:  fast
              Labels:        l=m
              Annotations:   <none>
              Capacity:      1Gi
              Access Modes:  [ReadWriteOnce]
              Name:          more
              StorageClass:
              Labels:        <none>
              Annotations:   <none>
              Capacity:      <default>
              Access Modes:  []
            """, Describe("apps/v1", "StatefulSet", $"{Meta},{rest}", Facts with { Pods = [Pod("Running")] }));
    }

    [Fact]
    public void AJob()
    {
        string rest = $$$$$""" "spec":{"parallelism":2,"completions":4,"completionMode":"Indexed","suspend":false,"backoffLimit":6,"ttlSecondsAfterFinished":100,"activeDeadlineSeconds":600,{{{{{Selector}}}}},{{{{{Template}}}}}},"status":{"startTime":"2026-01-02T03:04:05Z","completionTime":"2026-01-02T03:06:35Z","active":1,"ready":1,"succeeded":2,"completedIndexes":"0,2"}""";
        Same("""
            Name:                        web
            Namespace:                   shop
            Selector:                    app=web
            Labels:                      a=1
                                         b=2
            Annotations:                 note: one
            Parallelism:                 2
            Completions:                 4
            Completion Mode:             Indexed
            Suspend:                     false
            Backoff Limit:               6
            TTL Seconds After Finished:  100
            Start Time:                  Fri, 02 Jan 2026 05:04:05 +0200
            Completed At:                Fri, 02 Jan 2026 05:06:35 +0200
            Duration:                    2m30s
            Active Deadline Seconds:     600s
            Pods Statuses:               1 Active (1 Ready) / 2 Succeeded / 0 Failed
            Completed Indexes:           0,2
            Pod Template:
              Labels:  app=web
              Containers:
               main:
                Image:         nginx:1
                Port:          <none>
                Host Port:     <none>
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            """, Describe("batch/v1", "Job", $"{Meta},{rest}"));
    }

    [Theory]
    [InlineData("batch/v1")]
    [InlineData("batch/v1beta1")]
    public void ACronJob_OfEitherVersion(string apiVersion)
    {
        string rest = $$$$$""" "spec":{"schedule":"*/5 * * * *","concurrencyPolicy":"Forbid","suspend":false,"successfulJobsHistoryLimit":3,"jobTemplate":{"spec":{"completions":1,{{{{{Template}}}}}}}},"status":{"lastScheduleTime":"2026-01-02T03:05:00Z","active":[{"name":"web-1"},{"name":"web-2"}]}""";
        KubeDescription description = Describe(apiVersion, "CronJob", $"{Meta},{rest}");
        Same("""
            Name:                          web
            Namespace:                     shop
            Labels:                        a=1
                                           b=2
            Annotations:                   note: one
            Schedule:                      */5 * * * *
            Concurrency Policy:            Forbid
            Suspend:                       False
            Successful Job History Limit:  3
            Failed Job History Limit:      <unset>
            Starting Deadline Seconds:     <unset>
            Selector:                      <unset>
            Parallelism:                   <unset>
            Completions:                   1
            Pod Template:
              Labels:  app=web
              Containers:
               main:
                Image:           nginx:1
                Port:            <none>
                Host Port:       <none>
                Environment:     <none>
                Mounts:          <none>
              Volumes:           <none>
              Node-Selectors:    <none>
              Tolerations:       <none>
            Last Schedule Time:  Fri, 02 Jan 2026 05:05:00 +0200
            Active Jobs:         web-1, web-2
            """, description);
        Assert.Equal(apiVersion == "batch/v1", description.Object is V1CronJob);
    }

    [Fact]
    public void AService_ShowsThreeAddressesOfEachPort()
    {
        string rest = """ "spec":{"type":"LoadBalancer","selector":{"app":"web"},"clusterIP":"10.2.0.1","clusterIPs":["10.2.0.1"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","externalIPs":["1.2.3.4"],"ports":[{"name":"http","port":80,"targetPort":"web","nodePort":30080,"protocol":"TCP"},{"name":"dns","port":53,"targetPort":5353,"protocol":"UDP"}],"sessionAffinity":"None","externalTrafficPolicy":"Local","internalTrafficPolicy":"Cluster","healthCheckNodePort":32000,"loadBalancerSourceRanges":["10.0.0.0/8"]},"status":{"loadBalancer":{"ingress":[{"ip":"5.6.7.8"},{"hostname":"lb.example"}]}}""";
        string slice = """{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"s"},"addressType":"IPv4","ports":[{"name":"http","port":8080}],"endpoints":[{"addresses":["10.1.0.1"],"conditions":{"ready":true}},{"addresses":["10.1.0.2"]},{"addresses":["10.1.0.3"],"conditions":{"ready":false}},{"addresses":["fd00::4"]},{"addresses":["10.1.0.5"]}]}""";
        ServiceEndpoint[] endpoints = [.. ServiceEndpoint.Of(Read<V1EndpointSlice>(slice))];
        Same("""
            Name:                        web
            Namespace:                   shop
            Labels:                      a=1
                                         b=2
            Annotations:                 note: one
            Selector:                    app=web
            Type:                        LoadBalancer
            IP Family Policy:            SingleStack
            IP Families:                 IPv4
            IP:                          10.2.0.1
            IPs:                         10.2.0.1
            External IPs:                1.2.3.4
            LoadBalancer Ingress:        5.6.7.8, lb.example
            Port:                        http  80/TCP
            TargetPort:                  web/TCP
            NodePort:                    http  30080/TCP
            Endpoints:                   10.1.0.1:8080,10.1.0.2:8080,[fd00::4]:8080 + 1 more...
            Port:                        dns  53/UDP
            TargetPort:                  5353/UDP
            Endpoints:
            Session Affinity:            None
            External Traffic Policy:     Local
            Internal Traffic Policy:     Cluster
            HealthCheck NodePort:        32000
            LoadBalancer Source Ranges:  10.0.0.0/8
            """, Describe("v1", "Service", $"{Meta},{rest}", Facts with { Endpoints = endpoints }));
        ServiceEndpoint older = Assert.Single(ServiceEndpoint.Of(Read<V1Endpoints>("""{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"s"},"subsets":[{"addresses":[{"ip":"10.1.0.1"}],"notReadyAddresses":[{"ip":"10.1.0.2"}],"ports":[{"name":"http","port":8080}]}]}""")));
        Assert.Equal(new ServiceEndpoint("http", "10.1.0.1:8080"), older);
        Has("Endpoints:  <none>", Describe("v1", "Service", $"{Meta},{rest}", Facts with { Endpoints = [] }));
    }

    [Fact]
    public void AnAutoscalerOfVersion1()
    {
        Same("""
            Name:                     web
            Namespace:                shop
            Labels:                   a=1
                                      b=2
            Annotations:              note: one
            CreationTimestamp:        Fri, 02 Jan 2026 05:04:05 +0200
            Reference:                Deployment/web
            Target CPU utilization:   70%
            Current CPU utilization:  <unknown>%
            Min replicas:             <unset>
            Max replicas:             3
            Deployment pods:          2 current / 3 desired
            """, Describe("autoscaling/v1", "HorizontalPodAutoscaler", $"{Meta},\"spec\":{{\"maxReplicas\":3,\"targetCPUUtilizationPercentage\":70,\"scaleTargetRef\":{{\"kind\":\"Deployment\",\"name\":\"web\"}}}},\"status\":{{\"currentReplicas\":2,\"desiredReplicas\":3}}"));
    }

    [Fact]
    public void AnAutoscalerOfVersion2_ShowsEveryMetric()
    {
        string rest = """
            "spec":{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{"kind":"Deployment","name":"web"},"metrics":[
            {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}},
            {"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"200Mi"}}},
            {"type":"ContainerResource","containerResource":{"name":"cpu","container":"main","target":{"type":"Utilization","averageUtilization":50}}},
            {"type":"Pods","pods":{"metric":{"name":"hits"},"target":{"type":"AverageValue","averageValue":"100"}}},
            {"type":"Object","object":{"metric":{"name":"rps"},"describedObject":{"kind":"Ingress","name":"main"},"target":{"type":"Value","value":"10k"}}},
            {"type":"External","external":{"metric":{"name":"queue"},"target":{"type":"AverageValue","averageValue":"30"}}}],
            "behavior":{"scaleDown":{"stabilizationWindowSeconds":300,"selectPolicy":"Min","policies":[{"type":"Pods","value":4,"periodSeconds":60},{"type":"Percent","value":10,"periodSeconds":60}]}}},
            "status":{"currentReplicas":2,"desiredReplicas":3,"conditions":[{"type":"AbleToScale","status":"True","reason":"Ready","message":"fine"}],"currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":12,"averageValue":"5m"}}},{"type":"Resource","resource":{"name":"memory","current":{"averageValue":"100Mi"}}}]}
            """;
        Same("""
            Name:                                                                      web
            Namespace:                                                                 shop
            Labels:                                                                    a=1
                                                                                       b=2
            Annotations:                                                               note: one
            CreationTimestamp:                                                         Fri, 02 Jan 2026 05:04:05 +0200
            Reference:                                                                 Deployment/web
            Metrics:                                                                   ( current / target )
              resource cpu on pods  (as a percentage of request):                      12% (5m) / 70%
              resource memory on pods:                                                 100Mi / 200Mi
              resource cpu of container "main" on pods  (as a percentage of request):  <unknown> / 50%
              "hits" on pods:                                                          <unknown> / 100
              "rps" on Ingress/main (target value):                                    <unknown> / 10k
              "queue" (target average value):                                          <unknown> / 30
            Min replicas:                                                              1
            Max replicas:                                                              9
            Behavior:
              Scale Down:
                Stabilization Window: 300 seconds
                Select Policy: Min
                Policies:
                  - Type: Pods     Value: 4   Period: 60 seconds
                  - Type: Percent  Value: 10  Period: 60 seconds
            Deployment pods:       2 current / 3 desired
            Conditions:
              Type         Status  Reason  Message
              ----         ------  ------  -------
              AbleToScale  True    Ready   fine
            """, Describe("autoscaling/v2", "HorizontalPodAutoscaler", $"{Meta},{rest}"));
        object scaler = Read($$$$$"""{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler",{{{{{Meta}}}}},{{{{{rest}}}}}}""");
        Assert.Equal("cpu: 12%/70%, memory: 100Mi/200Mi + 4 more...", KubeMembers.ScalerTargets(PSObject.AsPSObject(scaler)));
    }

    [Fact]
    public void ANode_AddsUpWhatItsPodsAskFor()
    {
        string rest = """
            "spec":{"podCIDR":"10.1.0.0/24","podCIDRs":["10.1.0.0/24"],"taints":[{"key":"b","effect":"NoSchedule"},{"key":"a","value":"v","effect":"NoExecute"}],"unschedulable":true},
            "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],"capacity":{"cpu":"2","memory":"4Gi"},"allocatable":{"cpu":"2","memory":"4Gi","ephemeral-storage":"10Gi","hugepages-2Mi":"0","example.com/gpu":"1","pods":"110"},
            "conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","message":"ok","lastHeartbeatTime":"2026-01-02T04:04:00Z","lastTransitionTime":"2026-01-02T03:04:05Z"}],
            "nodeInfo":{"machineID":"m","systemUUID":"s","bootID":"b","kernelVersion":"6.1","osImage":"Linux","operatingSystem":"linux","architecture":"arm64","containerRuntimeVersion":"containerd://1","kubeletVersion":"v1.32.0","kubeProxyVersion":"v1.32.0"}}
            """;
        V1Pod[] pods =
        [
            Read<V1Pod>("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"x","creationTimestamp":"2026-01-02T03:54:05Z"},"spec":{"overhead":{"cpu":"5m"},"containers":[{"name":"a","resources":{"requests":{"cpu":"250m","memory":"1Gi"},"limits":{"memory":"2Gi","example.com/gpu":"1"}}},{"name":"b","resources":{"requests":{"cpu":"0.25"}}}],"initContainers":[{"name":"i","resources":{"requests":{"cpu":"1"}}},{"name":"s","restartPolicy":"Always","resources":{"requests":{"memory":"24Mi"}}}]}}"""),
            Read<V1Pod>("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"longer-name","namespace":"y","creationTimestamp":"2026-01-02T04:03:55Z"},"spec":{"containers":[{"name":"a"}]}}"""),
        ];
        string meta = """ "metadata":{"name":"node-1","creationTimestamp":"2026-01-02T03:04:05Z","labels":{"node-role.kubernetes.io/worker":""}}""";
        var lease = Read<V1Lease>("""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"node-1"},"spec":{"holderIdentity":"node-1","renewTime":"2026-01-02T04:04:01.123456Z"}}""");
        Same("""
            Name:               node-1
            Roles:              worker
            Labels:             node-role.kubernetes.io/worker=
            Annotations:        <none>
            CreationTimestamp:  Fri, 02 Jan 2026 05:04:05 +0200
            Taints:             a=v:NoExecute
                                b:NoSchedule
            Unschedulable:      true
            Lease:
              HolderIdentity:  node-1
              AcquireTime:     <unset>
              RenewTime:       Fri, 02 Jan 2026 06:04:01 +0200
            Conditions:
              Type    Status  LastHeartbeatTime                 LastTransitionTime                Reason         Message
              ----    ------  -----------------                 ------------------                ------         -------
              Ready   True    Fri, 02 Jan 2026 06:04:00 +0200   Fri, 02 Jan 2026 05:04:05 +0200   KubeletReady   ok
            Addresses:
              InternalIP:  10.0.0.1
            Capacity:
              cpu:     2
              memory:  4Gi
            Allocatable:
              cpu:                2
              ephemeral-storage:  10Gi
              example.com/gpu:    1
              hugepages-2Mi:      0
              memory:             4Gi
              pods:               110
            System Info:
              Machine ID:                 m
              System UUID:                s
              Boot ID:                    b
              Kernel Version:             6.1
              OS Image:                   Linux
              Operating System:           linux
              Architecture:               arm64
              Container Runtime Version:  containerd://1
              Kubelet Version:            v1.32.0
              Kube-Proxy Version:         v1.32.0
            PodCIDR:                      10.1.0.0/24
            PodCIDRs:                     10.1.0.0/24
            Non-terminated Pods:          (2 in total)
              Namespace                   Name           CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
              ---------                   ----           ------------  ----------  ---------------  -------------  ---
              x                           a              1005m (50%)   0 (0%)      1048Mi (25%)     2Gi (50%)      10m
              y                           longer-name    0 (0%)        0 (0%)      0 (0%)           0 (0%)         10s
            Allocated resources:
              (Total limits may be over 100 percent, i.e., overcommitted.)
              Resource           Requests      Limits
              --------           --------      ------
              cpu                1005m (50%)   0 (0%)
              memory             1048Mi (25%)  2Gi (50%)
              ephemeral-storage  0 (0%)        0 (0%)
              hugepages-2Mi      0 (0%)        0 (0%)
              example.com/gpu    0             1
            Events:              <none>
            """, Describe("v1", "Node", $"{meta},{rest}", Facts with { Pods = pods, Lease = lease, Events = [] }));
        Has("Pods:  not authorized", Describe("v1", "Node", $"{meta},{rest}"));
    }

    [Fact]
    public void ANamespace_ShowsItsQuotasAndLimits()
    {
        var quota = Read<V1ResourceQuota>("""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"scopes":["BestEffort"]},"status":{"hard":{"pods":"50","cpu":"10"},"used":{"pods":"6"}}}""");
        var limits = Read<V1LimitRange>("""{"apiVersion":"v1","kind":"LimitRange","metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","default":{"cpu":"200m"},"defaultRequest":{"cpu":"5m"},"max":{"cpu":"2","memory":"1Gi"}}]}}""");
        string fields = """ "metadata":{"name":"shop"},"status":{"phase":"Active"}""";
        Same("""
            Name:         shop
            Labels:       <none>
            Annotations:  <none>
            Status:       Active

            Resource Quotas
              Name:    q
              Scopes:  BestEffort
              * Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.
              Resource  Used  Hard
              --------  ---   ---
              cpu       0     10
              pods      6     50

            Resource Limits
             Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
             ----       --------  ---  ---  ---------------  -------------  -----------------------
             Container  cpu       -    2    5m               200m           -
             Container  memory    -    1Gi  -                -              -
            """, Describe("v1", "Namespace", fields, Facts with { Quotas = [quota], Limits = [limits] }));
        Same("""
            Name:         shop
            Labels:       <none>
            Annotations:  <none>
            Status:       Active

            No resource quota.

            No LimitRange resource.
            """, Describe("v1", "Namespace", fields, Facts with { Quotas = [], Limits = [] }));
    }

    [Fact]
    public void AClaim_IsUsedByPods()
    {
        string rest = """ "spec":{"storageClassName":"fast","volumeName":"pv-1","volumeMode":"Filesystem","accessModes":["ReadWriteOnce"],"dataSource":{"apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot","name":"s"}},"status":{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteMany","ReadWriteOnce"],"conditions":[{"type":"Resizing","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"}]}""";
        Same("""
            Name:          web
            Namespace:     shop
            StorageClass:  fast
            Status:        Bound
            Volume:        pv-1
            Labels:        a=1
                           b=2
            Annotations:   note: one
            Finalizers:    []
            Capacity:      1Gi
            Access Modes:  RWO,RWX
            VolumeMode:    Filesystem
            DataSource:
              APIGroup:  snapshot.storage.k8s.io
              Kind:      VolumeSnapshot
              Name:      s
            Used By:     a
                         b
            Conditions:
              Type       Status  LastProbeTime      LastTransitionTime                Reason  Message
              ----       ------  -----------------  ------------------                ------  -------
              Resizing   True    <unknown>          Fri, 02 Jan 2026 05:04:05 +0200
            """, Describe("v1", "PersistentVolumeClaim", $"{Meta},{rest}", Facts with { Pods = [Pod("Running", "b"), Pod("Running", "a")] }));
    }

    [Fact]
    public void AConfigMap()
    {
        Same("""
            Name:         web
            Namespace:    shop
            Labels:       a=1
                          b=2
            Annotations:  note: one

            Data
            ====
            a.conf:
            ----
            x=1
            y=2


            mode:
            ----
            fast


            BinaryData
            ====
            bin: 5 bytes

            Events:  <none>
            """, Describe("v1", "ConfigMap", $"{Meta},\"data\":{{\"mode\":\"fast\",\"a.conf\":\"x=1\\ny=2\\n\"}},\"binaryData\":{{\"bin\":\"aGVsbG8=\"}}", Facts with { Events = [] }));
    }

    [Fact]
    public void ASecret_ShowsSizesOnly_AServiceAccountsTokenToo()
    {
        const string value = "Y2FuYXJ5LXZhbHVl"; // canary-value
        KubeDescription description = Describe("v1", "Secret", $"{Meta},\"type\":\"kubernetes.io/service-account-token\",\"data\":{{\"token\":\"{value}\",\"ca.crt\":\"\"}}");
        Same("""
            Name:         web
            Namespace:    shop
            Labels:       a=1
                          b=2
            Annotations:  note: one

            Type:  kubernetes.io/service-account-token

            Data
            ====
            ca.crt:  0 bytes
            token:   12 bytes
            """, description);
        AssertNowhere("canary-value", description);
    }

    [Fact]
    public void ASecretThatTheModelCannotTake_ShowsNothingOfItsData()
    {
        var generic = ResourceJson.ToPSObject(JsonDocument.Parse("""{"metadata":{"name":"s"},"data":{"k":"canary-value"},"stringData":{"k":"canary-value"},"type":"Opaque"}""").RootElement, "v1", "Secret");
        KubeDescription description = Describer.Describe(generic, Facts);
        AssertNowhere("canary-value", description);
        Has("Type:  Opaque", description);
    }

    [Fact]
    public void AnyOtherKind_IsItsFieldsInWords()
    {
        string json = """{"metadata":{"name":"w","namespace":"shop","uid":"u","labels":{"a":"b"},"managedFields":[{"manager":"x"}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"spec":{"replicaCount":2,"URL":"u","apiURLPath":"/","ratio":1.10,"on":true,"list":["a",1],"items":[{"name":"x"},{"name":"y"}],"with_mark":"k"}}""";
        Same("""
            Name:         w
            Namespace:    shop
            Labels:       a=b
            Annotations:  <none>
            API Version:  example.com/v1
            Kind:         Widget
            Metadata:
              UID:  u
            Spec:
              URL:           u
              API URL Path:  /
              Items:
                Name:  x
                Name:  y
              List:
                a
                1
              On:             true
              Ratio:          1.10
              Replica Count:  2
              with_mark:      k
            Events:           <none>
            """, Describer.Describe(ResourceJson.ToPSObject(JsonDocument.Parse(json).RootElement, "example.com/v1", "Widget"), Facts with { Events = [] }));
    }

    [Fact]
    public void Annotations_LongOnesAreShortened_TheLastAppliedOneIsSkipped()
    {
        string text = Describe("v1", "ConfigMap", "\"metadata\":{\"name\":\"c\",\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"canary-value\",\"long\":\"" + new string('x', 200) + "\",\"lines\":\"one\\ntwo\\n\"}}").ToString();
        Assert.DoesNotContain("canary-value", text, StringComparison.Ordinal);
        Assert.Contains("Annotations:  lines:\n                one\n                two\n              long:\n                " + new string('x', 138) + "...\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ControlCharacters_AreShownInTheText_AndRawInTheValues()
    {
        KubeDescription description = Describe("v1", "ConfigMap", "\"metadata\":{\"name\":\"c\",\"labels\":{\"a\":\"\\u001b[31mred\"}},\"data\":{\"k\":\"\\u009b2J\"}", Facts with { Events = [Event("\"type\":\"Normal\\nStatus: fine\",\"message\":\"one\\ntwo\\u0007\"")] });
        string text = description.ToString();
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
        Assert.Contains("\\u001b[31mred", text, StringComparison.Ordinal);
        // A line break in a cell cannot look like a line of its own.
        Assert.DoesNotContain("\nStatus: fine", text, StringComparison.Ordinal);
        Assert.Contains("\n" + new string(' ', 40), text, StringComparison.Ordinal);
        Assert.Equal("a=\u001b[31mred", description.Sections.Single(section => section.Name == "Labels").Value);
    }

    [Fact]
    public void Sections_AreValuesForScripts()
    {
        KubeDescription description = Describe("v1", "Pod", $"{Meta},\"spec\":{{\"containers\":[{{\"name\":\"main\",\"image\":\"nginx\",\"command\":[\"a\",\"b\"]}}]}},\"status\":{{\"conditions\":[{{\"type\":\"Ready\",\"status\":\"True\"}}]}}", Facts with { Events = [Event("\"type\":\"Normal\",\"reason\":\"Pulled\",\"message\":\"m\"")] });
        Assert.Equal(("Pod", "web", "shop"), (description.Kind, description.Name, description.Namespace));
        DescriptionSection labels = description.Sections.Single(section => section.Name == "Labels");
        Assert.Equal(["a=1", "b=2"], labels.Rows.Cast<DescriptionSection>().Select(row => row.Value));
        var container = (DescriptionSection)description.Sections.Single(section => section.Name == "Containers").Rows[0];
        Assert.Equal("main", container.Name);
        Assert.Equal("nginx", container.Rows.Cast<DescriptionSection>().Single(row => row.Name == "Image").Value);
        Assert.Equal(["a", "b"], container.Rows.Cast<DescriptionSection>().Single(row => row.Name == "Command").Rows.Cast<DescriptionSection>().Select(row => row.Value));
        Assert.Equal("Ready", ((PSObject)description.Sections.Single(section => section.Name == "Conditions").Rows[0]).Properties["Type"].Value);
        Assert.Equal("Pulled", ((PSObject)description.Sections[^1].Rows[0]).Properties["Reason"].Value);
    }

    [Theory]
    [InlineData("\"firstTimestamp\":\"2026-01-02T04:03:05Z\"", "60s")]
    [InlineData("\"firstTimestamp\":\"2026-01-02T03:54:05Z\",\"lastTimestamp\":\"2026-01-02T04:02:04Z\",\"count\":5", "2m1s (x5 over 10m)")]
    [InlineData("\"eventTime\":\"2026-01-02T03:54:05.000001Z\",\"series\":{\"count\":3,\"lastObservedTime\":\"2026-01-02T04:04:00.000001Z\"}", "5s (x3 over 10m)")]
    [InlineData("\"firstTimestamp\":null", "<unknown>")]
    public void AnEventsAge_ByTheFieldsThatItsReporterFillsIn(string fields, string age)
    {
        KubeDescription description = Describe("v1", "ConfigMap", Meta, Facts with { Events = [Event(fields)] });
        // Times with fractions are a moment less than a whole second ago.
        string shown = ((PSObject)description.Sections[^1].Rows[0]).Properties["Age"].Value.ToString()!;
        Assert.Equal(age, shown.Replace("4s (x3 over 9m59s)", "5s (x3 over 10m)", StringComparison.Ordinal));
    }

    private static void AssertNowhere(string value, KubeDescription description)
    {
        Assert.DoesNotContain(value, description.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(value, string.Join('\n', All(description.Sections).Select(section => $"{section.Name} {section.Value}")), StringComparison.Ordinal);
    }

    private static IEnumerable<DescriptionSection> All(IEnumerable<object> sections) => sections.OfType<DescriptionSection>().SelectMany(section => All(section.Rows).Prepend(section));
}
