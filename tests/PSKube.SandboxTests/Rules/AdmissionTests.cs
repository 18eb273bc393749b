namespace PSKube.SandboxTests.Rules;

/// <summary>What limit ranges and quotas of the namespace do to new pods.</summary>
public class AdmissionTests
{
    public static IEnumerable<object[]> Cases => Golden.Names("admission.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void APodIsAdmittedAsTheServerDoes(string name) => Golden.Play("admission.json", name);
}
