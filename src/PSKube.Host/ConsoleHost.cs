using System.Globalization;
using System.Management.Automation.Host;

namespace PSKube.Host;

/// <summary>The console as the engine sees it.</summary>
internal sealed class ConsoleHost : PSHost
{
    /// <summary>What a script's <c>exit</c> said; null when none did.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override string Name => "PSKube.Host";

    /// <inheritdoc/>
    public override PSHostUserInterface UI => Console;

    /// <summary>The console.</summary>
    public ConsoleUserInterface Console { get; } = new();

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version!;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("This host runs scripts; it has no prompt.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException("This host runs scripts; it has no prompt.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}
