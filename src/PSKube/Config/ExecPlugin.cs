using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Api;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>What a credential plugin answered.</summary>
internal sealed record ExecAnswer(string? Token, ClientCertificate? Certificate, DateTimeOffset? Expires);

/// <summary>
/// A kubeconfig's <c>exec</c> entry: an external program that gives credentials, as client-go runs it
/// (<c>plugin/pkg/client/auth/exec/exec.go</c>), except that the program's path is resolved by us and never in the current
/// folder, and that it cannot run for ever.
/// </summary>
internal sealed class ExecPlugin
{
    private const int MaxAnswer = 1024 * 1024;
    private const int MaxComplaint = 4096;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);
    private static readonly string[] Versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    private ExecPlugin()
    {
    }

    /// <summary>How long a plugin that talks to nobody may take.</summary>
    private TimeSpan Timeout { get; init; }

    private string Command { get; init; } = "";

    private string ApiVersion { get; init; } = "";

    private IReadOnlyList<string> Arguments { get; init; } = [];

    private IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    private string? InstallHint { get; init; }

    private string InteractiveMode { get; init; } = "IfAvailable";

    private JsonObject? ClusterInfo { get; init; }

    /// <summary>Reads an <c>exec</c> entry.</summary>
    /// <exception cref="KubeException">A field is missing or wrong (<c>KubeConfigInvalid</c>).</exception>
    public static ExecPlugin Read(JsonObject exec, string file, KubeconfigEntry? cluster, Uri? server, TimeSpan? timeout = null)
    {
        string command = Kubeconfig.Text(exec, "command", file, "exec.") ?? throw Invalid("exec.command is missing");
        string version = Kubeconfig.Text(exec, "apiVersion", file, "exec.") ?? throw Invalid("exec.apiVersion is missing");
        if (!Versions.Contains(version)) throw Invalid($"exec.apiVersion '{version}' is not supported (only {string.Join(" and ", Versions)}); renew the kubeconfig with a newer version of the tool that wrote it");
        string? mode = Kubeconfig.Text(exec, "interactiveMode", file, "exec.");
        if (mode is null && version.EndsWith("/v1", StringComparison.Ordinal)) throw Invalid("exec.interactiveMode is missing (Never, IfAvailable or Always)");
        if (mode is not (null or "Never" or "IfAvailable" or "Always")) throw Invalid($"exec.interactiveMode '{mode}' is none of Never, IfAvailable and Always");
        bool hasSeparator = command.AsSpan().IndexOfAny('/', '\\') >= 0 && (OperatingSystem.IsWindows() || command.Contains('/', StringComparison.Ordinal));
        return new ExecPlugin
        {
            Timeout = timeout ?? DefaultTimeout,
            Command = hasSeparator ? Path.GetFullPath(command, Path.GetDirectoryName(file)!) : command,
            ApiVersion = version,
            Arguments = [.. (exec["args"] as JsonArray ?? []).Select(argument => argument?.ToString() ?? "")],
            Environment = [.. (exec["env"] as JsonArray ?? []).OfType<JsonObject>().Select(pair => KeyValuePair.Create(pair["name"]?.ToString() ?? "", pair["value"]?.ToString() ?? "")).Where(pair => pair.Key.Length > 0)],
            InstallHint = Kubeconfig.Text(exec, "installHint", file, "exec."),
            InteractiveMode = mode ?? "IfAvailable",
            ClusterInfo = exec["provideClusterInfo"] is JsonValue flag && flag.TryGetValue(out bool wanted) && wanted && cluster is not null ? DescribeCluster(cluster, server) : null,
        };
    }

    /// <summary>Runs the program once.</summary>
    /// <exception cref="KubeException">It is not there, fails, takes too long or answers something else (<c>KubePluginNotFound</c>, <c>KubePluginFailed</c>).</exception>
    public async Task<ExecAnswer> RunAsync(CancellationToken cancel)
    {
        bool interactive = InteractiveMode != "Never" && !Console.IsInputRedirected && System.Environment.UserInteractive;
        if (InteractiveMode == "Always" && !interactive) throw Failed("it has to ask the user, and there is no terminal here");
        var start = new ProcessStartInfo(Resolve())
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = !interactive,
            RedirectStandardError = !interactive,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in Arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = Info(interactive).ToJsonString();
        using Process process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (!interactive) limit.CancelAfter(Timeout);
        try
        {
            if (!interactive) process.StandardInput.Close();
            Task<string> complaint = interactive ? Task.FromResult("") : ReadEndAsync(process.StandardError, limit.Token);
            string answer = await ReadAnswerAsync(process.StandardOutput, limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            string last = await complaint.ConfigureAwait(false);
            if (process.ExitCode != 0) throw Failed(string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {process.ExitCode}{(last.Length > 0 ? $": {last}" : "")}"));
            return Parse(answer);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"it gave no answer within {Timeout.TotalSeconds:0.#} s"));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The program's absolute path. The current folder is never searched: a cloned repository must not bring its own <c>aws</c>.</summary>
    private string Resolve()
    {
        if (Path.IsPathRooted(Command)) return File.Exists(Command) ? Command : throw NotFound();
        string[] endings = OperatingSystem.IsWindows() ? ["", .. (System.Environment.GetEnvironmentVariable("PATHEXT") ?? ".EXE;.CMD;.BAT").Split(';')] : [""];
        foreach (string folder in (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Path.IsPathRooted(folder)) continue;
            foreach (string ending in endings)
            {
                string candidate = Path.Combine(folder, Command + ending);
                if (File.Exists(candidate) && IsExecutable(candidate)) return candidate;
            }
        }

        throw NotFound();
    }

    private static bool IsExecutable(string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        return (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw Failed($"it cannot be started ({failure.Message})");
        }
    }

    private JsonObject Info(bool interactive)
    {
        var spec = new JsonObject { ["interactive"] = interactive };
        if (ClusterInfo is not null) spec["cluster"] = ClusterInfo.DeepClone();
        return new JsonObject { ["kind"] = "ExecCredential", ["apiVersion"] = ApiVersion, ["spec"] = spec };
    }

    private static JsonObject DescribeCluster(KubeconfigEntry cluster, Uri? server)
    {
        var info = new JsonObject { ["server"] = server?.ToString().TrimEnd('/') };
        foreach (string field in (string[])["tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url"])
        {
            if (cluster.Content[field] is { } value) info[field] = value.DeepClone();
        }

        JsonNode? config = (cluster.Content["extensions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(extension => extension["name"]?.ToString() == "client.authentication.k8s.io/exec")?["extension"];
        if (config is not null) info["config"] = config.DeepClone();
        return info;
    }

    private ExecAnswer Parse(string answer)
    {
        JsonObject? credential;
        try
        {
            credential = JsonNode.Parse(answer) as JsonObject;
        }
        catch (JsonException)
        {
            throw Failed("its answer is no JSON");
        }

        if (credential?["kind"]?.ToString() != "ExecCredential") throw Failed("its answer is no ExecCredential");
        if (credential["apiVersion"]?.ToString() != ApiVersion) throw Failed($"it answered in another version than {ApiVersion}");
        if (credential["status"] is not JsonObject status) throw Failed("its answer has no status");
        string? token = status["token"]?.ToString();
        string? certificate = status["clientCertificateData"]?.ToString();
        string? key = status["clientKeyData"]?.ToString();
        if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(certificate) && string.IsNullOrEmpty(key)) throw Failed("its answer has neither a token nor a certificate");
        if (string.IsNullOrEmpty(certificate) != string.IsNullOrEmpty(key)) throw Failed("its answer has a certificate without a key, or a key without a certificate");
        DateTimeOffset? expires = null;
        if (status["expirationTimestamp"]?.ToString() is { Length: > 0 } text)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)) throw Failed("its expirationTimestamp is no time");
            expires = at;
        }

        try
        {
            return new ExecAnswer(string.IsNullOrEmpty(token) ? null : token, string.IsNullOrEmpty(certificate) ? null : Pem.ReadClientCertificate(certificate, key!), expires);
        }
        catch (FormatException failure)
        {
            throw Failed($"its answer cannot be used: {failure.Message}");
        }
    }

    private async Task<string> ReadAnswerAsync(StreamReader output, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[8192];
        int read;
        while ((read = await output.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MaxAnswer) throw Failed("its answer is longer than 1 MiB");
        }

        return text.ToString();
    }

    private static async Task<string> ReadEndAsync(StreamReader errors, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await errors.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MaxComplaint) text.Remove(0, text.Length - MaxComplaint);
        }

        return Redact(ServerErrors.Escape(text.ToString().Trim()));
    }

    /// <summary>A plugin that fails may print what it had: long runs without a space are taken for tokens.</summary>
    private static string Redact(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"[A-Za-z0-9_\-\.=+/]{40,}", "***");

    private KubeException NotFound() => new("KubePluginNotFound", ErrorCategory.ResourceUnavailable, $"The credential plugin '{Command}' is not on this machine's PATH.{(InstallHint is null ? "" : "\n" + ServerErrors.Escape(InstallHint.Trim()))}")
    {
        Target = Command,
        RecommendedAction = "Install the plugin, or use a kubeconfig with other credentials.",
        EndsCommand = true,
    };

    private KubeException Failed(string reason) => new("KubePluginFailed", ErrorCategory.ResourceUnavailable, $"The credential plugin '{Command}' failed: {reason}.") { Target = Command, EndsCommand = true };

    private static KubeException Invalid(string reason) => new("KubeConfigInvalid", ErrorCategory.InvalidData, reason + ".") { EndsCommand = true };
}
