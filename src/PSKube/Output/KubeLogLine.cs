namespace PSKube.Output;

/// <summary>One line of a container's log, from <c>Get-KubeLog -AsObject</c>.</summary>
/// <param name="Time">When the container wrote it, UTC, to 100 ns; null when the server does not say.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Message">The line without its end.</param>
public sealed record KubeLogLine(DateTime? Time, string? Namespace, string Pod, string Container, string Message);
