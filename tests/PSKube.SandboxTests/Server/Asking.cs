using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox;

namespace PSKube.SandboxTests.Server;

/// <summary>A sandbox and a client of it that says what came back.</summary>
internal sealed class Asking : IDisposable
{
    private readonly SandboxCluster _cluster;
    private readonly HttpMessageInvoker _client;

    public Asking(int minor = 34, Func<string, byte[]>? readYaml = null)
    {
        _cluster = new SandboxCluster(new SandboxOptions { Minor = minor, Nodes = 1, Speed = 100, ReadYaml = readYaml });
        _client = new HttpMessageInvoker(_cluster.CreateHandler());
    }

    /// <summary>Sends a request; quotes in the body may be single ones.</summary>
    public async Task<(int Code, JsonNode? Body, string[] Warnings)> Send(string method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://sandbox.invalid" + path);
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(type.EndsWith("json", StringComparison.Ordinal) ? body.Replace('\'', '"') : body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        using HttpResponseMessage response = await _client.SendAsync(request, CancellationToken.None);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, [.. response.Headers.Warning.Where(one => one.Code == 299).Select(one => one.Text.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal))]);
    }

    public void Dispose()
    {
        _client.Dispose();
        _cluster.Dispose();
    }
}
