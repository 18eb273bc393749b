using System.Management.Automation;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>A token in a file that something else renews; read again after a minute, and when the server refuses it.</summary>
internal sealed class TokenFileCredentials(string path, ClientCertificate? certificate) : ICredentialSource
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private Credential? _current;
    private long _readAt;

    public bool CanRefresh => true;

    public ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        lock (_gate)
        {
            bool stale = _current is null || ReferenceEquals(_current, rejected) || Environment.TickCount64 - _readAt > MaxAge.TotalMilliseconds;
            if (stale) Read();
            return new(_current!);
        }
    }

    private void Read()
    {
        string token;
        try
        {
            token = File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, $"The token file {path} cannot be read.") { Target = path, EndsCommand = true };
        }

        if (token.Length == 0) throw new KubeException("KubeConfigInvalid", ErrorCategory.InvalidData, $"The token file {path} is empty.") { Target = path, EndsCommand = true };
        _readAt = Environment.TickCount64;
        if (_current?.Authorization == $"Bearer {token}") return;
        _current = new Credential { Authorization = $"Bearer {token}", ClientCertificate = certificate?.Certificate, ClientCertificateChain = certificate?.Chain };
    }
}
