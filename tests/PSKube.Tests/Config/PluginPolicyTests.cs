using System.Runtime.InteropServices;
using PSKube.Config;
using PSKube.Errors;

namespace PSKube.Tests.Config;

/// <summary>Who says which credential plugins may run, and that the strictest of them wins.</summary>
public sealed class PluginPolicyTests : KubeconfigFixture
{
    private readonly Dictionary<string, string?> _variables = [];

    [DllImport("libc")]
    private static extern uint geteuid();

    private PluginPolicyReader Reader(string? machine = null, string? session = null, params string[] allowlist) =>
        new(_variables.GetValueOrDefault, Path.Combine(Folder, "home"), Path.Combine(Folder, "policy.json"), _ => machine)
        {
            Session = session is null ? null : PluginRule.Create("Set-KubePolicy", session, allowlist.Length > 0 ? allowlist : null),
        };

    private string Program(string name)
    {
        string path = Write(OperatingSystem.IsWindows() ? name + ".exe" : name, "");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static KubeException Denied(PluginPolicyReader reader, string file)
    {
        KubeException error = Assert.Throws<KubeException>(() => reader.Current().Demand(Path.GetFileName(file), file));
        Assert.Equal("KubePluginDenied", error.ErrorId);
        return error;
    }

    private static KubeException Invalid(Action act)
    {
        KubeException error = Assert.Throws<KubeException>(act);
        Assert.Equal("KubeConfigInvalid", error.ErrorId);
        return error;
    }

    private static string List(params string[] entries) => "{\"credentialPluginPolicy\":\"Allowlist\",\"credentialPluginAllowlist\":[" + string.Join(',', entries.Select(entry => System.Text.Json.JsonSerializer.Serialize(entry))) + "]}";

    [Fact]
    public void T31_NobodySaysAnything_EverythingMayRun()
    {
        Reader().Current().Demand("x", "/x");
        KubePolicy policy = Reader().Current().Sum();
        Assert.Equal(CredentialPluginPolicy.AllowAll, policy.CredentialPluginPolicy);
        Assert.Empty(policy.Rules);
    }

    [Fact]
    public void T31_TheStrictestWins_WhoeverItIs()
    {
        string file = Program("one");
        Assert.Contains("policy.json (DenyAll)", Denied(Reader("{\"credentialPluginPolicy\":\"DenyAll\"}", "AllowAll"), file).Message, StringComparison.Ordinal);
        Assert.Contains("Set-KubePolicy (DenyAll)", Denied(Reader(List(file), "DenyAll"), file).Message, StringComparison.Ordinal);
        _variables[PluginPolicyReader.PolicyVariable] = "DenyAll";
        Assert.Contains("PSKUBE_CREDENTIAL_PLUGIN_POLICY", Denied(Reader(List(file), "AllowAll"), file).Message, StringComparison.Ordinal);
        _variables.Clear();
        Write("home/.kube/kuberc", "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n");
        Assert.Contains("kuberc", Denied(Reader(List(file), "AllowAll"), file).Message, StringComparison.Ordinal);
        _variables["KUBERC"] = "off";
        Reader(List(file), "AllowAll").Current().Demand("one", file);
    }

    [Fact]
    public void T31_TwoLists_AllowWhatStandsInBoth()
    {
        string one = Program("one");
        string two = Program("two");
        string three = Program("three");
        PluginPolicyReader reader = Reader(List(one, two), "Allowlist", two, three);
        reader.Current().Demand("two", two);
        Denied(reader, one);
        Denied(reader, three);
        KubePolicy policy = reader.Current().Sum();
        Assert.Equal(CredentialPluginPolicy.Allowlist, policy.CredentialPluginPolicy);
        Assert.Equal([two], policy.CredentialPluginAllowlist);
        Assert.Equal([Path.Combine(Folder, "policy.json"), "Set-KubePolicy"], policy.Rules.Select(rule => rule.Source));
    }

    [Fact]
    public void T31_TheEnvironment_HasAListToo()
    {
        string one = Program("one");
        _variables[PluginPolicyReader.PolicyVariable] = "Allowlist";
        Invalid(() => Reader().Current());
        _variables[PluginPolicyReader.AllowlistVariable] = string.Join(Path.PathSeparator, "nothing", one);
        Reader().Current().Demand("one", one);
        Denied(Reader(), Program("two"));
        _variables[PluginPolicyReader.PolicyVariable] = "allowlist";
        Invalid(() => Reader().Current());
        _variables.Remove(PluginPolicyReader.PolicyVariable);
        Invalid(() => Reader().Current());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"credentialPluginPolicy\":\"denyall\"}")]
    [InlineData("{\"credentialPluginPolicy\":true}")]
    [InlineData("{\"credentialPluginPolicy\":\"Allowlist\"}")]
    [InlineData("{\"credentialPluginPolicy\":\"Allowlist\",\"credentialPluginAllowlist\":[]}")]
    [InlineData("{\"credentialPluginPolicy\":\"Allowlist\",\"credentialPluginAllowlist\":[\"\"]}")]
    [InlineData("{\"credentialPluginPolicy\":\"Allowlist\",\"credentialPluginAllowlist\":[{}]}")]
    [InlineData("{\"credentialPluginPolicy\":\"Allowlist\",\"credentialPluginAllowlist\":[\"./x\"]}")]
    [InlineData("{\"credentialPluginPolicy\":\"DenyAll\",\"credentialPluginAllowlist\":[\"x\"]}")]
    [InlineData("{\"credentialPluginPolicy\":\"DenyAll\",\"credentialPluginPolicy\":\"AllowAll\"}")]
    [InlineData("{\"credentialPluginPolicy\":\"DenyAll\",\"credentialPluginPolcy\":\"x\"}")]
    public void T31_AMachinesPolicyThatIsMisspelt_AllowsNothing(string text) => Assert.Contains("policy.json", Invalid(() => Reader(text).Current()).Message, StringComparison.Ordinal);

