using System.Text.Json.Nodes;
using PSKube.Sandbox.Schema;

namespace PSKube.Sandbox.Rules;

/// <summary>What the volumes of pods must be like.</summary>
/// <param name="problems">Where what is wrong goes.</param>
/// <param name="names">The formats of names.</param>
/// <remarks><c>pkg/apis/core/validation/validation.go</c>: ValidateVolumes and what it calls.</remarks>
internal sealed class VolumeValidation(Problems problems, NameFormats names)
{
    private const string ModeWords = "must be a number between 0 and 0777 (octal), both inclusive";
    private static readonly string[] s_hostPaths = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

    /// <summary>Checks a pod's volumes. Returns those that can be mounted: of two of a name the first, and none that is wrong.</summary>
    public Dictionary<string, JsonObject> Check(string field, JsonNode? spec)
    {
        var known = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        int i = 0;
        foreach (JsonObject volume in spec.Objects("volumes"))
        {
            string at = $"{field}[{i++}]";
            int before = problems.Causes.Count;
            Source(at, volume);
            string name = volume.Text("name") ?? "";
            if (name.Length == 0) problems.Required($"{at}.name");
            else problems.Each($"{at}.name", name, names.DnsLabel(name));
            if (known.ContainsKey(name)) problems.Duplicate($"{at}.name", name);
            if (problems.Causes.Count == before) known[name] = volume;
        }

        return known;
    }

    private void Source(string at, JsonObject volume)
    {
        int count = 0;
        foreach ((string kind, JsonNode? value) in volume.OrderByDescending(field => field.Key == "emptyDir"))
        {
            if (kind == "name" || value is not JsonObject source) continue;
            if (count++ > 0)
            {
                problems.Forbidden($"{at}.{kind}", "may not specify more than 1 volume type");
                continue;
            }

            string here = $"{at}.{kind}";
            switch (kind)
            {
                case "emptyDir" when Quantity.Of(source["sizeLimit"]).Nano < 0:
                    problems.Forbidden($"{here}.sizeLimit", "SizeLimit field must be a valid resource quantity");
                    break;
                case "hostPath":
                    if (source.Text("path") is null or "") problems.Required($"{here}.path");
                    else NoBacksteps($"{here}.path", source.Text("path")!);
                    if (!s_hostPaths.Contains(source.Text("type") ?? "")) problems.NotSupported($"{here}.type", source.Text("type"), s_hostPaths);
                    break;
                case "secret":
                    if (source.Text("secretName") is null or "") problems.Required($"{here}.secretName");
                    Mode($"{here}.defaultMode", source.Number("defaultMode"));
                    Items(here, source);
                    break;
                case "configMap":
                    if (source.Text("name") is null or "") problems.Required($"{here}.name");
                    Mode($"{here}.defaultMode", source.Number("defaultMode"));
                    Items(here, source);
                    break;
                case "persistentVolumeClaim":
                    if (source.Text("claimName") is null or "") problems.Required($"{here}.claimName");
                    break;
                case "nfs":
                    if (source.Text("server") is null or "") problems.Required($"{here}.server");
                    if (source.Text("path") is null or "") problems.Required($"{here}.path");
                    else if (source.Text("path")![0] != '/') problems.Invalid($"{here}.path", source.Text("path"), "must be an absolute path");
                    break;
                case "downwardAPI":
                    Mode($"{here}.defaultMode", source.Number("defaultMode"));
                    foreach (JsonObject file in source.Objects("items")) DownwardFile(here, file);
                    break;
                case "projected":
                    Projected(here, source);
                    break;
                case "csi":
                    if (source.Text("driver") is null or "") problems.Required($"{here}.driver");
                    break;
                case "ephemeral":
                    if (source["volumeClaimTemplate"] is null) problems.Required($"{here}.volumeClaimTemplate");
                    break;
            }
        }

        if (count == 0) problems.Required(at, "must specify a volume type");
    }

