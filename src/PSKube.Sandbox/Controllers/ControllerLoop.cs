using PSKube.Sandbox.Catalog;
using PSKube.Sandbox.Nodes;
using PSKube.Sandbox.Registry;
using PSKube.Sandbox.Store;

namespace PSKube.Sandbox.Controllers;

/// <summary>
/// What happens in the sandbox by itself: one thread that takes the keys of changed objects, and those whose time has come, and
/// gives each to its controller. A step is short and holds the store's gate, so that clients get in between two steps.
/// </summary>
internal sealed class ControllerLoop : IDisposable
{
    /// <summary>How many urgent keys are taken for one that is not: pods come first, and nothing waits for ever.</summary>
    private const int UrgentShare = 20;
    private const int KeptFailures = 100;

    private readonly object _lock = new();
    private readonly Queue<(Controller Controller, string Key)> _urgent = new();
    private readonly Queue<(Controller Controller, string Key)> _others = new();
    private readonly HashSet<(Controller, string)> _queued = [];
    private readonly PriorityQueue<(Controller Controller, string Key), DateTime> _timers = new();
    private readonly Dictionary<(Controller, string), DateTime> _due = [];
    private readonly Dictionary<(Controller, string), int> _tries = [];
    private readonly List<TaskCompletionSource> _settling = [];
    private readonly List<ControllerFailure> _failures = [];
    private readonly HashSet<Resource> _resources = [.. Kinds.All];
    private readonly Controller[] _controllers;
    private readonly IDisposable _listening;
    private Thread? _thread;
    private int _sinceOther;
    private bool _busy;
    private bool _stopped;

    /// <summary>Makes the controllers and begins to note changes; nothing is done about them before <see cref="Start"/>.</summary>
    public ControllerLoop(ObjectStore store, ObjectRegistry registry, SandboxClock clock, int minor, ControllerSettings settings)
    {
        Store = store;
        Registry = registry;
        Clock = clock;
        Minor = minor;
        Settings = settings;
        Times = new VirtualTimes(clock);
        Events = new EventRecorder(registry, clock, minor);
        Kubelet = new Kubelet(this);
        Processes = new PodProcess(this);
        _controllers = [new Scheduler(this), Kubelet, .. ControllerSet.Make(this)];
        _listening = store.Listen(Note);
    }

    /// <summary>What there is.</summary>
    public ObjectStore Store { get; }

    /// <summary>Where changes are made.</summary>
    public ObjectRegistry Registry { get; }

    /// <summary>The sandbox's time.</summary>
    public SandboxClock Clock { get; }

    /// <summary>The minor version of the cluster that is played.</summary>
    public int Minor { get; }

    /// <summary>How the sandbox is set up.</summary>
    public ControllerSettings Settings { get; }

    /// <summary>When what was seen, in virtual time.</summary>
    public VirtualTimes Times { get; }

    /// <summary>Who writes events.</summary>
    public EventRecorder Events { get; }

    /// <summary>Who runs the pods.</summary>
    public Kubelet Kubelet { get; }

    /// <summary>Who answers exec, attach and log requests.</summary>
    public PodProcess Processes { get; }

    /// <summary>What went wrong within controllers, the latest hundred.</summary>
    public IReadOnlyList<ControllerFailure> Failures
    {
        get
        {
            lock (_lock) return [.. _failures];
        }
    }

    /// <summary>Every kind of which an object was ever seen, and Kubernetes' own.</summary>
    public Resource[] Resources
    {
        get
        {
            lock (_lock) return [.. _resources];
        }
    }

    /// <summary>Looks at everything that is there, and goes on until it is disposed.</summary>
    public void Start()
    {
        foreach (Resource resource in Resources)
        {
            foreach (StoredObject one in Store.List(resource)) Note(new StoreEvent(StoreEventType.Added, one, null, one.Version));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "PSKube sandbox" };
        _thread.Start();
    }

    /// <summary>Has every pod looked at again by its node.</summary>
    public void LookAtPods()
    {
        foreach (StoredObject pod in Store.List(Kinds.Pods)) Enqueue(Kubelet, $"{pod.Namespace}/{pod.Name}");
    }