    [Fact]
    public void T31_AMachinesPolicy_TakesNamesAsAKubercHasThem()
    {
        string one = Program("one");
        Reader("{\"credentialPluginPolicy\":\"Allowlist\",\"credentialPluginAllowlist\":[{\"name\":" + System.Text.Json.JsonSerializer.Serialize(one) + "}]}").Current().Demand("one", one);
    }

    [Fact]
    public void T31_AMachinesFile_CountsOnlyWhenNobodyElseCanWriteIt()
    {
        if (OperatingSystem.IsWindows()) return;
        const string text = "{\"credentialPluginPolicy\":\"DenyAll\"}";
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode open = readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        string file = Path.Combine(Folder, "etc", "pskube", "policy.json");
        uint me = geteuid();
        string? Read(uint? owner = null) => MachineFile.ReadOnUnix(file, owner ?? me, Folder);
        Assert.Null(Read());
        Write("etc/pskube/policy.json", text);
        File.SetUnixFileMode(file, readable);
        File.SetUnixFileMode(Path.GetDirectoryName(file)!, open);
        File.SetUnixFileMode(Path.Combine(Folder, "etc"), open);
        Assert.Equal(text, Read());
        Assert.Contains("does not belong to root", Invalid(() => Read(me + 1)).Message, StringComparison.Ordinal);
        foreach (string place in new[] { file, Path.GetDirectoryName(file)!, Path.Combine(Folder, "etc") })
        {
            UnixFileMode before = File.GetUnixFileMode(place);
            foreach (UnixFileMode more in new[] { UnixFileMode.GroupWrite, UnixFileMode.OtherWrite })
            {
                File.SetUnixFileMode(place, before | more);
                Assert.Contains($"{place} can be written by others", Invalid(() => Read()).Message, StringComparison.Ordinal);
            }

            File.SetUnixFileMode(place, before);
        }

        string real = Path.Combine(Folder, "etc", "real.json");
        File.Move(file, real);
        File.CreateSymbolicLink(file, real);
        Assert.Contains("is a link", Invalid(() => Read()).Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Null(Read());
        Directory.CreateDirectory(file);
        Invalid(() => Read());
    }
}
