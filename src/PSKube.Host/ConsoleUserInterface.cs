using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PSKube.Host;

/// <summary>Writing to and asking at the console.</summary>
internal sealed class ConsoleUserInterface : PSHostUserInterface
{
    /// <summary>True when an error was shown: one that a script has caught or silenced is not.</summary>
    public bool ShowedError { get; private set; }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUserInterface();

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    /// <inheritdoc/>
    public override void Write(string value) => Console.Out.Write(Plain(value));

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Console.Out.Write(Plain(value));

    /// <inheritdoc/>
    public override void WriteLine(string value) => Console.Out.WriteLine(Plain(value));

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
        ShowedError = true;
        Console.Error.WriteLine(Plain(value));
    }

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Console.Error.WriteLine($"DEBUG: {message}");

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Console.Error.WriteLine($"VERBOSE: {message}");

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Console.Error.WriteLine($"WARNING: {message}");

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    /// <inheritdoc/>
    public override string ReadLine() => Console.In.ReadLine() ?? "";

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0) secret.RemoveAt(secret.Length - 1);
            else if (!char.IsControl(key.KeyChar)) secret.AppendChar(key.KeyChar);
        }

        Console.Out.WriteLine();
        return secret;
    }

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Tell(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Console.Out.Write($"{field.Name}: ");
            object answer = field.ParameterTypeName == nameof(SecureString) ? ReadLineAsSecureString() : ReadLine();
            answers[field.Name] = PSObject.AsPSObject(answer);
        }

        return answers;
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Tell(caption, message);
        (string Key, string Label)[] keys = [.. choices.Select(choice => Split(choice.Label))];
        string shown = string.Join("  ", keys.Select(key => $"[{key.Key}] {key.Label}"));
        while (true)
        {
            Console.Out.Write(defaultChoice >= 0 ? $"{shown} (default is \"{keys[defaultChoice].Key}\"): " : $"{shown}: ");
            string? typed = Console.In.ReadLine()?.Trim();
            // Nobody is there to answer: what was not agreed to is not done.
            if (typed is null) return Math.Max(Array.FindIndex(keys, key => key.Label.Equals("No", StringComparison.OrdinalIgnoreCase)), defaultChoice);
            if (typed.Length == 0 && defaultChoice >= 0) return defaultChoice;
            int found = Array.FindIndex(keys, key => key.Key.Equals(typed, StringComparison.OrdinalIgnoreCase) || key.Label.Equals(typed, StringComparison.OrdinalIgnoreCase));
            if (found >= 0) return found;
        }
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
    {
        Tell(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Console.Out.Write("User: ");
            userName = ReadLine();
        }

        Console.Out.Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    /// <summary>The engine colours headers and errors; whoever writes them decides whether the colours stay.</summary>
    private string Plain(string value) => GetOutputString(value, SupportsVirtualTerminal);

    private static void Tell(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption)) Console.Out.WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) Console.Out.WriteLine(message);
    }

    /// <summary>The engine marks a choice's key with '&amp;': <c>&amp;Yes</c>, <c>Yes to &amp;All</c>.</summary>
    private static (string Key, string Label) Split(string label)
    {
        int mark = label.IndexOf('&', StringComparison.Ordinal);
        string plain = label.Replace("&", "", StringComparison.Ordinal);
        string key = mark >= 0 && mark + 1 < label.Length ? label[mark + 1].ToString() : plain[..1];
        return (key.ToUpper(CultureInfo.CurrentCulture), plain);
    }
}
