using System.Management.Automation;
using System.Reflection;

namespace PSKube.EngineTests;

/// <summary>Does what <c>Select-Object -First 1</c> does to the commands before it; that one's module is not in the NuGet package of the engine.</summary>
[Cmdlet(VerbsCommon.Select, "First")]
public sealed class TakeFirstCommand : PSCmdlet
{
    /// <summary>The input.</summary>
    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        Type stop = typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(stop, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
