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

    /// <summary>False when the next request would start a program or ask somebody: a Tab key must not.</summary>
    bool IsReady => true;
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

    /// <summary>The header that carries a token.</summary>
    public static string Bearer(string token) => "Bearer " + token;

    /// <summary>True when another credential proves the same in the same way.</summary>
    public bool SameAs(Credential? other) =>
        other is not null
        && Authorization == other.Authorization
        && SameCertificateAs(other);

    /// <summary>True when another credential shows the same client certificate, or none as well.</summary>
    public bool SameCertificateAs(Credential other) =>
        ReferenceEquals(ClientCertificate, other.ClientCertificate)
        || (ClientCertificate is not null && other.ClientCertificate is not null && ClientCertificate.RawDataMemory.Span.SequenceEqual(other.ClientCertificate.RawDataMemory.Span));

    /// <summary>Deliberately says nothing.</summary>
    public override string ToString() => nameof(Credential);
}

/// <summary>
/// A source that can only be asked on the pipeline thread, because it runs the user's PowerShell. A command calls
/// <see cref="RefreshIfDue"/> before it hands work to the pool; there, <see cref="ICredentialSource.GetAsync"/> gives what is held.
/// </summary>
internal interface IPipelineThreadCredentials
{
    /// <summary>True when the held credential ends within five minutes or the server has refused it.</summary>
    bool NeedsPipelineThread { get; }

    /// <summary>Asks for a new credential if one is due. Pipeline thread only.</summary>
    void RefreshIfDue();
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
    public bool CanRefresh => false;

    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel) => new(credential);
}
