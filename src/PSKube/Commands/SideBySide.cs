using System.Diagnostics.CodeAnalysis;
using PSKube.Api;
using PSKube.Errors;

namespace PSKube.Commands;

/// <summary>
/// Changes that go on side by side while the pipeline brings the next object. What became of each is told on the pipeline
/// thread, in the order in which the objects came.
/// </summary>
/// <param name="cmdlet">The command whose changes they are.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for has nothing to free.")]
internal sealed class SideBySide(KubeCmdlet cmdlet)
{
    /// <summary>How many changes are made at a time where the user says nothing: a share of what a server gives one client, so that it need not ask us to wait.</summary>
    private const int Usual = 8;

    /// <summary>How many may wait for an earlier one, for each that runs.</summary>
    private const int Ahead = 4;

    private readonly Queue<Change> _changes = new();
    private SemaphoreSlim? _places;
    private int _limit;

    /// <summary>
    /// How many changes are made at a time; 0 for what is usual: eight, and one where an error ends the command, so that
    /// nothing is under way when it does.
    /// </summary>
    public int Limit { get; set; }

    /// <summary>Begins a change, and tells of earlier ones that are done.</summary>
    /// <param name="about">What is changed; two changes of the same are made one after the other.</param>
    /// <param name="work">The change. It runs on the pool.</param>
    /// <param name="done">What to say of it. It runs on the pipeline thread.</param>
    /// <param name="failed">What to say if it failed.</param>
    public void Start<T>(object about, Func<CancellationToken, Task<T>> work, Action<T> done, Action<KubeException> failed)
    {
        if (_places is null)
        {
            _limit = Limit > 0 ? Limit : cmdlet.EndsAtFirstError ? 1 : Usual;
            _places = new SemaphoreSlim(_limit);
        }

        if (_changes.Any(change => change.About.Equals(about))) Finish();
        while (_changes.TryPeek(out Change? first) && (_changes.Count >= _limit * Ahead || first.Task.IsCompleted)) Settle();
        Task<T> task = Task.Run(() => InPlaceAsync(work, cmdlet.CancelToken), CancellationToken.None);
        // When an earlier one ends the command, nobody is left to ask what became of this one.
        Abandoned.Observe(task);
        _changes.Enqueue(new Change(about, task, () => done(cmdlet.Await(_ => task)), failed));
        if (_limit == 1) Settle();
    }

    /// <summary>Waits for what is under way, and tells of it.</summary>
    public void Finish()
    {
        while (_changes.Count > 0) Settle();
    }

    private void Settle()
    {
        Change change = _changes.Dequeue();
        try
        {
            change.Tell();
        }
        catch (KubeException failure) when (!failure.EndsCommand)
        {
            change.Failed(failure);
        }
    }

    private async Task<T> InPlaceAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        await _places!.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await work(cancel).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    private sealed record Change(object About, Task Task, Action Tell, Action<KubeException> Failed);
}
