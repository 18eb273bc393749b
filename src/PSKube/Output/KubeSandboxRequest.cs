namespace PSKube.Output;

/// <summary>One request that a sandbox got.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Verb">What was asked, in Kubernetes' word: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, <c>deletecollection</c>.</param>
/// <param name="Resource">Of what, with its subresource: <c>pods</c>, <c>pods/log</c>, <c>deployments/scale</c>; empty for a page of the server such as <c>/version</c>.</param>
/// <param name="Namespace">In which namespace; null for none, or for all.</param>
/// <param name="Name">The object; null for a list and a creation.</param>
/// <param name="StatusCode">The answer's status code; 0 when there was none.</param>
/// <param name="Path">The address, without the query.</param>
/// <param name="Query">The query, without the question mark; empty for none.</param>
/// <param name="Body">The body as text, a Secret's values masked; null for none.</param>
public sealed record KubeSandboxRequest(DateTime Time, string Verb, string Resource, string? Namespace, string? Name, int StatusCode, string Path, string Query, string? Body)
{
    /// <summary>The line of a log: verb, address, status code.</summary>
    public override string ToString() => FormattableString.Invariant($"{Verb} {Path}{(Query.Length > 0 ? "?" + Query : "")} {StatusCode}");
}
