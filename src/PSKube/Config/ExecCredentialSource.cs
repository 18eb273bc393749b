using System.Diagnostics;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSKube.Errors;

namespace PSKube.Config;

/// <summary>
/// The credential that a plugin gives (client-go <c>plugin/pkg/client/auth/exec</c>; client.authentication.k8s.io v1 and
/// v1beta1). However many requests wait for it, the plugin runs once; it runs again when its credential ends or is refused.
/// </summary>
internal sealed class ExecCredentialSource(ExecCommand command, ExecOptions? options = null) : ICredentialSource, IDisposable
{
    private const int MaxOutput = 1024 * 1024;
    private const int MaxShown = 4 * 1024;

    private readonly ExecOptions _options = options ?? ExecOptions.Default;
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Issued? _issued;

    public bool CanRefresh => true;

    public bool IsReady => Usable(null) is not null;

    public async ValueTask<Credential> GetAsync(Credential? rejected, CancellationToken cancel)
    {
        if (Usable(rejected) is { } ready) return ready;
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Whoever waited gets what the one before it fetched.
            if (Usable(rejected) is { } fetched) return fetched;
            _issued = await RunAsync(cancel).ConfigureAwait(false);
            return _issued.Credential;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private Credential? Usable(Credential? rejected) =>
        _issued is { } issued && !ReferenceEquals(issued.Credential, rejected) && _options.Clock.GetUtcNow() < issued.Expires ? issued.Credential : null;

    private async Task<Issued> RunAsync(CancellationToken cancel)
    {
        bool interactive = command.InteractiveMode != ExecInteractiveMode.Never && _options.IsInteractive();
        if (command.InteractiveMode == ExecInteractiveMode.Always && !interactive)
        {
            throw Failed("must ask the person at the terminal (interactiveMode: Always), and this session has none", "Log in once in a terminal, or use a credential that needs nobody there.");
        }

        string file = ExecCommand.Locate(command.Command) ?? throw NotFound();
        _options.Policy().Demand(command.Command, file);
        using Process process = Start(file, interactive);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // A person may take their time, and has Ctrl+C.
        if (!interactive) ending.CancelAfter(_options.Timeout);
        // Reads of a pipe cannot be cancelled on Windows; they end when the plugin does.
        using CancellationTokenRegistration kill = ending.Token.Register(() => End(process));
        var errors = new StringBuilder();
        try
        {
            Task<string> output = ReadAsync(process.StandardOutput, ending);
            Task complaints = CollectErrorsAsync(process.StandardError, errors, interactive, ending.Token);
            if (!interactive) process.StandardInput.Close();
            string reply = await output.ConfigureAwait(false);
            await complaints.ConfigureAwait(false);
            await process.WaitForExitAsync(ending.Token).ConfigureAwait(false);
            ending.Token.ThrowIfCancellationRequested();
            if (process.ExitCode != 0) throw Failed($"ended with exit code {process.ExitCode}{Complaints(errors)}");
            return Read(reply);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"gave no credential within {_options.Timeout.TotalSeconds:0.#} s and was stopped{Complaints(errors)}");
        }
        finally
        {
            End(process);
        }
    }

