using System.Globalization;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Schema;
using PSKube.Sandbox.Server;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>
/// Writes events: what is the same again is counted, and what is an hour old is thrown away, as by client-go's recorder and the
/// API server. The scheduler alone writes those of the newer kind, with a time of their own instead of a count.
/// </summary>
internal sealed class EventRecorder(ObjectRegistry registry, SandboxClock clock, int minor)
{
    private const int Kept = 30_000;
    private static readonly TimeSpan s_life = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (string Namespace, string Name)> _known = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, DateTime Until)> _ages = new();
    private long _last;

    /// <summary>Tells that something is as it should be.</summary>
    public void Normal(StoredObject about, string component, string reason, string message, string? host = null, string? field = null) => Record(about, "Normal", component, reason, message, host, field);

    /// <summary>Tells that something is not as it should be.</summary>
    public void Warning(StoredObject about, string component, string reason, string message, string? host = null, string? field = null) => Record(about, "Warning", component, reason, message, host, field);

    /// <summary>Tells what the scheduler did, or could not do.</summary>
    public void Scheduling(StoredObject about, string type, string reason, string action, string message)
    {
        string key = string.Join('\n', "scheduler", about.Uid, reason, message);
        DateTime now = SandboxClock.Now;
        string micro = now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        if (Again(key, json =>
        {
            JsonObject series = json.Child("series");
            series["count"] = (series.Number("count") ?? 1) + 1;
            series["lastObservedTime"] = micro;
        })) return;

        JsonObject json = New(about, type, reason, message, null);
        json["source"] = new JsonObject();
        json["firstTimestamp"] = null;
        json["lastTimestamp"] = null;
        json["eventTime"] = micro;
        json["action"] = action;
        json["reportingComponent"] = "default-scheduler";
        json["reportingInstance"] = "default-scheduler-sandbox";
        Create(key, about, json, "kube-scheduler");
    }

    private void Record(StoredObject about, string type, string component, string reason, string message, string? host, string? field)
    {
        string key = string.Join('\n', component, host, about.Uid, about.Name, field, type, reason, message);
        string now = SandboxClock.Stamp(SandboxClock.Now);
        if (Again(key, json =>
        {
            json["count"] = (json.Number("count") ?? 1) + 1;
            json["lastTimestamp"] = now;
        })) return;

        JsonObject json = New(about, type, reason, message, field);
        var source = new JsonObject { ["component"] = component };
        if (host is not null) source["host"] = host;
        json["source"] = source;
        json["firstTimestamp"] = now;
        json["lastTimestamp"] = now;
        json["count"] = 1;
        json["eventTime"] = null;
        json["reportingComponent"] = minor >= 27 ? component : "";
        json["reportingInstance"] = minor >= 27 && host is not null ? host : "";
        Create(key, about, json, component == "kubelet" ? "kubelet" : "kube-controller-manager");
    }

    private bool Again(string key, Action<JsonObject> change) =>
        _known.TryGetValue(key, out (string Namespace, string Name) known) && registry.Change(Kinds.Events, known.Namespace, known.Name, "kube-controller-manager", null, change) is not null;

    private JsonObject New(StoredObject about, string type, string reason, string message, string? field)
    {
        // Names are the object's and the moment; two in one tick must still differ.
        _last = Math.Max(_last + 1, (SandboxClock.Now - DateTime.UnixEpoch).Ticks * 100);
        var involved = new JsonObject { ["kind"] = about.Resource.Kind };
        if (about.Namespace is not null) involved["namespace"] = about.Namespace;
        involved["name"] = about.Name;
        involved["uid"] = about.Uid;
        involved["apiVersion"] = about.Resource.StoredApiVersion;
        involved["resourceVersion"] = about.Version.ToString(CultureInfo.InvariantCulture);
        if (field is not null) involved["fieldPath"] = field;
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"{about.Name}.{_last.ToString("x", CultureInfo.InvariantCulture)}", ["namespace"] = about.Namespace ?? "default" },
            ["involvedObject"] = involved,
            ["reason"] = reason,
            ["message"] = message,
            ["type"] = type,
        };
    }

    private void Create(string key, StoredObject about, JsonObject json, string manager)
    {
        Expire();
        try
        {
            StoredObject made = registry.Create(Kinds.Events, about.Namespace ?? "default", json, new WriteOptions(manager));
            _known[key] = (made.Namespace!, made.Name);
            _ages.Enqueue((key, clock.VirtualNow + s_life));
        }
        catch (StatusException)
        {
            // A namespace that ends takes no more events; nobody waits for them either.
        }
    }

    private void Expire()
    {
        DateTime now = clock.VirtualNow;
        while (_ages.TryPeek(out (string Key, DateTime Until) oldest) && (oldest.Until < now || _ages.Count > Kept))
        {
            _ages.Dequeue();
            if (_known.Remove(oldest.Key, out (string Namespace, string Name) known)) registry.Store.Remove(Kinds.Events, known.Namespace, known.Name);
        }
    }
}
