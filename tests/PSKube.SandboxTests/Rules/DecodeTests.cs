namespace PSKube.SandboxTests.Rules;

/// <summary>What a server makes of values of a wrong type, of unknown fields, of nulls and of quantities.</summary>
public class DecodeTests
{
    public static IEnumerable<object[]> Cases => Golden.Names("decode.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnObjectIsReadAsTheServerDoes(string name) => Golden.Play("decode.json", name);
}
