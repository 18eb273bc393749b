using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Tests.Config;

public sealed class KubeconfigEditorTests : KubeconfigFixture
{
    private const string Text = """
        # my clusters
        apiVersion: v1
        kind: Config
        current-context: "old"   # chosen by hand
        contexts:
        - context:
            cluster: k   # the one
            namespace: before
            user: u
          name: old
        - name: new
          context:
            user: u
            cluster: k
        users:
        - name: u
          user:
            exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: ['a b', "c\td"], interactiveMode: Never}
            x-unknown: |
              kept
        clusters:
        - {name: k, cluster: {server: https://h}}

        """;

    private Kubeconfig Persist(string text, string context, string? ns)
    {
        string path = Write("config", text);
        KubeconfigEditor.Persist(path, Loader.Load(path).Context(context), ns);
        return Loader.Load(path);
    }

    private string After => File.ReadAllText(Path.Combine(Folder, "config"));

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("\n", "\uFEFF")]
    [InlineData("\r\n", "\uFEFF")]
    public void OnlyTheCurrentContextChanges_ByteForByte(string newLine, string mark)
    {
        string before = mark + Text.ReplaceLineEndings(newLine);
        Persist(before, "new", null);
        byte[] expected = System.Text.Encoding.UTF8.GetBytes(before.Replace("\"old\"", "new", StringComparison.Ordinal));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Folder, "config")));
    }

    [Fact]
    public void ANamespace_TakesThePlaceOfTheOldOne()
    {
        Persist(Text, "old", "shop");
        Assert.Equal(Text.Replace("namespace: before", "namespace: shop", StringComparison.Ordinal).Replace("\"old\"   #", "old   #", StringComparison.Ordinal), After);
    }

    [Fact]
    public void ANewNamespace_StandsAtTheIndentOfItsContext()
    {
        Kubeconfig after = Persist(Text, "new", "shop");
        Assert.Equal("shop", after.Context("new").Text("namespace"));
        Assert.Contains("    namespace: shop\n    user: u\n    cluster: k\n", After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("current-context:\n", "current-context: c\n")]
    [InlineData("current-context:   # none\n", "current-context: c   # none\n")]
    [InlineData("current-context: ''\n", "current-context: c\n")]
    [InlineData("current-context: >-\n  old\n", null)]
    [InlineData("", "current-context: c\n")]
    public void EveryWayToWriteTheCurrentContext_IsUnderstood(string line, string? expected)
    {
        Assert.Equal("c", Persist($"kind: Config\n{line}contexts:\n- name: c\n  context: {{cluster: k}}\n", "c", null).CurrentContext);
        if (expected is not null) Assert.Contains(expected, After, StringComparison.Ordinal);
    }

    [Fact]
    public void AJsonFile_StaysJson()
    {
        const string before = "{\"contexts\": [{\"name\": \"c\", \"context\": {\"cluster\": \"k\"}}]}\n";
        const string expected = "{\"current-context\": \"c\", \"contexts\": [{\"name\": \"c\", \"context\": {\"namespace\": \"shop\", \"cluster\": \"k\"}}]}\n";
        Persist(before, "c", "shop");
        Assert.Equal(expected, After);
        Persist(expected, "c", "other");
        Assert.Equal(expected.Replace("shop", "other", StringComparison.Ordinal), After);
    }

    [Theory]
    [InlineData("a: b")]
    [InlineData("#x")]
    [InlineData("yes")]
    [InlineData("007")]
    [InlineData("it's \"so\"")]
    [InlineData("größe")]
    public void OddNames_ReadBackAsTheyAre(string name)
    {
        string quoted = System.Text.Json.JsonSerializer.Serialize(name);
        Assert.Equal(name, Persist($"current-context: x\ncontexts:\n- name: {quoted}\n  context: {{cluster: k}}\n", name, null).CurrentContext);
    }

    [Fact]
    public void TheFileKeepsItsMode_AndNothingIsLeftBeside()
    {
        string path = Write("config", Text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        KubeconfigEditor.Persist(path, Loader.Load(path).Context("new"), "n");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(Folder));
    }

    [Fact]
    public void ALinkedFile_IsChangedWhereItIs()
    {
        if (OperatingSystem.IsWindows()) return;
        string real = Write("real", Text);
        string link = Path.Combine(Folder, "config");
        File.CreateSymbolicLink(link, real);
        KubeconfigEditor.Persist(link, Loader.Load(link).Context("new"), null);
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Contains("current-context: new", File.ReadAllText(real), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatKubectlHasLocked_IsNotTouched()
    {
        string path = Write("config", Text);
        Write("config.lock", "");
        var error = Assert.Throws<KubeException>(() => KubeconfigEditor.Persist(path, Loader.Load(path).Context("new"), null));
        Assert.Contains("config.lock", error.Message, StringComparison.Ordinal);
        Assert.Equal(Text, After);
        Assert.True(File.Exists(path + ".lock"));
    }
}