    private Process Start(string file, bool interactive)
    {
        var start = new ProcessStartInfo(file)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = !interactive,
            StandardOutputEncoding = Encoding.UTF8,
            CreateNoWindow = !interactive,
        };
        foreach (string argument in command.Arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in command.Environment) start.Environment[name] = value;
        var spec = new JsonObject { ["interactive"] = interactive };
        if (command.ClusterInfo is not null) spec["cluster"] = JsonNode.Parse(command.ClusterInfo);
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject { ["kind"] = "ExecCredential", ["apiVersion"] = command.ApiVersion, ["spec"] = spec }.ToJsonString();
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            throw Failed($"could not be started: {error.Message}");
        }
    }

    private async Task<string> ReadAsync(StreamReader output, CancellationTokenSource ending)
    {
        var text = new StringBuilder();
        var buffer = new char[8192];
        while (await output.ReadAsync(buffer, ending.Token).ConfigureAwait(false) is var read and > 0)
        {
            if (text.Length + read > MaxOutput) throw Failed("wrote more than 1 MiB to its output");
            text.Append(buffer, 0, read);
        }

        return text.ToString();
    }

    private async Task CollectErrorsAsync(StreamReader source, StringBuilder kept, bool show, CancellationToken cancel)
    {
        var buffer = new char[1024];
        while (await source.ReadAsync(buffer, cancel).ConfigureAwait(false) is var read and > 0)
        {
            // A plugin that talks to a person does so here ("open this page and type this code").
            if (show) await _options.Terminal.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            lock (kept)
            {
                kept.Append(buffer, 0, read);
                if (kept.Length > 4 * MaxShown) kept.Remove(0, kept.Length - (2 * MaxShown));
            }
        }
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It ended by itself in this moment.
        }
    }

    private Issued Read(string reply)
    {
        JsonObject? answer;
        try
        {
            answer = JsonNode.Parse(reply) as JsonObject;
        }
        catch (JsonException)
        {
            throw Failed("did not write an ExecCredential as JSON to its output");
        }

        string? version = Text(answer, "apiVersion");
        if (Text(answer, "kind") != "ExecCredential") throw Failed("did not write an object of kind ExecCredential to its output");
        if (version != command.ApiVersion) throw Failed($"is configured for {command.ApiVersion} but answered in '{SafeText.Shown(version ?? "", 100)}'");
        if (answer!["status"] is not JsonObject status) throw Failed("answered without a status");
        string? token = Text(status, "token");
        string? certificate = Text(status, "clientCertificateData");
        string? key = Text(status, "clientKeyData");
        if (token is null && certificate is null && key is null) throw Failed("answered with neither a token nor a certificate");
        if ((certificate is null) != (key is null)) throw Failed("answered with only one of certificate and key");
        if (token is not null && token.Any(static c => char.IsControl(c) || c > 0x7e)) throw Failed("answered with a token that no HTTP header can carry");

        DateTimeOffset expires = DateTimeOffset.MaxValue;
        if (Text(status, "expirationTimestamp") is { } stamp && !DateTimeOffset.TryParse(stamp, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out expires))
        {
            throw Failed("answered with an expirationTimestamp that is not a time");
        }

        X509Certificate2? client = null;
        X509Certificate2Collection? chain = null;
        if (certificate is not null)
        {
            try
            {
                (client, chain) = PemFiles.Client("status.clientCertificateData", certificate, "status.clientKeyData", key!);
            }
            catch (FieldException error)
            {
                throw Failed($"answered with a certificate that cannot be used: {error.Message}");
            }

            if (client.NotAfter < expires) expires = client.NotAfter;
        }

        return new Issued(new Credential { Authorization = token is null ? null : Credential.Bearer(token), ClientCertificate = client, ClientCertificateChain = chain }, expires);
    }

    private static string? Text(JsonObject? map, string key) => map?[key] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static string Complaints(StringBuilder errors)
    {
        string text;
        lock (errors) text = errors.ToString();
        string shown = SafeText.Shown(text, MaxShown);
        return shown.Length == 0 ? "" : $":{Environment.NewLine}{shown}";
    }

    private KubeException Failed(string what, string? advice = null) =>
        new("KubePluginFailed", ErrorCategory.ResourceUnavailable, $"The credential plugin '{command.Command}' {what}")
        {
            EndsCommand = true,
            Target = command.Command,
            RecommendedAction = advice,
        };

    private KubeException NotFound() =>
        new("KubePluginNotFound", ErrorCategory.ResourceUnavailable, $"The credential plugin '{command.Command}' was not found{(Path.IsPathFullyQualified(command.Command) ? "" : " in any folder of PATH")}.{(command.InstallHint is { } hint ? Environment.NewLine + SafeText.Shown(hint, MaxShown) : "")}")
        {
            EndsCommand = true,
            Target = command.Command,
            RecommendedAction = $"Install {Path.GetFileName(command.Command)}, or put its folder on PATH.",
        };

    private sealed class Issued(Credential credential, DateTimeOffset expires)
    {
        public Credential Credential { get; } = credential;

        public DateTimeOffset Expires { get; } = expires;
    }
}

/// <summary>What a plugin's run depends on besides its description.</summary>
internal sealed class ExecOptions
{
    public static readonly ExecOptions Default = new();

    /// <summary>How long a plugin may take when nobody is there to wait for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Which plugins may be started; asked before each start.</summary>
    public Func<PluginPolicy> Policy { get; init; } = PluginPolicyReader.Default.Current;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where an interactive plugin's messages are shown.</summary>
    public TextWriter Terminal { get; init; } = Console.Error;

    /// <summary>True when a person sits at this process' terminal.</summary>
    public Func<bool> IsInteractive { get; init; } = static () =>
        Environment.UserInteractive
        && !Console.IsInputRedirected
        && !Environment.GetCommandLineArgs().Any(static argument => argument.StartsWith("-noni", StringComparison.OrdinalIgnoreCase));
}
