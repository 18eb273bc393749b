using k8s.Models;

namespace PSKube.Specs;

/// <summary>The taints that keep pods off control-plane nodes, of today and of before 1.24.</summary>
internal static class ControlPlane
{
    /// <summary>The taints' keys.</summary>
    public static readonly IReadOnlyList<string> Taints = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

    /// <summary>What tolerates them.</summary>
    public static IEnumerable<V1Toleration> Tolerations() => Taints.Select(taint => new V1Toleration { Key = taint, OperatorProperty = "Exists", Effect = "NoSchedule" });
}
