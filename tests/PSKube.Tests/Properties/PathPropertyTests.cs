using System.Collections;
using CsCheck;
using PSKube.Api;
using PSKube.Errors;
using PSKube.Parameters;
using PSKube.Resources;
using PSKube.Sandbox.Server;

namespace PSKube.Tests.Properties;

public class PathPropertyTests
{
    private static readonly Gen<string> Names = Gen.Frequency(
        (2, Hostile.Text),
        (3, Hostile.Of("a", "web-0", ".", "..", "/", "%", "%2f", "%2e%2e", "?", "#", "\\", ";", "&", "=", ":", "@", "+", " ", "*", "..;", "ü", "\u2024", "\uff0e", "\u2215", "//", "?x=y").Array[1, 4].Select(string.Concat)));

    [Fact]
    public void T35_NoNameLeavesItsSegment() => Property.Holds(Gen.Select(Names, Names, Names), names =>
    {
        (string ns, string name, string subresource) = names;
        string path;
        try
        {
            path = ApiPath.For(BuiltInKinds.Pod, ns, name, subresource);
        }
        catch (KubeException refused)
        {
            Assert.Equal("KubeInvalidName", refused.ErrorId);
            return;
        }

        // As it goes over the wire, put together as a request is, below a server that has a path of its own.
        var address = new Uri(new Uri("https://h:6443/k8s/clusters/c-1/"), new RestRequest(HttpMethod.Get, path) { Query = [new("labelSelector", name)] }.Address);
        Assert.Equal("https://h:6443", address.GetLeftPart(UriPartial.Authority));
        string[] segments = address.AbsolutePath.Split('/');
        Assert.Equal(["", "k8s", "clusters", "c-1", "api", "v1", "namespaces", ns, "pods", name, subresource], segments.Select(Uri.UnescapeDataString));
        Assert.Equal("?labelSelector=" + Uri.EscapeDataString(name), address.Query);
        Assert.Equal("", address.Fragment);
    }, 6000);

    private static readonly Gen<string> s_label = Gen.Frequency(
        (3, Hostile.Of("a", "web", "app.kubernetes.io/name", "x_y", "1", "", "in", "notin", "exists")),
        (2, Hostile.Of("a", "b", ",", "=", "!", "(", ")", " ", "==", "!=", " in (", ")", "notin", "<", ">", "/", "\n").Array[0, 4].Select(string.Concat)),
        (1, Hostile.Text));

    [Fact]
    public void T39_ASelectorFromATable_MeansWhatTheTableSays_OrIsRefused() => Property.Holds(Gen.Select(s_label, Gen.OneOf(s_label.Select(value => (object?)value), s_label.Array[1, 3].Select(values => (object?)values), Gen.Bool.Select(value => (object?)value), Gen.Const((object?)null))).Array[1, 3], entries =>
    {
        var table = new Hashtable();
        foreach ((string key, object? value) in entries) table[key] = value;
        string text;
        try
        {
            text = SelectorTransformationAttribute.Write(table);
        }
        catch (Exception refused) when (refused is System.Management.Automation.ArgumentTransformationMetadataException)
        {
            return;
        }

        // Objects that the table selects, and objects that differ from them by one label.
        LabelQuery query = LabelQuery.Parse(text);
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in table)
        {
            string? value = entry.Value switch { null => "any", bool present => present ? "any" : null, string one => one, string[] several => several[^1], _ => throw new InvalidOperationException() };
            if (value is not null) labels[(string)entry.Key] = value;
        }

        Assert.True(query.Matches(labels), $"{text} does not select {string.Join(", ", labels)}.");
        foreach (DictionaryEntry entry in table)
        {
            var other = new Dictionary<string, string>(labels, StringComparer.Ordinal);
            if (entry.Value is false) other[(string)entry.Key] = "there";
            else if (entry.Value is null or true) other.Remove((string)entry.Key);
            else other[(string)entry.Key] = "another-value";
            Assert.False(query.Matches(other), $"{text} selects {string.Join(", ", other)}.");
        }
    }, 6000);
}