    private void Items(string at, JsonObject source)
    {
        int i = 0;
        foreach (JsonObject item in source.Objects("items")) Item($"{at}.items[{i++}]", item);
    }

    private void Item(string at, JsonObject item)
    {
        if (item.Text("key") is null or "") problems.Required($"{at}.key");
        if (item.Text("path") is null or "") problems.Required($"{at}.path");
        NonReserved($"{at}.path", item.Text("path") ?? "");
        Mode($"{at}.mode", item.Number("mode"));
    }

    private void DownwardFile(string at, JsonObject file)
    {
        if (file.Text("path") is null or "") problems.Required($"{at}.path");
        NonReserved($"{at}.path", file.Text("path") ?? "");
        if (file["fieldRef"] is JsonObject field)
        {
            new EnvironmentValidation(problems, names).FieldReference($"{at}.fieldRef", field, EnvironmentValidation.VolumeFields);
            if (file["resourceFieldRef"] is not null) problems.Invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
        else if (file["resourceFieldRef"] is JsonObject resource)
        {
            new EnvironmentValidation(problems, names).ResourceReference($"{at}.resourceFieldRef", resource, true);
        }
        else
        {
            problems.Required(at, "one of fieldRef and resourceFieldRef is required");
        }

        Mode($"{at}.mode", file.Number("mode"));
    }

    private void Projected(string at, JsonObject projected)
    {
        Mode($"{at}.defaultMode", projected.Number("defaultMode"));
        var paths = new HashSet<string>(StringComparer.Ordinal);
        int i = 0;
        foreach (JsonObject source in projected.Objects("sources"))
        {
            string here = $"{at}.sources[{i++}]";
            int count = 0;
            foreach (string kind in s_named)
            {
                if (source[kind] is not JsonObject named) continue;
                count++;
                if (named.Text("name") is null or "") problems.Required($"{here}.{kind}.name");
                int j = 0;
                foreach (JsonObject item in named.Objects("items"))
                {
                    Item($"{here}.{kind}.items[{j++}]", item);
                    if (item.Text("path") is { Length: > 0 } path && !paths.Add(path)) problems.Invalid(at, named.Text("name"), "conflicting duplicate paths");
                }
            }

            if (source["downwardAPI"] is JsonObject downward)
            {
                count++;
                foreach (JsonObject file in downward.Objects("items"))
                {
                    DownwardFile($"{here}.downwardAPI", file);
                    if (file.Text("path") is { Length: > 0 } path && !paths.Add(path)) problems.Invalid(at, path, "conflicting duplicate paths");
                }
            }

            if (source["serviceAccountToken"] is JsonObject token)
            {
                count++;
                long seconds = token.Number("expirationSeconds") ?? 0;
                if (seconds < 600) problems.Invalid($"{here}.serviceAccountToken.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
                if (token.Text("path") is null or "") problems.Required($"{at}.path");
            }

            if (count > 1) problems.Forbidden(here, "may not specify more than 1 volume type");
        }
    }

    private static readonly string[] s_named = ["secret", "configMap"];

    private void Mode(string field, long? mode)
    {
        if (mode is < 0 or > 511) problems.Invalid(field, mode.Value, ModeWords);
    }

    private void NonReserved(string field, string path)
    {
        Descending(field, path);
        if (path.StartsWith("..", StringComparison.Ordinal) && !path.StartsWith("../", StringComparison.Ordinal)) problems.Invalid(field, path, "must not start with '..'");
    }

    /// <summary>A path that stays below where it begins.</summary>
    public void Descending(string field, string path)
    {
        if (path.StartsWith('/')) problems.Invalid(field, path, "must be a relative path");
        NoBacksteps(field, path);
    }

    private void NoBacksteps(string field, string path)
    {
        if (path.Split('/').Contains("..")) problems.Invalid(field, path, "must not contain '..'");
    }
}
