using System.Security.Cryptography.X509Certificates;

namespace PSKube.Config;

/// <summary>Where a connection gets its credential from: a fixed value, a file that is rotated, a plugin, a script block.</summary>
internal interface ICredentialSource
{
    /// <summary>Gets the credential to use now.</summary>
    /// <param name="rejected">The credential that the server has just refused with 401, to be replaced if it can be; otherwise null.</param>
    /// <param name="cancel">Ends the wait, and a plugin that is running for it.</param>
    ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel);

    /// <summary>True when a refused credential may be replaced by asking again.</summary>
    bool CanRefresh { get; }
}

/// <summary>What proves who we are. Never printed: it has no public text form.</summary>
internal sealed class Credential
{
    /// <summary>No proof at all.</summary>
    public static readonly Credential None = new();

    /// <summary>The value of the Authorization header (<c>Bearer …</c> or <c>Basic …</c>), or null.</summary>
    public string? Authorization { get; init; }

    /// <summary>The client certificate with its private key, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The intermediates to send with the client certificate.</summary>
    public X509Certificate2Collection? ClientCertificateChain { get; init; }

    /// <summary>Deliberately says nothing.</summary>
    public override string ToString() => nameof(Credential);
}

/// <summary>No credential: kubectl allows a user entry without one.</summary>
internal sealed class AnonymousCredentials : ICredentialSource
{
    public static readonly AnonymousCredentials Instance = new();

    public bool CanRefresh => false;

    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel) => new(Credential.None);
}

/// <summary>A credential that does not change.</summary>
internal sealed class FixedCredentials(Credential credential) : ICredentialSource
{
    /// <summary>The credential.</summary>
    public Credential Credential { get; } = credential;

    public bool CanRefresh => false;

    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel) => new(Credential);
}
