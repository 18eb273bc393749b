using System.Text;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Controllers;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Rules;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Store;

namespace PSKube.SandboxTests.Controllers;

/// <summary>A cluster without a server: what the controllers make of what is put into it.</summary>
internal sealed class Cluster : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public Cluster(double speed = 200, int minor = 30, ControllerSettings? settings = null, bool seed = true)
    {
        Settings = settings ?? new ControllerSettings();
        Registry = new ObjectRegistry(Store, new KindRules(minor), new Admission(Store, minor));
        Loop = new ControllerLoop(Store, Registry, new SandboxClock(speed), minor, Settings);
        if (seed) SandboxSeed.Fill(Store, Registry, minor, Settings);
        Loop.Start();
    }

    public ControllerSettings Settings { get; }

    public ObjectStore Store { get; } = new();

    public ObjectRegistry Registry { get; }

    public ControllerLoop Loop { get; }

    public void Dispose()
    {
        Loop.Dispose();
        Assert.Empty(Loop.Failures);
    }

    /// <summary>Creates an object; quotes may be single ones.</summary>
    public StoredObject Create(Resource resource, string json, string? ns = "default") => Registry.Create(resource, resource.Namespaced ? ns : null, Json(json), new WriteOptions("test"));

    public void Change(Resource resource, string name, Action<JsonObject> change, string? ns = "default") => Registry.Change(resource, resource.Namespaced ? ns : null, name, "test", null, json =>
    {
        change(json);
        // What the rules of the server do, which these tests do without.
        if (resource.HasStatus) json.Child("metadata")["generation"] = (json.Number("metadata", "generation") ?? 1) + 1;
    });

    public JsonObject? Get(Resource resource, string name, string? ns = "default") => Store.Find(resource, resource.Namespaced ? ns : null, name)?.Parse();

    public StoredObject[] Pods(string? ns = "default") => Store.List(Kinds.Pods, ns);

    public async Task<JsonObject> Until(Resource resource, string name, Func<JsonObject, bool> holds, string? ns = "default")
    {
        JsonObject? last = null;
        await Until(() => (last = Get(resource, name, ns)) is { } one && holds(one), () => $"{resource.Kind} {name}: {last?.ToJsonString()}");
        return last!;
    }

    public async Task Until(Func<bool> holds, Func<string>? say = null)
    {
        DateTime end = DateTime.UtcNow + s_patience;
        while (!holds())
        {
            if (DateTime.UtcNow > end) Assert.Fail($"{say?.Invoke() ?? "It never held."} Failures: {string.Join("; ", Loop.Failures)}; pods: {string.Join(", ", Pods().Select(one => $"{one.Name} {one.Phase} {one.NodeName}"))}");
            await Task.Delay(5);
        }

        await Loop.SettleAsync();
    }

    public IEnumerable<(string Type, string Reason, string Message)> Events(string name, string ns = "default") =>
        Store.List(Kinds.Events, ns).Select(one => one.Parse()).Where(one => one.Text("involvedObject", "name") == name).Select(one => (one.Text("type")!, one.Text("reason")!, one.Text("message")!));

    public async Task<(int Code, string Out, string Err, string? Failure)> Exec(string pod, params string[] command)
    {
        var output = new MemoryStream();
        var errors = new MemoryStream();
        ExecResult result = await Loop.Processes.RunAsync("default", pod, null, command, null, bytes => { lock (output) output.Write(bytes.Span); return default; }, bytes => { lock (errors) errors.Write(bytes.Span); return default; }, CancellationToken.None).WaitAsync(s_patience);
        return (result.ExitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()), result.Failure);
    }

    public string Log(string pod, string? container = null, bool previous = false) => string.Concat(Loop.Processes.Log("default", pod, container, previous).Read(0).Lines.Select(line => Encoding.UTF8.GetString(line.Text.Span) + (line.Complete ? "\n" : "")));

    public static JsonObject Json(string json) => (JsonObject)JsonNode.Parse(json.Replace('\'', '"'))!;

    public static string Workload(string name, int replicas = 3, string image = "nginx", string more = "") =>
        $"{{'metadata':{{'name':'{name}','generation':1}},'spec':{{'replicas':{replicas},'selector':{{'matchLabels':{{'app':'{name}'}}}},'template':{{'metadata':{{'labels':{{'app':'{name}'}}}},'spec':{{'containers':[{{'name':'c','image':'{image}'}}]}}}}{more}}}}}";

    public static string Pod(string name, string image = "nginx", string container = "", string more = "") =>
        $"{{'metadata':{{'name':'{name}','labels':{{'run':'{name}'}}}},'spec':{{'containers':[{{'name':'c','image':'{image}'{container}}}]{more}}}}}";
}
