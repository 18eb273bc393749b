using System.Text.Json;

namespace PSKube.Config;

/// <summary>
/// Gathers what the machine, the user's kuberc (kubectl 1.35), the environment and this process say about credential plugins.
/// Read anew for each start of a plugin; a place that cannot be read or is misspelt allows nothing: it is an error.
/// </summary>
internal sealed class PluginPolicyReader(Func<string, string?>? environment = null, string? home = null, string? machineFile = null, Func<string, string?>? readMachineFile = null)
{
    public const string PolicyVariable = "PSKUBE_CREDENTIAL_PLUGIN_POLICY";
    public const string AllowlistVariable = "PSKUBE_CREDENTIAL_PLUGIN_ALLOWLIST";

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;
    private readonly Func<string, string?> _readMachineFile = readMachineFile ?? MachineFile.Read;
    private volatile PluginRule? _session;

    public static PluginPolicyReader Default { get; } = new();

    /// <summary>
    /// Where an administrator's policy stands. On Windows the system names the folder and not the environment variable
    /// ProgramData, which a user can change.
    /// </summary>
    public static string DefaultMachineFile => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "PSKube", "policy.json")
        : "/etc/pskube/policy.json";

    /// <summary>What Set-KubePolicy has set. One for the process: a parallel runspace must not be a way round it.</summary>
    public PluginRule? Session
    {
        get => _session;
        set => _session = value;
    }

    /// <summary>The policy that holds now.</summary>
    public PluginPolicy Current() => new([.. new[] { Machine(), Kuberc(), FromEnvironment(), Session }.OfType<PluginRule>()]);

    /// <summary>The rule in kubectl's preferences file.</summary>
    public static PluginRule ReadKuberc(string path)
    {
        ConfigNode? root = KubeconfigFile.Parse(path, KubeconfigFile.ReadText(path));
        // kubectl 1.35 calls the field 'name', later ones 'command'.
        IEnumerable<string>? list = root?.Get("credentialPluginAllowlist")?.Items.Select(static entry => (entry.Get("command") ?? entry.Get("name"))?.Text ?? "");
        return PluginRule.Create(path, root?.Get("credentialPluginPolicy")?.Text ?? "", list);
    }

    /// <summary>The rule in a machine's policy file. Unlike a kuberc it holds nothing else, so a field that is not known is a misspelt one.</summary>
    public static PluginRule ReadPolicy(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            string? policy = null;
            IEnumerable<string>? list = null;
            foreach (JsonProperty field in document.RootElement.EnumerateObject())
            {
                if (field.Name == "credentialPluginPolicy" && policy is null) policy = field.Value.GetString() ?? "";
                else if (field.Name == "credentialPluginAllowlist" && list is null) list = [.. field.Value.EnumerateArray().Select(Entry)];
                else throw ConfigErrors.Invalid(path, $"it has a field '{field.Name}' too much; it takes credentialPluginPolicy and credentialPluginAllowlist, once each");
            }

            return string.IsNullOrEmpty(policy) ? throw ConfigErrors.Invalid(path, "it names no credentialPluginPolicy") : PluginRule.Create(path, policy, list);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw ConfigErrors.Invalid(path, "it is not a JSON object with the text credentialPluginPolicy and the list credentialPluginAllowlist");
        }
    }

    private static string Entry(JsonElement entry) => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : entry.GetProperty("name").GetString() ?? "";

    private PluginRule? Machine()
    {
        string path = machineFile ?? DefaultMachineFile;
        return _readMachineFile(path) is { } text ? ReadPolicy(path, text) : null;
    }

    private PluginRule? Kuberc()
    {
        string? named = _environment("KUBERC");
        if (string.Equals(named, "off", StringComparison.OrdinalIgnoreCase)) return null;
        string path = string.IsNullOrEmpty(named) ? Path.Combine(home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "kuberc") : Path.GetFullPath(named);
        if (!File.Exists(path)) return null;
        PluginRule rule = ReadKuberc(path);
        // Most preferences files are about other things.
        return rule.Policy == CredentialPluginPolicy.AllowAll ? null : rule;
    }

    private PluginRule? FromEnvironment()
    {
        string policy = _environment(PolicyVariable) ?? "";
        string list = _environment(AllowlistVariable) ?? "";
        if (policy.Length == 0 && list.Length == 0) return null;
        return PluginRule.Create(PolicyVariable, policy, list.Length == 0 ? null : list.Split(Path.PathSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }
}
