using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What environment variables and their sources must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="names">The formats of names.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidateEnv, ValidateEnvFrom.</remarks>
internal sealed class EnvironmentValidation(Problems problems, NameFormats names)
{
    private static readonly string[] s_variableFields = ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.podIP", "status.podIPs"];
    private static readonly string[] s_newVariableFields = ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];
    private static readonly string[] s_resources = ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];
    private static readonly string[] s_sizes = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

    /// <summary>The fields of a pod that a volume can show.</summary>
    public static readonly string[] VolumeFields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    /// <summary>Checks a container's variables.</summary>
    public void Check(string at, JsonObject container)
    {
        int i = 0;
        foreach (JsonObject variable in container.Objects("env"))
        {
            string here = $"{at}.env[{i++}]";
            string name = variable.Text("name") ?? "";
            if (name.Length == 0) problems.Required($"{here}.name");
            else problems.Each($"{here}.name", name, names.Variable(name));
            if (variable["valueFrom"] is JsonObject from) Source($"{here}.valueFrom", from, variable.Text("value") is { Length: > 0 });
        }

        i = 0;
        foreach (JsonObject from in container.Objects("envFrom"))
        {
            string here = $"{at}.envFrom[{i++}]";
            if (from.Text("prefix") is { Length: > 0 } prefix) problems.Each($"{here}.prefix", prefix, names.Variable(prefix));
            int count = 0;
            foreach (string kind in s_whole)
            {
                if (from[kind] is not JsonObject source) continue;
                count++;
                string name = source.Text("name") ?? "";
                if (name.Length == 0) problems.Required($"{here}.{kind}.name");
                else problems.Each($"{here}.{kind}.name", name, names.DnsName(name));
            }

            if (count == 0) problems.Invalid($"{at}.envFrom", "", "must specify one of: `configMapRef` or `secretRef`");
            else if (count > 1) problems.Invalid($"{at}.envFrom", "", "may not have more than one field specified at a time");
        }
    }

    /// <summary>A reference to a field of the pod.</summary>
    public void FieldReference(string at, JsonObject reference, string[] fields)
    {
        string path = reference.Text("fieldPath") ?? "";
        if (path.Length == 0)
        {
            problems.Required($"{at}.fieldPath");
            return;
        }

        int open = path.IndexOf("['", StringComparison.Ordinal);
        string start = open > 0 && path.EndsWith("']", StringComparison.Ordinal) ? path[..open] : path;
        if (!IsKnown(start))
        {
            problems.Invalid($"{at}.fieldPath", path, $"error converting fieldPath: field label not supported: {start}");
        }
        else if (start.Length < path.Length)
        {
            string key = path[(open + 2)..^2];
            if (start is "metadata.annotations" or "metadata.labels") problems.Each(at, key, names.QualifiedName(start == "metadata.annotations" ? key.ToLowerInvariant() : key));
            else problems.Invalid(at, start, "does not support subscript");
        }
        else if (!fields.Contains(path))
        {
            problems.NotSupported($"{at}.fieldPath", path, fields);
        }
    }

    /// <summary>A reference to a resource of a container.</summary>
    public void ResourceReference(string at, JsonObject reference, bool volume)
    {
        string resource = reference.Text("resource") ?? "";
        if (volume && reference.Text("containerName") is null or "") problems.Required($"{at}.containerName");
        else if (resource.Length == 0) problems.Required($"{at}.resource");
        else if (!s_resources.Contains(resource) && !resource.Contains(".hugepages-", StringComparison.Ordinal)) problems.NotSupported($"{at}.resource", resource, s_resources);
        Quantity divisor = Quantity.Of(reference["divisor"]);
        if (divisor.Nano.IsZero) return;
        bool processor = resource.EndsWith(".cpu", StringComparison.Ordinal);
        string told = divisor.ToString();
        if (processor && told is not ("1m" or "1")) problems.Invalid($"{at}.divisor", resource, "only divisor's values 1m and 1 are supported with the cpu resource");
        else if (!processor && !s_sizes.Contains(told)) problems.Invalid($"{at}.divisor", resource, $"only divisor's values {string.Join(", ", s_sizes)} are supported with the {(resource.EndsWith(".memory", StringComparison.Ordinal) ? "memory" : "local ephemeral storage")} resource");
    }

    private static readonly string[] s_whole = ["configMapRef", "secretRef"];
    private static readonly string[] s_keys = ["configMapKeyRef", "secretKeyRef"];

    private static bool IsKnown(string path) => path is "metadata.annotations" or "metadata.labels" or "spec.restartPolicy" or "spec.schedulerName" or "status.phase" or "status.hostIPs" || s_variableFields.Contains(path);

    private void Source(string at, JsonObject from, bool hasValue)
    {
        int count = 0;
        if (from["fieldRef"] is JsonObject field)
        {
            count++;
            FieldReference($"{at}.fieldRef", field, problems.Minor >= 28 ? s_newVariableFields : s_variableFields);
        }

        if (from["resourceFieldRef"] is JsonObject resource)
        {
            count++;
            ResourceReference($"{at}.resourceFieldRef", resource, false);
        }

        foreach (string kind in s_keys)
        {
            if (from[kind] is not JsonObject source) continue;
            count++;
            string name = source.Text("name") ?? "", key = source.Text("key") ?? "";
            problems.Each($"{at}.{kind}.name", name, names.DnsName(name));
            if (key.Length == 0) problems.Required($"{at}.{kind}.key");
            else problems.Each($"{at}.{kind}.key", key, names.DataKey(key));
        }

        if (from["fileKeyRef"] is not null) count++;
        if (count == 0) problems.Invalid(at, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        else if (hasValue) problems.Invalid(at, "", "may not be specified when `value` is not empty");
        else if (count > 1) problems.Invalid(at, "", "may not have more than one field specified at a time");
    }
}
