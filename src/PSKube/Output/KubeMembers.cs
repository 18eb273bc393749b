using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Output;

/// <summary>
/// The members that <c>PSKube.Types.ps1xml</c> gives Kubernetes objects: kubectl's columns as values that scripts can filter
/// and sort by. For the engine, not to be called by name.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class KubeMembers
{
#pragma warning disable CS1591, CA1062 // One member a column, called by the engine with the object itself.
    private const string None = "<none>";
    private const string Unknown = "<unknown>";

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<object, object> OlderVersions = [];

    // Every kind.
    public static string? Name(PSObject target) => ResourceHeader.TryRead(target, out ResourceHeader? header) ? header.Name : null;

    public static string? Namespace(PSObject target) => ResourceHeader.TryRead(target, out ResourceHeader? header) ? header.Namespace : null;

    /// <summary>Whole seconds: the server does not know more, and a list shows it as it is.</summary>
    public static TimeSpan? Age(PSObject target) => (target.BaseObject is IMetadata<V1ObjectMeta> model ? Duration.Since(model.Metadata?.CreationTimestamp) : Duration.Since(GenericCreation(target))) is { } age ? TimeSpan.FromSeconds(Math.Floor(age.TotalSeconds)) : null;

    public static string? ClusterContext(PSObject target) => ResourceOrigin.Of(target) is { } origin ? origin.ContextName ?? origin.Server.Authority : null;

    // Pod.
    public static string? PodReady(PSObject target) => Of<V1Pod>(target) is { } pod ? Fraction(PodPrinter.Summarize(pod).Ready, PodPrinter.Summarize(pod).Total) : null;

    public static string? PodState(PSObject target) => Of<V1Pod>(target) is { } pod ? PodPrinter.State(pod) : null;

    public static int? PodRestarts(PSObject target) => Of<V1Pod>(target) is { } pod ? PodPrinter.Summarize(pod).Restarts : null;

    public static DateTime? PodLastRestart(PSObject target) => Of<V1Pod>(target) is { } pod ? PodPrinter.Summarize(pod).LastRestart : null;

    public static string? PodAddress(PSObject target) => Of<V1Pod>(target) is { } pod ? pod.Status?.PodIP : null;

    public static string? PodNode(PSObject target) => Of<V1Pod>(target) is { } pod ? pod.Spec?.NodeName : null;

    public static string? PodNominatedNode(PSObject target) => Of<V1Pod>(target) is { } pod ? pod.Status?.NominatedNodeName : null;

    public static string? PodReadinessGates(PSObject target)
    {
        if (Of<V1Pod>(target)?.Spec?.ReadinessGates is not { Count: > 0 } gates) return null;
        IList<V1PodCondition> conditions = Of<V1Pod>(target)!.Status?.Conditions ?? [];
        return Fraction(gates.Count(gate => conditions.Any(condition => condition.Type == gate.ConditionType && condition.Status == "True")), gates.Count);
    }

    // Deployment, StatefulSet: ready of wanted.
    public static string? WorkloadReady(PSObject target) => target.BaseObject switch
    {
        V1Deployment deployment => Fraction(deployment.Status?.ReadyReplicas ?? 0, deployment.Spec?.Replicas ?? 1),
        V1StatefulSet set => Fraction(set.Status?.ReadyReplicas ?? 0, set.Spec?.Replicas ?? 1),
        _ => null,
    };

    // Counts.
    public static int? Desired(PSObject target) => target.BaseObject switch
    {
        V1ReplicaSet set => set.Spec?.Replicas ?? 1,
        V1ReplicationController controller => controller.Spec?.Replicas ?? 1,
        V1DaemonSet set => set.Status?.DesiredNumberScheduled ?? 0,
        _ => null,
    };

    public static int? Current(PSObject target) => target.BaseObject switch
    {
        V1ReplicaSet set => set.Status?.Replicas ?? 0,
        V1ReplicationController controller => controller.Status?.Replicas ?? 0,
        V1DaemonSet set => set.Status?.CurrentNumberScheduled ?? 0,
        _ => null,
    };

    public static int? ReadyCount(PSObject target) => target.BaseObject switch
    {
        V1ReplicaSet set => set.Status?.ReadyReplicas ?? 0,
        V1ReplicationController controller => controller.Status?.ReadyReplicas ?? 0,
        V1DaemonSet set => set.Status?.NumberReady ?? 0,
        _ => null,
    };

    public static int? UpToDate(PSObject target) => target.BaseObject switch
    {
        V1Deployment deployment => deployment.Status?.UpdatedReplicas ?? 0,
        V1DaemonSet set => set.Status?.UpdatedNumberScheduled ?? 0,
        _ => null,
    };

    public static int? Available(PSObject target) => target.BaseObject switch
    {
        V1Deployment deployment => deployment.Status?.AvailableReplicas ?? 0,
        V1DaemonSet set => set.Status?.NumberAvailable ?? 0,
        _ => null,
    };

    public static string? NodeSelector(PSObject target) => Of<V1DaemonSet>(target) is { } set ? Pairs(set.Spec?.Template?.Spec?.NodeSelector) : null;

    public static string? Containers(PSObject target) => Template(target) is { } template ? string.Join(',', (template.Spec?.Containers ?? []).Select(container => container.Name)) : null;

    public static string? Images(PSObject target) => Template(target) is { } template ? string.Join(',', (template.Spec?.Containers ?? []).Select(container => container.Image)) : null;

    public static string? SelectorText(PSObject target) => Model(target) switch
    {
        V1Deployment deployment => SelectorOf(deployment.Spec?.Selector),
        V1ReplicaSet set => SelectorOf(set.Spec?.Selector),
        V1DaemonSet set => SelectorOf(set.Spec?.Selector),
        V1Job job => SelectorOf(job.Spec?.Selector),
        V1ReplicationController controller => Pairs(controller.Spec?.Selector),
        V1Service service => Pairs(service.Spec?.Selector),
        V1CronJob => None,
        _ => null,
    };

    // Service.
    public static string? ServiceType(PSObject target) => Of<V1Service>(target)?.Spec?.Type;

    public static string? ServiceClusterAddress(PSObject target)
    {
        if (Of<V1Service>(target) is not { } service) return null;
        string? first = service.Spec?.ClusterIPs is { Count: > 0 } all ? all[0] : service.Spec?.ClusterIP;
        return string.IsNullOrEmpty(first) ? None : first;
    }

    public static string? ServiceExternalAddress(PSObject target) => Of<V1Service>(target) is { } service ? ExternalAddress(service) : null;

    public static string? ServicePorts(PSObject target)
    {
        if (Of<V1Service>(target) is not { } service) return null;
        if (service.Spec?.Ports is not { Count: > 0 } ports) return None;
        return string.Join(',', ports.Select(port => port.NodePort is > 0 ? Plain($"{port.Port}:{port.NodePort}/{port.Protocol ?? "TCP"}") : Plain($"{port.Port}/{port.Protocol ?? "TCP"}")));
    }

    // Volumes.
    public static string? VolumeState(PSObject target) => target.BaseObject switch
    {
        V1PersistentVolumeClaim claim => claim.Metadata?.DeletionTimestamp is not null ? "Terminating" : claim.Status?.Phase,
        V1PersistentVolume volume => volume.Metadata?.DeletionTimestamp is not null ? "Terminating" : volume.Status?.Phase,
        V1Namespace space => space.Status?.Phase,
        _ => null,
    };

    public static string? ClaimVolume(PSObject target) => Of<V1PersistentVolumeClaim>(target)?.Spec?.VolumeName;

    public static string? Capacity(PSObject target) => target.BaseObject switch
    {
        V1PersistentVolumeClaim { Spec.VolumeName.Length: > 0 } claim => Storage(claim.Status?.Capacity),
        V1PersistentVolume volume => Storage(volume.Spec?.Capacity),
        _ => null,
    };

    public static string? AccessModes(PSObject target) => target.BaseObject switch
    {
        V1PersistentVolumeClaim { Spec.VolumeName.Length: > 0 } claim => Modes(claim.Status?.AccessModes),
        V1PersistentVolume volume => Modes(volume.Spec?.AccessModes),
        _ => null,
    };

    public static string? StorageClass(PSObject target) => target.BaseObject switch
    {
        V1PersistentVolumeClaim claim => claim.Spec?.StorageClassName,
        V1PersistentVolume volume => volume.Spec?.StorageClassName,
        _ => null,
    };

    public static string? AttributesClass(PSObject target) => target.BaseObject switch
    {
        V1PersistentVolumeClaim claim => claim.Spec?.VolumeAttributesClassName,
        V1PersistentVolume volume => volume.Spec?.VolumeAttributesClassName,
        _ => null,
    };

    public static string? VolumeMode(PSObject target) => target.BaseObject switch
    {
        V1PersistentVolumeClaim claim => claim.Spec?.VolumeMode ?? "<unset>",
        V1PersistentVolume volume => volume.Spec?.VolumeMode ?? "<unset>",
        _ => null,
    };

    public static string? ReclaimPolicy(PSObject target) => Of<V1PersistentVolume>(target)?.Spec?.PersistentVolumeReclaimPolicy;

    public static string? BoundClaim(PSObject target) => Of<V1PersistentVolume>(target)?.Spec?.ClaimRef is { } claim ? $"{claim.NamespaceProperty}/{claim.Name}" : null;

    public static string? VolumeReason(PSObject target) => Of<V1PersistentVolume>(target)?.Status?.Reason;

    // Node.
    public static string? NodeState(PSObject target)
    {
        if (Of<V1Node>(target) is not { } node) return null;
        string state = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.Status switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.Spec?.Unschedulable == true ? state + ",SchedulingDisabled" : state;
    }

    public static string? NodeRoles(PSObject target)
    {
        if (Of<V1Node>(target) is not { } node) return null;
        const string prefix = "node-role.kubernetes.io/";
        IEnumerable<string> roles = (node.Metadata?.Labels ?? new Dictionary<string, string>())
            .Select(label => label.Key.StartsWith(prefix, StringComparison.Ordinal) && label.Key.Length > prefix.Length ? label.Key[prefix.Length..] : label.Key == "kubernetes.io/role" ? label.Value : "")
            .Where(role => role.Length > 0).Distinct().Order(StringComparer.Ordinal);
        string text = string.Join(',', roles);
        return text.Length == 0 ? None : text;
    }

    public static string? NodeVersion(PSObject target) => Of<V1Node>(target)?.Status?.NodeInfo?.KubeletVersion;

    public static string? NodeInternalAddress(PSObject target) => NodeAddress(target, "InternalIP");

    public static string? NodeExternalAddress(PSObject target) => NodeAddress(target, "ExternalIP");

    public static string? NodeSystem(PSObject target) => Of<V1Node>(target)?.Status?.NodeInfo?.OsImage ?? "<unknown>";

    public static string? NodeKernel(PSObject target) => Of<V1Node>(target)?.Status?.NodeInfo?.KernelVersion ?? "<unknown>";

    public static string? NodeRuntime(PSObject target) => Of<V1Node>(target)?.Status?.NodeInfo?.ContainerRuntimeVersion ?? "<unknown>";

    // Job, CronJob.
    public static string? JobState(PSObject target)
    {
        if (Of<V1Job>(target) is not { } job) return null;
        bool Has(string type) => job.Status?.Conditions?.Any(condition => condition.Type == type && condition.Status == "True") ?? false;
        if (Has("Complete")) return "Complete";
        if (Has("Failed")) return "Failed";
        if (job.Metadata?.DeletionTimestamp is not null) return "Terminating";
        return Array.Find(["Suspended", "FailureTarget", "SuccessCriteriaMet"], type => Has(type)) ?? "Running";
    }

    public static string? JobCompletions(PSObject target)
    {
        if (Of<V1Job>(target) is not { } job) return null;
        int done = job.Status?.Succeeded ?? 0;
        if (job.Spec?.Completions is { } wanted) return Fraction(done, wanted);
        return job.Spec?.Parallelism > 1 ? Plain($"{done}/1 of {job.Spec.Parallelism}") : Plain($"{done}/1");
    }

    public static string? JobDuration(PSObject target)
    {
        if (Of<V1Job>(target)?.Status?.StartTime is not { } start) return null;
        return Duration.Text(Of<V1Job>(target)!.Status.CompletionTime is { } end ? end - start : Duration.Since(start));
    }

    public static string? CronSchedule(PSObject target) => Of<V1CronJob>(target)?.Spec?.Schedule;

    public static string? CronTimeZone(PSObject target) => Of<V1CronJob>(target)?.Spec?.TimeZone;

    public static bool? CronSuspended(PSObject target) => Of<V1CronJob>(target) is { } cron ? cron.Spec?.Suspend ?? false : null;

    public static int? CronActive(PSObject target) => Of<V1CronJob>(target) is { } cron ? cron.Status?.Active?.Count ?? 0 : null;

    public static string? CronLastSchedule(PSObject target) => Of<V1CronJob>(target)?.Status?.LastScheduleTime is { } last ? Duration.Text(Duration.Since(last)) : null;

    // HorizontalPodAutoscaler.
    public static string? ScalerReference(PSObject target) => target.BaseObject switch
    {
        V1HorizontalPodAutoscaler { Spec.ScaleTargetRef: { } reference } => $"{reference.Kind}/{reference.Name}",
        V2HorizontalPodAutoscaler { Spec.ScaleTargetRef: { } reference } => $"{reference.Kind}/{reference.Name}",
        _ => null,
    };

    public static string? ScalerTargets(PSObject target) => target.BaseObject switch
    {
        V1HorizontalPodAutoscaler { Spec.TargetCPUUtilizationPercentage: { } wanted } scaler => Plain($"{Percent(scaler.Status?.CurrentCPUUtilizationPercentage, Unknown)}/{wanted}%"),
        V1HorizontalPodAutoscaler => None,
        V2HorizontalPodAutoscaler scaler => MetricsText(scaler),
        _ => null,
    };

    public static string? ScalerMinimum(PSObject target) => target.BaseObject switch
    {
        V1HorizontalPodAutoscaler scaler => scaler.Spec?.MinReplicas?.ToString(CultureInfo.InvariantCulture) ?? "<unset>",
        V2HorizontalPodAutoscaler scaler => scaler.Spec?.MinReplicas?.ToString(CultureInfo.InvariantCulture) ?? "<unset>",
        _ => null,
    };

    public static int? ScalerMaximum(PSObject target) => target.BaseObject switch
    {
        V1HorizontalPodAutoscaler scaler => scaler.Spec?.MaxReplicas,
        V2HorizontalPodAutoscaler scaler => scaler.Spec?.MaxReplicas,
        _ => null,
    };

    public static int? ScalerReplicas(PSObject target) => target.BaseObject switch
    {
        V1HorizontalPodAutoscaler scaler => scaler.Status?.CurrentReplicas ?? 0,
        V2HorizontalPodAutoscaler scaler => scaler.Status?.CurrentReplicas ?? 0,
        _ => null,
    };

    // Ingress.
    public static string? IngressClass(PSObject target) => Of<V1Ingress>(target)?.Spec?.IngressClassName;

    public static string? IngressHosts(PSObject target)
    {
        const int most = 3;
        if (Of<V1Ingress>(target) is not { } ingress) return null;
        string[] hosts = [.. (ingress.Spec?.Rules ?? []).Select(rule => rule.Host).Where(host => !string.IsNullOrEmpty(host))];
        if (hosts.Length == 0) return "*";
        string text = string.Join(',', hosts.Take(most));
        return hosts.Length > most ? Plain($"{text} + {hosts.Length - most} more...") : text;
    }

    public static string? IngressAddress(PSObject target)
    {
        if (Of<V1Ingress>(target) is not { } ingress) return null;
        return string.Join(',', (ingress.Status?.LoadBalancer?.Ingress ?? []).Select(entry => string.IsNullOrEmpty(entry.Ip) ? entry.Hostname : entry.Ip).Where(address => !string.IsNullOrEmpty(address)).Distinct().Order(StringComparer.Ordinal));
    }

    public static string? IngressPorts(PSObject target) => Of<V1Ingress>(target) is { } ingress ? ingress.Spec?.Tls is { Count: > 0 } ? "80, 443" : "80" : null;

    // PodDisruptionBudget.
    public static string? BudgetMinimum(PSObject target) => Of<V1PodDisruptionBudget>(target) is { } budget ? budget.Spec?.MinAvailable?.Value ?? "N/A" : null;

    public static string? BudgetMaximum(PSObject target) => Of<V1PodDisruptionBudget>(target) is { } budget ? budget.Spec?.MaxUnavailable?.Value ?? "N/A" : null;

    public static int? BudgetAllowed(PSObject target) => Of<V1PodDisruptionBudget>(target) is { } budget ? budget.Status?.DisruptionsAllowed ?? 0 : null;

    // Event.
    public static DateTime? EventLastSeen(PSObject target) => Of<Corev1Event>(target) is { } seen ? Describe.EventText.LastSeen(seen) : null;

    public static DateTime? EventFirstSeen(PSObject target) => Of<Corev1Event>(target) is { } seen ? Describe.EventText.FirstSeen(seen) : null;

    public static int? EventSeenCount(PSObject target) => Of<Corev1Event>(target) is { } seen ? Describe.EventText.Count(seen) : null;

    public static string? EventObject(PSObject target) => Of<Corev1Event>(target) is { } seen ? Describe.EventText.ObjectName(seen) : null;

    public static string? EventPart(PSObject target) => Of<Corev1Event>(target)?.InvolvedObject?.FieldPath;

    public static string? EventSource(PSObject target) => Of<Corev1Event>(target) is { } seen ? Describe.EventText.Source(seen) : null;

    // Endpoints.
    public static string? EndpointAddresses(PSObject target) => Of<V1Endpoints>(target) is not { } endpoints ? null : endpoints.Subsets is { Count: > 0 } ? Describe.ServiceText.Shorten([.. Describe.ServiceEndpoint.Of(endpoints).Select(endpoint => endpoint.Address)]) : "<none>";

    // ServiceAccount, ConfigMap, Secret.
    public static int? SecretCount(PSObject target) => Of<V1ServiceAccount>(target) is { } account ? account.Secrets?.Count ?? 0 : null;

    public static int? DataCount(PSObject target) => target.BaseObject switch
    {
        V1ConfigMap map => (map.Data?.Count ?? 0) + (map.BinaryData?.Count ?? 0),
        V1Secret secret => secret.Data?.Count ?? 0,
        _ => null,
    };
#pragma warning restore CS1591, CA1062

    /// <summary>The whole external address of a service, as the wide table shows it.</summary>
    internal static string ExternalAddress(V1Service service)
    {
        IEnumerable<string> external = service.Spec?.ExternalIPs ?? [];
        switch (service.Spec?.Type)
        {
            case "ExternalName":
                return service.Spec.ExternalName ?? None;
            case "LoadBalancer":
                IEnumerable<string> ingress = (service.Status?.LoadBalancer?.Ingress ?? []).Select(entry => string.IsNullOrEmpty(entry.Ip) ? entry.Hostname : entry.Ip);
                string both = string.Join(',', ingress.Concat(external));
                return both.Length == 0 ? "<pending>" : both;
            default:
                string addresses = string.Join(',', external);
                return addresses.Length == 0 ? None : addresses;
        }
    }

    private static T? Of<T>(PSObject target)
        where T : class => Model(target) as T;

    /// <summary>The object; one of an older version that has the fields of a model type, as that type.</summary>
    private static object Model(PSObject target) => target.BaseObject is PSCustomObject ? OlderVersions.GetValue(target, Describe.Describer.Known) : target.BaseObject;

    private static V1PodTemplateSpec? Template(PSObject target) => Model(target) switch
    {
        V1Deployment deployment => deployment.Spec?.Template,
        V1ReplicaSet set => set.Spec?.Template,
        V1ReplicationController controller => controller.Spec?.Template,
        V1DaemonSet set => set.Spec?.Template,
        V1StatefulSet set => set.Spec?.Template,
        V1Job job => job.Spec?.Template,
        V1CronJob cron => cron.Spec?.JobTemplate?.Spec?.Template,
        _ => null,
    };

    private static string Percent(int? percent, string none) => percent is { } number ? Plain($"{number}%") : none;

    /// <summary>The first two metrics, current and wanted, and how many more there are.</summary>
    private static string MetricsText(V2HorizontalPodAutoscaler scaler)
    {
        const int most = 2;
        if (scaler.Spec?.Metrics is not { Count: > 0 } metrics) return None;
        IList<V2MetricStatus> current = scaler.Status?.CurrentMetrics ?? [];
        string[] all = [.. metrics.Select((metric, at) => MetricText(metric, at < current.Count ? current[at] : null))];
        string text = string.Join(", ", all.Take(most));
        return all.Length > most ? Plain($"{text} + {all.Length - most} more...") : text;
    }

    private static string MetricText(V2MetricSpec metric, V2MetricStatus? now)
    {
        static string Amount(ResourceQuantity? amount, string none) => amount is null ? none : Quantity.Text(amount);
        static string Value(V2MetricTarget? target, V2MetricValueStatus? seen) => target?.AverageValue is { } average
            ? $"{Amount(seen?.AverageValue, Unknown)}/{Quantity.Text(average)} (avg)"
            : $"{Amount(seen?.Value, Unknown)}/{Amount(target?.Value, "0")}";
        static string Share(string? name, V2MetricTarget? target, V2MetricValueStatus? seen) => target?.AverageValue is { } average
            ? $"{name}: {Amount(seen?.AverageValue, Unknown)}/{Quantity.Text(average)}"
            : $"{name}: {Percent(seen?.AverageUtilization, Unknown)}/{Percent(target?.AverageUtilization, "<auto>")}";
        return metric.Type switch
        {
            "External" => Value(metric.External?.Target, now?.External?.Current),
            "Object" => Value(metric.ObjectProperty?.Target, now?.ObjectProperty?.Current),
            "Pods" => $"{Amount(now?.Pods?.Current?.AverageValue, Unknown)}/{Amount(metric.Pods?.Target?.AverageValue, "0")}",
            "Resource" => Share(metric.Resource?.Name, metric.Resource?.Target, now?.Resource?.Current),
            "ContainerResource" => Share(metric.ContainerResource?.Name, metric.ContainerResource?.Target, now?.ContainerResource?.Current),
            _ => "<unknown type>",
        };
    }

    private static DateTime? GenericCreation(PSObject target)
    {
        object? metadata = target.Properties["metadata"]?.Value;
        object? created = metadata is PSObject map ? map.Properties["creationTimestamp"]?.Value : null;
        return created switch
        {
            DateTime moment => moment,
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) => moment.UtcDateTime,
            _ => null,
        };
    }

    private static string? NodeAddress(PSObject target, string type) => Of<V1Node>(target) is { } node ? node.Status?.Addresses?.FirstOrDefault(address => address.Type == type)?.Address ?? None : null;

    private static string? Storage(IDictionary<string, ResourceQuantity>? capacity) => capacity is not null && capacity.TryGetValue("storage", out ResourceQuantity? amount) ? amount.ToString() : null;

    /// <summary>Access modes in their short forms.</summary>
    internal static string Modes(IList<string>? modes)
    {
        (string Long, string Short)[] known = [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
        return string.Join(',', known.Where(mode => modes?.Contains(mode.Long) ?? false).Select(mode => mode.Short));
    }

    /// <summary>A selector in kubectl's form.</summary>
    internal static string SelectorOf(V1LabelSelector? selector)
    {
        var terms = new List<string>();
        foreach ((string key, string value) in (selector?.MatchLabels ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)) terms.Add($"{key}={value}");
        foreach (V1LabelSelectorRequirement expression in selector?.MatchExpressions ?? [])
        {
            string values = string.Join(',', (expression.Values ?? []).Order(StringComparer.Ordinal));
            terms.Add(expression.OperatorProperty switch { "In" => $"{expression.Key} in ({values})", "NotIn" => $"{expression.Key} notin ({values})", "Exists" => expression.Key, _ => $"!{expression.Key}" });
        }

        return terms.Count == 0 ? None : string.Join(',', terms);
    }

    /// <summary>A map as pairs joined by commas.</summary>
    internal static string Pairs(IDictionary<string, string>? map) => map is { Count: > 0 } ? string.Join(',', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")) : None;

    private static string Fraction(int part, int whole) => Plain($"{part}/{whole}");

    private static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
