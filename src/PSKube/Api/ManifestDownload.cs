using System.Management.Automation;
using System.Text;
using PSKube.Errors;
using PSKube.Yaml;

namespace PSKube.Api;

/// <summary>Fetches a manifest from an https address. No credential of any cluster goes there.</summary>
internal static class ManifestDownload
{
    private static readonly Lazy<HttpClient> Http = new(() => new HttpClient(new SocketsHttpHandler { MaxAutomaticRedirections = 5, AutomaticDecompression = System.Net.DecompressionMethods.All }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan });

    /// <summary>Reads the text at an address.</summary>
    /// <exception cref="KubeException">It cannot be read (<c>KubeManifestUnreadable</c>, <c>KubeManifestTooLarge</c>).</exception>
    public static async Task<string> ReadAsync(Uri address, TimeSpan timeout, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            using HttpResponseMessage response = await Http.Value.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw Unreadable(address, $"the server answered {(int)response.StatusCode}");
            if (response.RequestMessage?.RequestUri?.Scheme != "https") throw Unreadable(address, "it leads to an address that is not https");
            if (response.Content.Headers.ContentLength > YamlLimits.Characters) throw TooLarge(address);
            using PooledBody body = await PooledBody.ReadAsync(await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false), response.Content.Headers.ContentLength, limit.Token).ConfigureAwait(false);
            if (body.Bytes.Length > YamlLimits.Characters) throw TooLarge(address);
            return Encoding.UTF8.GetString(body.Bytes.Span);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw Unreadable(address, failure is OperationCanceledException ? "it gave no answer in time" : failure.Message);
        }
    }

    private static KubeException Unreadable(Uri address, string reason) => new("KubeManifestUnreadable", ErrorCategory.ReadError, $"{address} cannot be read: {reason.TrimEnd('.')}.") { Target = address.ToString() };

    private static KubeException TooLarge(Uri address) => new("KubeManifestTooLarge", ErrorCategory.LimitsExceeded, $"{address} is larger than {YamlLimits.Characters / 1024 / 1024} MiB.") { Target = address.ToString() };
}
