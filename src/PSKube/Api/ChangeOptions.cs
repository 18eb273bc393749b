namespace PSKube.Api;

/// <summary>Whether a change is made, only checked by the server, or only built here.</summary>
public enum DryRun
{
    /// <summary>The change is made.</summary>
    None,

    /// <summary>The object is built and emitted; no cluster is asked.</summary>
    Client,

    /// <summary>The server does everything but keep the result (<c>dryRun=All</c>).</summary>
    Server,
}

/// <summary>What the server does about fields that it does not know or that appear twice.</summary>
public enum FieldValidation
{
    /// <summary>Refuse the request and name every such field.</summary>
    Strict,

    /// <summary>Go on, with a warning for each.</summary>
    Warn,

    /// <summary>Drop them silently.</summary>
    Ignore,
}

/// <summary>How a change is to be made.</summary>
internal sealed record ChangeOptions(DryRun DryRun, string FieldManager, FieldValidation FieldValidation);
