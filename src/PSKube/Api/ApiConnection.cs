using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using PSKube.Config;

namespace PSKube.Api;

/// <summary>
/// One connection to one cluster as one user: its HttpClient, and what has been learnt of the server. Shared by all commands
/// and runspaces of the process that use the same configuration; safe for parallel use.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Shared by every command that uses the configuration; nobody can tell who is the last.")]
internal sealed class ApiConnection
{
    private static readonly ConditionalWeakTable<ClusterConfig, ApiConnection> Connections = [];

    private readonly HttpClient _http;
    private int _warned;

    private ApiConnection(ClusterConfig config)
    {
        Config = config;
        // Time limits are the requests' own: HttpClient's would not reach into a body.
        _http = new HttpClient(config.Transport?.Invoke() ?? ClusterTransport.Create(config)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        Discovery = new Discovery();
    }

    /// <summary>Which cluster, and as whom.</summary>
    public ClusterConfig Config { get; }

    /// <summary>The kinds that this server serves.</summary>
    public Discovery Discovery { get; }

    /// <summary>True once a server, or one of its nodes, has turned out not to speak the newer protocol of remote commands.</summary>
    public bool SpeaksOldExecOnly { get; set; }

    /// <summary>The connection of a configuration; made at its first use.</summary>
    public static ApiConnection For(ClusterConfig config) => Connections.GetValue(config, static key => new ApiConnection(key));

    /// <summary>A sender for one command.</summary>
    public RestClient Rest(ICallObserver observer, TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            foreach (string warning in Config.Warnings) observer.Warning(warning);
        }

        return new RestClient(_http, Config, observer, timeout);
    }
}
