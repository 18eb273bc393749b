using System.ComponentModel;
using System.Management.Automation;
using PSKube.Api;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Commands;

/// <summary>
/// The life of a cmdlet that waits for something: one token that Ctrl+C fires, waits that end with it, everything written
/// on the pipeline thread, and every failure turned into an error record in one place.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class KubeCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineNotes _notes = new();

    private protected KubeCmdlet()
    {
    }

    /// <summary>Fires on Ctrl+C, on <c>Stop()</c> and when the pipeline is torn down.</summary>
    internal CancellationToken CancelToken => _stop.Token;

    /// <summary>What this runspace has chosen. Known from the begin on, since a thread of the pool has no runspace to ask.</summary>
    internal KubeSession Session { get; private set; } = null!;

    /// <summary>Where background work leaves verbose lines, warnings and debug text for the pipeline thread to write.</summary>
    internal PipelineNotes Notes => _notes;

    /// <summary>True when somebody reads the debug stream: by -Debug or by the caller's preference.</summary>
    internal bool WantsDebug
    {
        get
        {
            if (MyInvocation.BoundParameters.TryGetValue("Debug", out object? given)) return given is SwitchParameter { IsPresent: true };
            return SessionState?.PSVariable.GetValue("DebugPreference") is ActionPreference preference and not ActionPreference.SilentlyContinue and not ActionPreference.Ignore && preference != 0;
        }
    }

    /// <summary>True when an error about one object ends the command or asks the user: by -ErrorAction or by the caller's preference.</summary>
    internal bool EndsAtFirstError
    {
        get
        {
            object? chosen = MyInvocation.BoundParameters.TryGetValue("ErrorAction", out object? given) ? given : SessionState?.PSVariable.GetValue("ErrorActionPreference");
            return LanguagePrimitives.TryConvertTo(chosen, out ActionPreference preference) && preference is ActionPreference.Stop or ActionPreference.Inquire;
        }
    }

    /// <summary>Runs once before the first input.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>Runs for each input.</summary>
    private protected virtual void Process()
    {
    }

    /// <summary>Runs once after the last input; not when the pipeline was stopped.</summary>
    private protected virtual void End()
    {
    }

    /// <summary>Runs when the pipeline is over, however it ended.</summary>
    private protected virtual void Release()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        Session = KubeSession.Current;
        Guard(Begin);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(End);

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The engine may stop a command that has just ended.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends whatever still runs for this command.</summary>
    /// <param name="disposing">Always true: there is nothing to finalize.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        StopProcessing();
        Release();
        _stop.Dispose();
        _notes.Dispose();
    }

    /// <summary>
    /// Waits on the pipeline thread for work that runs on the pool, writing its notes as they come. Ends within moments of
    /// Ctrl+C, whether the work notices or not.
    /// </summary>
    internal T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        // Task.Run: a host may run the pipeline on a thread with a SynchronizationContext.
        Task<T> task = Task.Run(() => work(CancelToken), CancelToken);
        _notes.WriteUntilDone(this, task, CancelToken);
        if (CancelToken.IsCancellationRequested)
        {
            // Whatever it still ends with belongs to nobody.
            Abandoned.Observe(task);
            throw new PipelineStoppedException();
        }

        return task.GetAwaiter().GetResult();
    }

    /// <summary>See <see cref="Await{T}"/>.</summary>
    internal void Await(Func<CancellationToken, Task> work)
    {
        Await(async token =>
        {
            await work(token).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Pulls a stream on the pipeline thread, item by item; the stream is closed however the loop ends.</summary>
    internal IEnumerable<T> Pull<T>(Func<CancellationToken, IAsyncEnumerable<T>> source)
    {
        IAsyncEnumerator<T> items = source(CancelToken).GetAsyncEnumerator(CancelToken);
        try
        {
            // The first step may have to connect; of the later ones most are there already, and a thread for each would cost more than it.
            for (bool more = Await(async _ => await items.MoveNextAsync().ConfigureAwait(false)); more; more = Next(items)) yield return items.Current;
        }
        finally
        {
            // After a stop the last MoveNext may still be under way, and disposing then is not allowed; the token ends it.
            if (!CancelToken.IsCancellationRequested) Task.Run(async () => await items.DisposeAsync().ConfigureAwait(false)).GetAwaiter().GetResult();
        }
    }

    private bool Next<T>(IAsyncEnumerator<T> items)
    {
        ValueTask<bool> step = items.MoveNextAsync();
        if (!step.IsCompletedSuccessfully)
        {
            Task<bool> coming = step.AsTask();
            return Await(_ => coming);
        }

        if (CancelToken.IsCancellationRequested) throw new PipelineStoppedException();
        _notes.Write(this);
        return step.Result;
    }

    /// <summary>Names and texts of other people's stand in what is written, so nothing goes to a terminal raw.</summary>
    internal new void WriteWarning(string text) => base.WriteWarning(TerminalText.Escape(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new void WriteVerbose(string text) => base.WriteVerbose(TerminalText.Escape(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new void WriteDebug(string text) => base.WriteDebug(TerminalText.Escape(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new bool ShouldProcess(string target, string action) => base.ShouldProcess(TerminalText.Escape(target), TerminalText.Escape(action));

    /// <summary>Asks whether a kubeconfig from elsewhere may do what it asks for; no, where nobody is there to answer.</summary>
    internal bool AsksToTrust(ForeignReach reach)
    {
        // pwsh would take the next line of its input for the answer.
        if (Host.Name == "ConsoleHost" && Console.IsInputRedirected) return false;
        try
        {
            return ShouldContinue(TerminalText.Escape($"{reach.Text}{Environment.NewLine}Do you trust whoever wrote it?"), "Trust this kubeconfig?");
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            // Hosts that cannot ask say so in many ways (-NonInteractive, jobs, Azure Automation).
            return false;
        }
    }

    /// <summary>Writes an error for one item; the pipeline goes on, unless the failure ends the command.</summary>
    internal void Fail(KubeException failure, object? target = null)
    {
        ErrorRecord record = KubeErrors.ToRecord(failure, target);
        if (failure.EndsCommand) ThrowTerminatingError(record);
        WriteError(record);
    }

    /// <summary>What is wrong with one of several objects does not keep the others from being worked on.</summary>
    private protected void Try(object input, Action act)
    {
        try
        {
            act();
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            Fail(failure, input);
        }
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (OperationCanceledException) when (CancelToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (KubeException failure)
        {
            Fail(failure);
        }
    }
}