    /// <summary>Gives a key to a controller, as soon as its turn comes.</summary>
    public void Enqueue(Controller controller, string key)
    {
        lock (_lock)
        {
            if (_stopped || !_queued.Add((controller, key))) return;
            (controller.Urgent ? _urgent : _others).Enqueue((controller, key));
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Gives a key to a controller after some virtual time; an earlier time that is already set stays.</summary>
    public void After(Controller controller, string key, TimeSpan delay)
    {
        DateTime due = Clock.VirtualNow + delay;
        lock (_lock)
        {
            if (_stopped || (_due.TryGetValue((controller, key), out DateTime set) && set <= due)) return;
            _due[(controller, key)] = due;
            _timers.Enqueue((controller, key), due);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Completes when nothing is queued and nothing is due right now; what is due later does not count.</summary>
    public async Task SettleAsync(CancellationToken cancellation = default)
    {
        TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_stopped) return;
            _settling.Add(settled);
            Monitor.PulseAll(_lock);
        }

        await settled.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listening.Dispose();
        lock (_lock)
        {
            if (_stopped) return;
            _stopped = true;
            foreach (TaskCompletionSource one in _settling) one.TrySetResult();
            _settling.Clear();
            Monitor.PulseAll(_lock);
        }

        Kubelet.Dispose();
        if (_thread is { } thread && thread != Thread.CurrentThread) thread.Join(100);
    }

    private void Note(StoreEvent change)
    {
        lock (_lock) _resources.Add(change.Object.Resource);
        if (change.Type == StoreEventType.Deleted) Times.Forget(change.Object.Uid);
        foreach (Controller controller in _controllers) controller.Note(change);
    }

    private void Run()
    {
        while (Next() is { } next)
        {
            try
            {
                lock (Store.Gate) next.Controller.Reconcile(next.Key);
                lock (_lock) _tries.Remove(next);
            }
#pragma warning disable CA1031 // Whatever goes wrong with one object must not end the cluster.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Keep(next, failure);
            }
            finally
            {
                lock (_lock) _busy = false;
            }
        }
    }

    private void Keep((Controller Controller, string Key) step, Exception failure)
    {
        int tries;
        lock (_lock)
        {
            _tries[step] = tries = _tries.GetValueOrDefault(step) + 1;
            if (_failures.Count == KeptFailures) _failures.RemoveAt(0);
            _failures.Add(new ControllerFailure(step.Controller.GetType().Name, step.Key, failure));
        }

        if (tries < 10) After(step.Controller, step.Key, TimeSpan.FromMilliseconds(100 << tries));
    }

    /// <summary>The next key; waits for one. Null when it is over.</summary>
    private (Controller Controller, string Key)? Next()
    {
        lock (_lock)
        {
            while (!_stopped)
            {
                TimeSpan? wait = TakeDue();
                if (Take() is { } next)
                {
                    _busy = true;
                    return next;
                }

                if (!_busy)
                {
                    foreach (TaskCompletionSource one in _settling) one.TrySetResult();
                    _settling.Clear();
                }

                // A virtual second may really be very short: less than a millisecond cannot be waited for.
                if (wait is { } time) Monitor.Wait(_lock, (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 1, 60_000));
                else Monitor.Wait(_lock);
            }

            return null;
        }
    }

    private (Controller Controller, string Key)? Take()
    {
        bool other = _others.Count > 0 && (_urgent.Count == 0 || _sinceOther >= UrgentShare);
        _sinceOther = other ? 0 : _sinceOther + 1;
        if (!(other ? _others : _urgent).TryDequeue(out (Controller, string) next)) return null;
        _queued.Remove(next);
        return next;
    }

    /// <summary>Queues what is due; returns how long it really is until the next.</summary>
    private TimeSpan? TakeDue()
    {
        DateTime now = Clock.VirtualNow;
        while (_timers.TryPeek(out (Controller Controller, string Key) next, out DateTime due))
        {
            if (due > now) return Clock.Real(due - now);
            _timers.Dequeue();
            if (!_due.TryGetValue(next, out DateTime set) || set != due) continue;
            _due.Remove(next);
            if (_queued.Add(next)) (next.Controller.Urgent ? _urgent : _others).Enqueue(next);
        }

        return null;
    }
}

/// <summary>What went wrong within a controller.</summary>
/// <param name="Controller">The controller.</param>
/// <param name="Key">What it was doing.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record ControllerFailure(string Controller, string Key, Exception Error);
