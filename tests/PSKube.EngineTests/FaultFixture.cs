using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests;

/// <summary>An engine, and servers that its commands go to by themselves.</summary>
public abstract class FaultFixture : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private protected Engine Engine { get; } = new();

    private protected TempFolder Folder { get; } = new();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Engine.Dispose();
        _owned.ForEach(one => one.Dispose());
        Folder.Dispose();
    }

    private protected T Own<T>(T one)
        where T : IDisposable
    {
        _owned.Add(one);
        return one;
    }

    /// <summary>A server that every command goes to from now on.</summary>
    private protected ScriptedServer Serve(Func<SeenRequest, ScriptedReply> answer)
    {
        ScriptedServer server = Own(new ScriptedServer(answer));
        Use(server.Kubeconfig());
        return server;
    }

    /// <summary>A kubeconfig that every command takes from now on.</summary>
    private protected string Use(string kubeconfig)
    {
        string file = Folder.Write($"config-{Guid.NewGuid():N}", kubeconfig);
        Engine.Run("$global:PSDefaultParameterValues = @{ '*-Kube*:Kubeconfig' = $file }", ("file", file));
        return file;
    }
}
