namespace PSKube.Config;

/// <summary>A user entry with a client certificate of its own and a plugin: the plugin's token goes beside the certificate.</summary>
internal sealed class CertificateAndPlugin(ICredentialSource certificate, ICredentialSource plugin) : ICredentialSource
{
    private volatile Pair? _last;

    public bool CanRefresh => true;

    public bool IsReady => plugin.IsReady;

    public async ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        Pair? last = _last;
        bool refused = last is not null && ReferenceEquals(last.Joined, rejected);
        Credential own = await certificate.GetAsync(refused ? last!.Own : null, cancel).ConfigureAwait(false);
        Credential issued = await plugin.GetAsync(refused ? last!.Issued : null, cancel).ConfigureAwait(false);
        // The same parts give the same object: a credential is known by its identity when it is refused.
        if (last is not null && ReferenceEquals(last.Own, own) && ReferenceEquals(last.Issued, issued)) return last.Joined;
        bool brought = issued.ClientCertificate is not null;
        var joined = new Credential
        {
            Authorization = issued.Authorization,
            ClientCertificate = brought ? issued.ClientCertificate : own.ClientCertificate,
            ClientCertificateChain = brought ? issued.ClientCertificateChain : own.ClientCertificateChain,
        };
        _last = new Pair(own, issued, joined);
        return joined;
    }

    private sealed record Pair(Credential Own, Credential Issued, Credential Joined);
}
