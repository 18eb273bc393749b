using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.FaultServer;
using PSKube.TestKit;

namespace PSKube.EngineTests.Canary;

/// <summary>How the server of a <see cref="CanaryWorld"/> answers.</summary>
public enum Mood
{
    /// <summary>It does what it is asked.</summary>
    Well,

    /// <summary>As the API server refuses credentials, with all of the request in its message.</summary>
    Echo401,

    /// <summary>As a webhook refuses, with all of the request in its message and in a warning.</summary>
    Echo403,

    /// <summary>As a proxy that prints the request on a page for whoever looks after it.</summary>
    Echo500,

    /// <summary>Half an answer.</summary>
    Cut,
}

/// <summary>What must not be seen, planted where it is used: a token, a password, a client key and a Secret's value, and a server that is shown them.</summary>
public sealed class CanaryWorld : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _client;
    private readonly ScriptedServer _server;
    private readonly string? _temp = Environment.GetEnvironmentVariable(TempVariable);
    private readonly string? _modules = Environment.GetEnvironmentVariable("PSModulePath");

    public CanaryWorld()
    {
        using X509Certificate2 root = Certificates.Authority("CN=clients");
        _client = Certificates.Leaf(root, [], purpose: "1.3.6.1.5.5.7.3.2");
        string key = Certificates.KeyPem(_client);
        Sought = [Token, Password, Encoded($"{User}:{Password}"), Value, Encoded(Value), Base64Inside(key), .. key.Split('\n').Where(line => line.Length > 40 && !line.StartsWith('-'))];
        _server = new ScriptedServer(Answer, _authority.Sign("localhost", address: System.Net.IPAddress.Loopback), asksForCertificate: true);
        string certificate = $"client-certificate-data: {Certificates.Base64(_client.ExportCertificatePem())}, client-key-data: {Certificates.Base64(key)}";
        string authority = Certificates.Base64(_authority.Pem);
        Kubeconfig = Folder.Write("config", $$"""
            apiVersion: v1
            kind: Config
            current-context: token
            clusters:
            - name: k
              cluster: {server: "{{_server.Address}}", certificate-authority-data: {{authority}}}
            users:
            - name: bearer
              user: {token: {{Token}}, {{certificate}}}
            - name: basic
              user: {username: {{User}}, password: {{Password}}, {{certificate}}}
            contexts:
            - name: token
              context: {cluster: k, user: bearer}
            - name: basic
              context: {cluster: k, user: basic}
            """);
        Temp = Directory.CreateDirectory(Path.Combine(Folder.Path, "temp")).FullName;
        Environment.SetEnvironmentVariable(TempVariable, Temp);
        // A transcript writes its errors with the Out-String of a session of its own, which finds it as a module.
        Folder.Write("modules/Microsoft.PowerShell.Utility/Microsoft.PowerShell.Utility.psd1", $"@{{ ModuleVersion = '7.0'; NestedModules = '{typeof(Microsoft.PowerShell.Commands.OutStringCommand).Assembly.Location}'; CmdletsToExport = 'Out-String' }}");
        Environment.SetEnvironmentVariable("PSModulePath", Path.Combine(Folder.Path, "modules"));
    }

    private const string User = "canaryuser";

    private static string TempVariable => OperatingSystem.IsWindows() ? "TMP" : "TMPDIR";

    /// <summary>The bearer token.</summary>
    public string Token { get; } = Word("token");

    /// <summary>The password.</summary>
    public string Password { get; } = Word("password");

    /// <summary>The Secret's value.</summary>
    public string Value { get; } = Word("value");

    /// <summary>The kubeconfig, with the contexts <c>token</c> and <c>basic</c>; both show the client certificate.</summary>
    public string Kubeconfig { get; }

    /// <summary>What must not be seen, in every form in which it goes about.</summary>
    public IReadOnlyList<string> Sought { get; }

    /// <summary>The thumbprint of the client certificate.</summary>
    public string Thumbprint => _client.Thumbprint;

    /// <summary>How the server answers.</summary>
    public Mood Mood { get; set; }

    /// <summary>The folder of these tests.</summary>
    internal TempFolder Folder { get; } = new();

    /// <summary>What every part of this process takes for the folder of temporary files meanwhile.</summary>
    internal string Temp { get; }

    /// <summary>The server.</summary>
    internal ScriptedServer Server => _server;

    /// <inheritdoc/>
    public void Dispose()
    {
        Environment.SetEnvironmentVariable(TempVariable, _temp);
        Environment.SetEnvironmentVariable("PSModulePath", _modules);
        _server.Dispose();
        _authority.Dispose();
        _client.Dispose();
        Folder.Dispose();
    }

    /// <summary>The canary in a text, or null. A table or a list may have cut it short or broken it over lines.</summary>
    public string? Find(string text)
    {
        string joined = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        foreach (string canary in Sought)
        {
            string head = canary[..20];
            int at = joined.IndexOf(head, StringComparison.Ordinal);
            if (at >= 0) return joined[Math.Max(0, at - 200)..Math.Min(joined.Length, at + 60)];
        }

        // Bytes as a list view shows them.
        string bytes = string.Join(',', Encoding.UTF8.GetBytes(Value)[..8]);
        return joined.Contains(bytes, StringComparison.Ordinal) ? bytes : null;
    }

    /// <summary>Letters and digits only, in base64 too: nothing that carries it has to escape it.</summary>
    private static string Word(string what)
    {
        while (true)
        {
            string word = $"canary{what}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
            word = word[..(word.Length / 3 * 3)];
            if (Encoded(word).All(char.IsAsciiLetterOrDigit)) return word;
        }
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>A part of a kubeconfig's client-key-data that holds nothing of the first line, which all keys have.</summary>
    private static string Base64Inside(string pem) => Certificates.Base64(pem)[60..100];

    private string Secret(string name, string data) => $$$"""{"kind":"Secret","apiVersion":"v1","type":"Opaque","metadata":{"name":"{{{name}}}","namespace":"default","uid":"s","resourceVersion":"4","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"kind\":\"Secret\",\"stringData\":{\"password\":\"{{{Value}}}\"}}"}},"data":{{{data}}}}""";

    private static string Pod(string name) => $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default","uid":"u-{{{name}}}","resourceVersion":"4"},"spec":{"nodeName":"n","containers":[{"name":"{{{name}}}","image":"x"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"{{{name}}}","containerID":"c","restartCount":0,"state":{"running":{} } }]}}""";

    private string Data => $$"""{"password":"{{Encoded(Value)}}","other":"eA=="}""";

    private ScriptedReply Answer(SeenRequest request)
    {
        string told = $"{request.Method} {request.Target} {string.Join(' ', request.Headers.Select(header => $"{header.Key}: {header.Value}"))} {request.Body}";
        string status(int code, string reason) => new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = $"request denied: {told}", ["reason"] = reason, ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["field"] = "data", ["message"] = told }) }, ["code"] = code }.ToJsonString();
        string line = new([.. told.Where(c => c is >= ' ' and <= '~' and not '"' and not '\\')]);
        return Mood switch
        {
            Mood.Echo401 => new ScriptedReply(401, status(401, "Unauthorized")),
            Mood.Echo403 => new ScriptedReply(403, status(403, "Forbidden")) { Headers = [("Warning", $"299 - \"sent: {line}\""), ("Audit-Id", line)] },
            Mood.Echo500 => new ScriptedReply(500, $"<html><pre>{told}</pre></html>") { ContentType = "text/html" },
            Mood.Cut => new ScriptedReply(200, told) { OnlyBytes = told.Length / 2 },
            _ => Well(request),
        };
    }

    private ScriptedReply Well(SeenRequest request)
    {
        string[] parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (request.Path.EndsWith("/exec", StringComparison.Ordinal)) return ScriptedExec.Ends(0, "done\n", protocol: ScriptedExec.Version5);
        if (request.Path.EndsWith("/log", StringComparison.Ordinal)) return ScriptedReply.Ok("2026-01-02T03:04:05Z a line\n");
        if (request.Target.Contains("watch=true", StringComparison.Ordinal))
        {
            return parts[^1] == "secrets" ? ScriptedReply.Open($$"""{"type":"ADDED","object":{{Secret("a", Data).Replace("\"resourceVersion\":\"4\"", "\"resourceVersion\":\"6\"", StringComparison.Ordinal)}}}""" + "\n") : ScriptedReply.Open("");
        }

        if (request.Target.Contains("continue=next", StringComparison.Ordinal)) return ScriptedReply.Ok("""{"metadata":{"resourceVersion":"5"},"items":[]}""");
        if (request.Method != "DELETE" && parts.Contains("secrets"))
        {
            if (request.Method == "GET") return ScriptedReply.Ok(parts[^1] == "secrets" ? $$"""{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[{{Secret("a", Data)}}]}""" : Secret(parts[^1], Data));
            return new ScriptedReply(request.Method == "POST" ? 201 : 200, Secret(parts[^1] == "secrets" ? "made" : parts[^1], Data));
        }

        // A pod that is run to its end, and one that is ready already.
        int asked = request.Target.IndexOf("metadata.name%3D", StringComparison.Ordinal);
        if (request.Method == "GET" && parts[^1] == "pods" && asked >= 0 && request.Target[(asked + 16)..].Split('&')[0] is var name && name.StartsWith("busybox", StringComparison.Ordinal))
        {
            return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[{{Pod(name).Replace("\"Running\"", "\"Succeeded\"", StringComparison.Ordinal).Replace("\"running\":{}", "\"terminated\":{\"exitCode\":0}", StringComparison.Ordinal)}}]}""");
        }

        if (request.Method == "GET" && parts[^1] == "pods") return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[{{Pod("ready")}},{{Pod("a")}}]}""");
        if (request.Method == "GET" && parts[^1] == "replicasets") return ScriptedReply.Ok($$"""{"metadata":{"resourceVersion":"5"},"items":[{{Revision(1)}},{{Revision(2)}}]}""");
        return ScriptedApi.Answer(request);
    }

    /// <summary>A revision of the deployment a.</summary>
    private static string Revision(int number) => $$$"""{"metadata":{"name":"a-{{{number}}}","namespace":"default","uid":"r{{{number}}}","annotations":{"deployment.kubernetes.io/revision":"{{{number}}}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"a","uid":"u-a","controller":true}]},"spec":{"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"a","image":"x:{{{number}}}"}]} } } }""";
}
