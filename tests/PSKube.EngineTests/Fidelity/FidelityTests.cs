using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PSKube.Config;
using PSKube.Sandbox;
using PSKube.Sandboxes;

namespace PSKube.EngineTests.Fidelity;

/// <summary>
/// The sandbox answers as Kubernetes does: more than two hundred requests, good, bad and conflicting, are sent to it and
/// compared with what a real API server of version 1.20 said (answers.jsonl), or says now where PSKUBE_TEST_KUBECONFIG names one.
/// PSKUBE_RECORD=1 writes what the real one says into answers.jsonl.
/// </summary>
public sealed class FidelityTests
{
    private static readonly string Folder = Path.Combine(Engine.RepositoryRoot, "tests", "PSKube.EngineTests", "Fidelity");

    private static readonly List<JsonObject> Requests = [.. File.ReadLines(Path.Combine(Folder, "requests.jsonl")).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    [Fact]
    public async Task EveryAnswerIsThatOfARealServer_SaveWhereTheReasonIsWritten()
    {
        List<JsonObject> real = await RealAsync();
        using var cluster = new SandboxCluster(new SandboxOptions { Minor = 20, Nodes = 1, Speed = 0.01, ReadYaml = SandboxYaml.Read });
        using var invoker = new HttpMessageInvoker(cluster.CreateHandler());
        List<JsonObject> played = await SendAllAsync(invoker, new Uri("http://sandbox.invalid/"));

        // One line per known difference: the request's name, the fields that differ, why; tabs between them.
        Dictionary<string, string[]> known = File.ReadLines(Path.Combine(Folder, "differences.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1].Split(' '));
        var wrong = new StringBuilder();
        int count = 0;
        for (int i = 0; i < Requests.Count; i++)
        {
            string name = Requests[i]["name"]!.GetValue<string>();
            List<string> differences = AnswerDifference.Between(real[i], played[i], Requests[i]);
            string[] excused = known.GetValueOrDefault(name, []);
            foreach (string field in excused.Where(field => !differences.Exists(one => one.StartsWith(field, StringComparison.Ordinal)))) wrong.AppendLine($"{name}: {field} differs no longer; take it out of differences.txt.");
            differences.RemoveAll(one => excused.Any(field => one.StartsWith(field, StringComparison.Ordinal)));
            if (differences.Count == 0) continue;
            count++;
            wrong.AppendLine($"{name}: {Requests[i]["method"]} {Requests[i]["path"]}");
            foreach (string difference in differences) wrong.AppendLine("    " + difference);
        }

        Assert.True(wrong.Length == 0, $"{count} of {Requests.Count} answers differ:\n{wrong}");
        Assert.True(Requests.Count >= 200, "The script is shorter than it was.");
        Assert.All(known.Keys, name => Assert.Contains(Requests, request => request["name"]!.GetValue<string>() == name));
    }

    private static async Task<List<JsonObject>> RealAsync()
    {
        string file = Path.Combine(Folder, "answers.jsonl");
        if (Environment.GetEnvironmentVariable("PSKUBE_TEST_KUBECONFIG") is not { Length: > 0 } kubeconfig) return [.. File.ReadLines(file).Select(line => (JsonObject)JsonNode.Parse(line)!)];
        ClusterConfig config = KubeconfigLoader.Default.Resolve(kubeconfig, null);
        using var invoker = new HttpMessageInvoker(ClusterTransport.Create(config));
        await CleanAsync(invoker, config.Server);
        List<JsonObject> answers = await SendAllAsync(invoker, config.Server);
        if (Environment.GetEnvironmentVariable("PSKUBE_RECORD") == "1") await File.WriteAllLinesAsync(file, answers.Select(answer => answer.ToJsonString()));
        await CleanAsync(invoker, config.Server);
        return answers;
    }

    private static async Task<List<JsonObject>> SendAllAsync(HttpMessageInvoker invoker, Uri server)
    {
        var answers = new List<JsonObject>();
        foreach (JsonObject request in Requests)
        {
            JsonObject answer = await SendAsync(invoker, server, request);
            answers.Add(answer);
            if (answers.Count == 1) await UntilReadyAsync(invoker, server);
        }

        return answers;
    }

    /// <summary>Pods cannot be made before the namespace has its service account and, on old servers, the account its token.</summary>
    private static async Task UntilReadyAsync(HttpMessageInvoker invoker, Uri server)
    {
        var get = new JsonObject { ["method"] = "GET", ["path"] = "/api/v1/namespaces/fidelity/serviceaccounts/default" };
        for (int i = 0; i < 200; i++)
        {
            JsonObject answer = await SendAsync(invoker, server, get);
            if (answer["body"]?["secrets"] is JsonArray { Count: > 0 }) return;
            await Task.Delay(50);
        }

        Assert.Fail("The namespace never got its service account.");
    }

    private static async Task CleanAsync(HttpMessageInvoker invoker, Uri server)
    {
        var delete = new JsonObject { ["method"] = "DELETE", ["path"] = "/api/v1/namespaces/fidelity" };
        var get = new JsonObject { ["method"] = "GET", ["path"] = "/api/v1/namespaces/fidelity" };
        for (int i = 0; i < 600; i++)
        {
            if ((await SendAsync(invoker, server, i == 0 ? delete : get))["status"]!.GetValue<int>() == 404) return;
            await Task.Delay(200);
        }
    }

    private static async Task<JsonObject> SendAsync(HttpMessageInvoker invoker, Uri server, JsonObject request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request["method"]!.GetValue<string>()), new Uri(server, request["path"]!.GetValue<string>().TrimStart('/')));
        message.Headers.TryAddWithoutValidation("User-Agent", "fidelity/1.0");
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (request["body"] is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body is JsonValue value && value.TryGetValue(out string? raw) ? raw : body.ToJsonString()));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request["contentType"]!.GetValue<string>());
        }

        using HttpResponseMessage response = await invoker.SendAsync(message, CancellationToken.None);
        string text = await response.Content.ReadAsStringAsync();
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            json = text;
        }

        return new JsonObject { ["name"] = request["name"]?.DeepClone(), ["status"] = (int)response.StatusCode, ["body"] = json };
    }
}
