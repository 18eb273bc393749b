using PSKube.Loader;
using PSKube.TestKit;

namespace PSKube.Tests;

public sealed class ModuleFilesTests
{
    [Theory]
    [InlineData(10, "linux-x64", true)]
    [InlineData(8, "linux-x64", false)]
    [InlineData(11, "linux-x64", false)]
    [InlineData(10, "linux-riscv64", false)]
    public void MachineCodeIsTakenWhereItIsForThisRuntimeAndPlatform(int runtime, string platform, bool taken)
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "linux-x64")).FullName, "KubernetesClient.dll"), "");
        Assert.Equal(taken ? Path.Combine(folder.Path, "linux-x64") : folder.Path, ModuleFiles.Choose(folder.Path, runtime, platform));
    }
}
