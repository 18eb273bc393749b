namespace PSKube.SandboxTests.Rules;

/// <summary>What a server refuses, and with which causes.</summary>
public class ValidationTests
{
    public static IEnumerable<object[]> Cases => Golden.Names("validation.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnObjectIsRefusedAsTheServerDoes(string name) => Golden.Play("validation.json", name);
}
