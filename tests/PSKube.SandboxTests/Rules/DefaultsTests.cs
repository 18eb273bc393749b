namespace PSKube.SandboxTests.Rules;

/// <summary>What a server fills in and what it keeps for itself, object by object as the real one answers.</summary>
public class DefaultsTests
{
    public static IEnumerable<object[]> Cases => Golden.Names("defaults.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnObjectIsCompletedAsTheServerDoes(string name) => Golden.Play("defaults.json", name);
}
