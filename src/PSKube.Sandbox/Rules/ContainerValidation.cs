using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What containers must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="names">The formats of names.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: validateContainers, validateInitContainers and what they call.</remarks>
internal sealed class ContainerValidation(Problems problems, NameFormats names)
{
    private const string NoInit = "must not be set for init containers";
    private static readonly string[] s_protocols = ["SCTP", "TCP", "UDP"];
    private static readonly string[] s_pullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] s_probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    private static readonly string[] s_numbers = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];

    private readonly EnvironmentValidation _environment = new(problems, names);
    private readonly VolumeValidation _volumes = new(problems, names);
    private readonly ResourceValidation _resources = new(problems, names);

    /// <summary>Checks the containers of a pod.</summary>
    public void Check(string at, JsonNode? spec, Dictionary<string, JsonObject> volumes)
    {
        JsonObject[] containers = [.. spec.Objects("containers")], first = [.. spec.Objects("initContainers")], later = [.. spec.Objects("ephemeralContainers")];
        All($"{at}.containers", containers, volumes, false);
        if (first.Length > 0) All($"{at}.initContainers", first, volumes, true);
        Init($"{at}.initContainers", first, containers);
        Ephemeral($"{at}.ephemeralContainers", later, [.. containers, .. first], volumes);
    }

    private void All(string at, JsonObject[] containers, Dictionary<string, JsonObject> volumes, bool init)
    {
        if (containers.Length == 0)
        {
            problems.Required(at);
            return;
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < containers.Length; i++) One($"{at}[{i}]", containers[i], volumes, known);
        var ports = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < containers.Length; i++)
        {
            if (init) ports.Clear();
            HostPorts($"{at}[{(init ? 0 : i)}]", containers[i], ports);
        }
    }

    private void One(string at, JsonObject container, Dictionary<string, JsonObject> volumes, HashSet<string> known)
    {
        string name = container.Text("name") ?? "";
        if (name.Length == 0) problems.Required($"{at}.name");
        else problems.Each($"{at}.name", name, names.DnsLabel(name));
        if (!known.Add(name)) problems.Duplicate($"{at}.name", name);
        if (container.Text("image") is null or "") problems.Required($"{at}.image");
        if (problems.Minor < 25) Handlers(at, container);
        switch (container.Text("terminationMessagePolicy"))
        {
            case "File" or "FallbackToLogsOnError": break;
            case null or "": problems.Required($"{at}.terminationMessagePolicy", "must be 'File' or 'FallbackToLogsOnError'"); break;
            case string other: problems.Invalid($"{at}.terminationMessagePolicy", other, "must be 'File' or 'FallbackToLogsOnError'"); break;
        }

        if (problems.Minor < 25) Probe($"{at}.readinessProbe", container["readinessProbe"], false);
        Ports(at, container);
        _environment.Check(at, container);
        Mounts(at, container, volumes);
        string? policy = container.Text("imagePullPolicy");
        if (policy is null or "") problems.Required($"{at}.imagePullPolicy");
        else if (!s_pullPolicies.Contains(policy)) problems.NotSupported($"{at}.imagePullPolicy", policy, s_pullPolicies);
        _resources.Check($"{at}.resources", container["resources"]);
        SecurityValidation.Container(problems, $"{at}.securityContext", container["securityContext"]);
        if (problems.Minor < 25) return;
        Handlers(at, container);
        Probe($"{at}.readinessProbe", container["readinessProbe"], false);
    }

    private void Handlers(string at, JsonObject container)
    {
        foreach (string hook in s_hooks)
        {
            if (container.At("lifecycle", hook) is JsonObject handler) Handler($"{at}.lifecycle.{hook}", handler);
        }

        Probe($"{at}.livenessProbe", container["livenessProbe"], true);
        Probe($"{at}.startupProbe", container["startupProbe"], true);
    }

    private static readonly string[] s_hooks = ["postStart", "preStop"];

    private void Probe(string at, JsonNode? probe, bool once)
    {
        if (probe is not JsonObject json) return;
        Handler(at, json);
        foreach (string number in s_numbers) problems.NonNegative($"{at}.{number}", json.Number(number));
        if (once && json.Number("successThreshold") is { } threshold && threshold != 1) problems.Invalid($"{at}.successThreshold", threshold, "must be 1");
    }

    private void Handler(string at, JsonObject handler)
    {
        int count = 0;
        foreach (string kind in s_handlers)
        {
            if (handler[kind] is not JsonObject action) continue;
            string here = $"{at}.{kind}";
            if (count++ > 0)
            {
                problems.Forbidden(here, "may not specify more than 1 handler type");
                continue;
            }

            switch (kind)
            {
                case "exec":
                    if (action["command"] is not JsonArray { Count: > 0 }) problems.Required($"{here}.command");
                    break;
                case "httpGet":
                    if (action.Text("path") is null or "") problems.Required($"{here}.path");
                    Port($"{here}.port", action["port"]);
                    if (action.Text("scheme") is not ("HTTP" or "HTTPS")) problems.NotSupported($"{here}.scheme", action.Text("scheme"), s_schemes);
                    foreach (JsonObject header in action.Objects("httpHeaders")) problems.Each($"{here}.httpHeaders", header.Text("name"), NameFormats.Header(header.Text("name") ?? ""));
                    break;
                case "tcpSocket":
                    Port($"{here}.port", action["port"]);
                    break;
                case "grpc":
                    Port($"{here}.port", action["port"]);
                    break;
            }
        }

        if (count == 0) problems.Required(at, "must specify a handler type");
    }

    private static readonly string[] s_handlers = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];
    private static readonly string[] s_schemes = ["HTTP", "HTTPS"];

    /// <summary>A port by number or name.</summary>
    public void Port(string field, JsonNode? port)
    {
        if (port?.GetValueKind() == JsonValueKind.String) problems.Each(field, port.Text(), names.PortName(port.Text()!));
        else
        {
            foreach (string reason in NameFormats.PortNumber(port.Number() ?? 0)) problems.Invalid(field, port.Number() ?? 0, reason);
        }
    }

    private void Ports(string at, JsonObject container)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        int i = 0;
        foreach (JsonObject port in container.Objects("ports"))
        {
            string here = $"{at}.ports[{i++}]";
            if (port.Text("name") is { Length: > 0 } name)
            {
                string[] reasons = [.. names.PortName(name)];
                problems.Each($"{here}.name", name, reasons);
                if (reasons.Length == 0 && !known.Add(name)) problems.Duplicate($"{here}.name", name);
            }

            if (port.Number("containerPort") is null or 0) problems.Required($"{here}.containerPort");
            else
            {
                foreach (string reason in NameFormats.PortNumber(port.Number("containerPort")!.Value)) problems.Invalid($"{here}.containerPort", port.Number("containerPort")!.Value, reason);
            }

            if (port.Number("hostPort") is { } host && host != 0)
            {
                foreach (string reason in NameFormats.PortNumber(host)) problems.Invalid($"{here}.hostPort", host, reason);
            }

            if (!s_protocols.Contains(port.Text("protocol") ?? "")) problems.NotSupported($"{here}.protocol", port.Text("protocol"), s_protocols);
        }
    }

    private void HostPorts(string at, JsonObject container, HashSet<string> known)
    {
        int i = 0;
        foreach (JsonObject port in container.Objects("ports"))
        {
            string here = $"{at}.ports[{i++}].hostPort";
            if (port.Number("hostPort") is null or 0) continue;
            string key = $"{port.Text("protocol")}/{port.Text("hostIP")}/{port.Number("hostPort")}";
            if (!known.Add(key)) problems.Duplicate(here, key);
        }
    }

    private void Mounts(string at, JsonObject container, Dictionary<string, JsonObject> volumes)
    {
        JsonObject[] devices = [.. container.Objects("volumeDevices")], mounts = [.. container.Objects("volumeMounts")];
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < mounts.Length; i++)
        {
            string here = $"{at}.volumeMounts[{i}]";
            string name = mounts[i].Text("name") ?? "", path = mounts[i].Text("mountPath") ?? "";
            if (name.Length == 0) problems.Required($"{here}.name");
            if (!volumes.ContainsKey(name)) problems.NotFound($"{here}.name", name);
            if (path.Length == 0) problems.Required($"{here}.mountPath");
            if (!paths.Add(path)) problems.Invalid($"{here}.mountPath", path, "must be unique");
            if (devices.Any(device => device.Text("name") == name)) problems.Invalid($"{here}.name", name, "must not already exist in volumeDevices");
            if (devices.Any(device => device.Text("devicePath") == path)) problems.Invalid($"{here}.mountPath", path, "must not already exist as a path in volumeDevices");
            if (mounts[i].Text("subPath") is { Length: > 0 } below) _volumes.Descending($"{at}.volumeMounts.subPath", below);
            if (mounts[i].Text("subPathExpr") is not { Length: > 0 } expression) continue;
            if (mounts[i].Text("subPath") is { Length: > 0 }) problems.Invalid($"{here}.subPathExpr", expression, "subPathExpr and subPath are mutually exclusive");
            _volumes.Descending($"{at}.volumeMounts.subPathExpr", expression);
        }

        for (int i = 0; i < devices.Length; i++)
        {
            string here = $"{at}.volumeDevices[{i}]", name = devices[i].Text("name") ?? "";
            if (name.Length == 0) problems.Required($"{here}.name");
            if (!volumes.TryGetValue(name, out JsonObject? volume)) problems.NotFound($"{here}.name", name);
            else if (volume["persistentVolumeClaim"] is null && volume["ephemeral"] is null) problems.Invalid($"{here}.name", name, "can only use volume source type of PersistentVolumeClaim for block mode");
            if (devices[i].Text("devicePath") is null or "") problems.Required($"{here}.devicePath");
        }
    }

    private void Init(string at, JsonObject[] containers, JsonObject[] others)
    {
        HashSet<string?> known = [.. others.Select(one => one.Text("name"))];
        for (int i = 0; i < containers.Length; i++)
        {
            string here = $"{at}[{i}]";
            JsonObject container = containers[i];
            if (container.Text("name") is { Length: > 0 } name && !known.Add(name)) problems.Duplicate($"{here}.name", name);
            bool sidecar = problems.Minor >= 28 && container.Text("restartPolicy") == "Always";
            if (sidecar) continue;
            if (container["lifecycle"] is { } lifecycle) Unwanted($"{here}.lifecycle", "core.Lifecycle", lifecycle);
            foreach (string probe in s_probes)
            {
                if (container[probe] is { } json) Unwanted($"{here}.{probe}", "core.Probe", json);
            }
        }
    }

    private void Unwanted(string field, string type, JsonNode value)
    {
        if (problems.Minor >= 28) problems.Forbidden(field, "may not be set for init containers without restartPolicy=Always");
        else problems.InvalidAs(field, $"{type}{value.ToJsonString()}", NoInit);
    }

    private void Ephemeral(string at, JsonObject[] containers, JsonObject[] others, Dictionary<string, JsonObject> volumes)
    {
        HashSet<string> known = [.. others.Select(one => one.Text("name") ?? "")];
        for (int i = 0; i < containers.Length; i++)
        {
            string here = $"{at}[{i}]", name = containers[i].Text("name") ?? "";
            if (containers[i].Text("targetContainerName") is { Length: > 0 } target && !known.Contains(target)) problems.NotFound($"{here}.targetContainerName", target);
            if (name.Length == 0)
            {
                problems.Required(here, "ephemeralContainer requires a name");
                continue;
            }

            One(here, containers[i], volumes, []);
            if (!known.Add(name)) problems.Duplicate($"{here}.name", name);
            foreach (string field in s_notEphemeral)
            {
                if (containers[i][field] is JsonArray { Count: > 0 } or JsonObject { Count: > 0 }) problems.Forbidden($"{here}.{field}", "cannot be set for an Ephemeral Container");
            }
        }
    }

    private static readonly string[] s_notEphemeral = ["ports", "resources", "volumeDevices", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"];
}
