namespace PSKube.Api;

/// <summary>Work that somebody began and may not come to wait for.</summary>
internal static class Abandoned
{
    /// <summary>Looks at the failure of such work when it comes, so that no unobserved exception is raised.</summary>
    public static void Observe(Task task) => _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
