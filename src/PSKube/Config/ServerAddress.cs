using System.Net;

namespace PSKube.Config;

/// <summary>The rules for addresses of API servers and proxies.</summary>
internal static class ServerAddress
{
    /// <summary>An API server's address, ending in a slash so that paths can be put after it.</summary>
    public static Uri Parse(string field, string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) throw new FieldException($"{field} is not an address such as https://host:6443");
        if (uri.UserInfo.Length > 0) throw new FieldException($"{field} carries a user name or password, which would end up in logs; write it into the user entry");
        if (uri.Scheme is not ("https" or "http")) throw new FieldException($"{field} has the scheme '{uri.Scheme}'; it is https or http");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0) throw new FieldException($"{field} has a query or fragment, which an API server's address cannot have");
        return uri.AbsolutePath.EndsWith('/') ? uri : new UriBuilder(uri) { Path = uri.AbsolutePath + "/" }.Uri;
    }

    /// <summary>A proxy's address (client-go <c>tools/clientcmd/helpers.go</c>: http, https or socks5).</summary>
    public static Uri ParseProxy(string field, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) throw new FieldException($"{field} is not an address such as http://proxy:3128");
        return uri.Scheme is "http" or "https" or "socks5" ? uri : throw new FieldException($"{field} has the scheme '{uri.Scheme}'; it is http, https or socks5");
    }

    /// <summary>True when whatever is sent there can be read on the way.</summary>
    public static bool SendsInTheClear(Uri server) => server.Scheme == "http" && !IsLoopback(server);

    /// <summary>What to say then.</summary>
    public static string ClearWarning(Uri server) => $"Credentials for {server.Authority} are sent unencrypted: its address begins with http://.";

    /// <summary>True for this machine.</summary>
    public static bool IsLoopback(Uri server) => server.IsLoopback || (IPAddress.TryParse(server.DnsSafeHost, out IPAddress? address) && IPAddress.IsLoopback(address));
}
