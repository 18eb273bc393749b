namespace PSKube.Api;

/// <summary>Who hears about requests while they run: the cmdlet's Verbose, Warning and Debug streams, or nobody.</summary>
internal interface ICallObserver
{
    /// <summary>True when bodies are wanted; they cost time to mask.</summary>
    bool WantsBodies { get; }

    /// <summary>A request came to its end.</summary>
    void Verbose(string text);

    /// <summary>The server or the configuration has something to say to the user.</summary>
    void Warning(string text);

    /// <summary>A body, secrets masked.</summary>
    void Debug(string text);
}

/// <summary>Hears nothing: for completers and background reads.</summary>
internal sealed class SilentObserver : ICallObserver
{
    public static readonly SilentObserver Instance = new();

    public bool WantsBodies => false;

    public void Verbose(string text)
    {
    }

    public void Warning(string text)
    {
    }

    public void Debug(string text)
    {
    }
}
