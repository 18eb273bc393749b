using PSKube.Errors;
namespace PSKube.Config;
internal static class ClusterTransport { public static HttpMessageHandler Create(ClusterConfig c) => throw new NotImplementedException(); }
internal static class TransportErrors { public static KubeException Translate(Exception e, ClusterConfig c) => throw new NotImplementedException(); }
internal sealed class KubeSession { public static KubeSession Current => throw new NotImplementedException(); public string? Namespace; }
internal static class ClusterSelector { public static ClusterConfig Resolve(KubeSession s, string? kubeconfig, string? context) => throw new NotImplementedException(); }
