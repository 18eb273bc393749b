using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using PSKube.Config;
using PSKube.TestKit;
using PSKube.Yaml;

namespace PSKube.Tests.Properties;

public class KubeconfigPropertyTests
{
    private static readonly Gen<string> Names = Hostile.Of("a", "b", "c", "A", "prod", "Prod", "it's", "x y", "yes", "1", "größe");

    private static readonly Gen<JsonObject> Files = Gen.Select(Entries("clusters", "cluster", Cluster), Entries("users", "user", User), Entries("contexts", "context", Context), Gen.OneOf(Gen.Const(""), Names), (clusters, users, contexts, current) => new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Config", ["clusters"] = clusters, ["users"] = users, ["contexts"] = contexts, ["current-context"] = current, ["preferences"] = new JsonObject() });

    private static JsonObject Cluster(int i) => (i % 3) switch
    {
        0 => new JsonObject { ["server"] = $"https://s{i}:6443" },
        1 => new JsonObject { ["server"] = $"https://s{i}:6443", ["certificate-authority"] = $"sub/ca{i}.crt" },
        _ => new JsonObject { ["server"] = $"https://s{i}", ["insecure-skip-tls-verify"] = true, ["tls-server-name"] = "n", ["proxy-url"] = "http://p:1" },
    };

    private static JsonObject User(int i) => (i % 3) switch
    {
        0 => new JsonObject { ["token"] = $"t{i}" },
        1 => new JsonObject { ["client-certificate"] = $"/abs/c{i}.crt", ["client-key"] = $"../k{i}.key" },
        _ => new JsonObject { ["username"] = "0644", ["password"] = "yes" },
    };

    private static JsonObject Context(int i) => new() { ["cluster"] = i % 2 == 0 ? "a" : "b", ["user"] = i % 3 == 0 ? "a" : "c", ["namespace"] = $"n{i}" };

    private static Gen<JsonArray> Entries(string list, string content, Func<int, JsonObject> make) => Gen.Select(Names, Gen.Int[0, 50]).Array[0, 4].Select(entries => new JsonArray([.. entries.DistinctBy(entry => entry.Item1).Select(entry => new JsonObject { ["name"] = entry.Item1, [content] = make(entry.Item2 + list.Length) })]));

    /// <summary>A test that has nothing to compare with where there is no kubectl.</summary>
    [Fact]
    public void T21_SeveralFiles_AreMergedAsKubectlMergesThem()
    {
        if (Kubectl.Path is null) return;
        using var folder = new TempFolder();
        int at = 0;
        Property.Holds(Files.Array[1, 4], files =>
        {
            at++;
            string[] paths = [.. files.Select((file, i) => folder.Write($"{at}/{i}/config", YamlWriter.Write(file)))];
            string list = string.Join(Path.PathSeparator, paths.Append(Path.Combine(folder.Path, "missing")).Append(paths[0]));
            (int code, string output, string error) = Kubectl.Run(list, "config", "view", "--raw", "-o", "json");
            Assert.True(code == 0, error);
            using JsonDocument told = JsonDocument.Parse(output);
            Kubeconfig ours = new KubeconfigLoader(name => name == "KUBECONFIG" ? list : null, folder.Path, folder.Path).Load(null);
            Assert.Equal(told.RootElement.GetProperty("current-context").GetString() ?? "", ours.CurrentContext ?? "");
            Same("clusters", "cluster", ours.Clusters);
            Same("users", "user", ours.Users);
            Same("contexts", "context", ours.Contexts);

            void Same(string part, string content, IReadOnlyDictionary<string, KubeconfigEntry> entries)
            {
                JsonElement[] theirs = told.RootElement.GetProperty(part) is { ValueKind: JsonValueKind.Array } there ? [.. there.EnumerateArray()] : [];
                Assert.Equal(theirs.Select(entry => entry.GetProperty("name").GetString()!).Order(StringComparer.Ordinal), entries.Keys.Order(StringComparer.Ordinal));
                foreach (JsonElement entry in theirs)
                {
                    KubeconfigEntry own = entries[entry.GetProperty("name").GetString()!];
                    foreach (JsonProperty field in entry.GetProperty(content).EnumerateObject())
                    {
                        if (field.Value.ValueKind == JsonValueKind.True) Assert.True(own.Flag(field.Name));
                        else if (field.Name is "certificate-authority" or "client-certificate" or "client-key") Assert.Equal(Path.GetFullPath(field.Value.GetString()!, Path.GetDirectoryName(own.File)!), own.FilePath(field.Name));
                        else Assert.Equal(field.Value.GetString(), own.Text(field.Name));
                    }
                }
            }
        }, 25);
    }
}
