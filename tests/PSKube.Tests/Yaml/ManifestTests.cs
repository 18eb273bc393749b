using System.Text;
using PSKube.Errors;
using PSKube.TestKit;
using PSKube.Yaml;

namespace PSKube.Tests.Yaml;

public class ManifestTests
{
    [Theory]
    [InlineData("apps/v1", "Daemonset", "DaemonSet")]
    [InlineData("apps/v1", "deployment", "Deployment")]
    [InlineData("v1", "pod", "Pod")]
    [InlineData("v1", "Servise", "Service")]
    public void AKindInTheWrongCase_IsAnsweredWithTheRightOne(string apiVersion, string kind, string right)
    {
        KubeException error = Assert.Single(Manifest.Read($"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: x}}", "web.yaml")).Failure!;
        Assert.Equal("KubeKindInvalid", error.ErrorId);
        Assert.Contains($"'{right}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("web.yaml, line 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1", "Deployment", "apps/v1")]
    [InlineData("app/v1", "StatefulSet", "apps/v1")]
    [InlineData("apps/v1", "Pod", "v1")]
    public void AKindInAnotherGroup_IsAnsweredWithItsOwn(string apiVersion, string kind, string right)
    {
        KubeException error = Assert.Single(Manifest.Read($"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: x}}")).Failure!;
        Assert.Equal("KubeKindInvalid", error.ErrorId);
        Assert.EndsWith($"it is in {right}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T47_ABadDocumentDoesNotTakeTheOthersWithIt()
    {
        const string yaml = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\nkind: Pod\n---\njust text\n---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: b}\n";
        ManifestItem[] items = [.. Manifest.Read(yaml)];
        Assert.Equal(["a", null, null, "b"], items.Select(item => item.Object?.Header.Name));
        Assert.Contains("no apiVersion", items[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("line 7", items[2].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T47_AListIsOpenedUp()
    {
        const string yaml = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b, namespace: c}}\n";
        Assert.Equal(["configmap/a", "secret/b in c"], Manifest.Read(yaml).Select(item => item.Object!.Header.Reference.ToString()));
    }

    [Fact]
    public void ATypedList_GivesItsItemsTheirKind()
    {
        Assert.Equal(["pod/a"], Manifest.Read("apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n").Select(item => item.Object!.Header.Reference.ToString()));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-32")]
    public void T50_AFileIsReadByItsMark(string encoding)
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "x.yaml");
        File.WriteAllText(path, "name: Grüße", Encoding.GetEncoding(encoding));
        Assert.Equal("name: Grüße", Manifest.ReadFile(path));
    }

    [Fact]
    public void T50_AFileThatIsNoTextIsRefused()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "x.yaml");
        File.WriteAllBytes(path, [(byte)'n', 0xFC, (byte)'x']);
        Assert.Equal("KubeManifestUnreadable", Assert.Throws<KubeException>(() => Manifest.ReadFile(path)).ErrorId);
    }
}
