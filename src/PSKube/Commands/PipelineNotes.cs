using System.Collections.Concurrent;

namespace PSKube.Commands;

/// <summary>
/// Verbose, warning and debug texts on their way from background work to the pipeline thread, the only one that may write.
/// </summary>
internal sealed class PipelineNotes : IDisposable
{
    private readonly ConcurrentQueue<(NoteKind Kind, string Text)> _queue = new();
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);
    // It is the network that is waited for: to spin meanwhile would only take a processor from others.
    private readonly ManualResetEventSlim _signal = new(false, spinCount: 0);

    /// <summary>Which stream a note goes to.</summary>
    private enum NoteKind
    {
        Verbose,
        Warning,
        Debug,
    }

    /// <summary>Leaves a verbose line.</summary>
    public void Verbose(string text) => Add(NoteKind.Verbose, text);

    /// <summary>Leaves a debug text.</summary>
    public void Debug(string text) => Add(NoteKind.Debug, text);

    /// <summary>Leaves a warning; the same text is said once per command.</summary>
    public void Warning(string text)
    {
        if (_warned.TryAdd(text, true)) Add(NoteKind.Warning, text);
    }

    /// <summary>Writes notes as they come until the task is over or the token fires.</summary>
    public void WriteUntilDone(KubeCmdlet cmdlet, Task task, CancellationToken cancel)
    {
        _ = task.ContinueWith(_ => Signal(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!task.IsCompleted && !cancel.IsCancellationRequested)
        {
            try
            {
                _signal.Wait(cancel);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _signal.Reset();
            Write(cmdlet);
        }

        if (!cancel.IsCancellationRequested) Write(cmdlet);
    }

    /// <summary>Writes what is there now.</summary>
    public void Write(KubeCmdlet cmdlet)
    {
        while (_queue.TryDequeue(out (NoteKind Kind, string Text) note))
        {
            switch (note.Kind)
            {
                case NoteKind.Warning:
                    cmdlet.WriteWarning(note.Text);
                    break;
                case NoteKind.Debug:
                    cmdlet.WriteDebug(note.Text);
                    break;
                default:
                    cmdlet.WriteVerbose(note.Text);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _signal.Dispose();

    private void Add(NoteKind kind, string text)
    {
        _queue.Enqueue((kind, text));
        Signal();
    }

    private void Signal()
    {
        try
        {
            _signal.Set();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended; nobody is left to read the note.
        }
    }
}
