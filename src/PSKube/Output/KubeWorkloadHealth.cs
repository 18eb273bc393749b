namespace PSKube.Output;

/// <summary>A verdict on a workload that a runbook can branch on.</summary>
/// <param name="Kind">The workload's kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Healthy">True when it is as it asks to be and none of its pods fails.</param>
/// <param name="Reason">One word for the gravest thing found, such as <c>CrashLoopBackOff</c>, <c>ImagePullBackOff</c>, <c>Unschedulable</c>, <c>ProgressDeadlineExceeded</c>, <c>VolumePending</c>, <c>NotReady</c>; <c>Healthy</c> when nothing was.</param>
/// <param name="Evidence">What was seen, one line each, the gravest first.</param>
/// <param name="Object">The workload as it was judged.</param>
public sealed record KubeWorkloadHealth(string Kind, string? Namespace, string Name, bool Healthy, string Reason, IReadOnlyList<string> Evidence, object Object);
