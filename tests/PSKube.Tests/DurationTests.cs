using System.Management.Automation;
using PSKube.Parameters;

namespace PSKube.Tests;

public class DurationTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("2m", 120)]
    [InlineData("1h30m", 5400)]
    [InlineData("500ms", 0.5)]
    [InlineData("00:01:00", 60)]
    public void WhatPeopleType_BecomesATimeSpan(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), DurationTransformationAttribute.Parse(text));

    [Fact]
    public void ANumberOfAnyType_IsSeconds()
    {
        // PowerShell reads an unquoted 3s as a short, 3uy as a byte.
        var transform = new DurationTransformationAttribute();
        foreach (object three in (object[])[(short)3, (byte)3, 3, 3L, 3u, 3.0, 3f, 3m, System.Management.Automation.PSObject.AsPSObject((short)3)]) Assert.Equal(TimeSpan.FromSeconds(3), transform.Transform(null!, three));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5 parsecs")]
    [InlineData("-3")]
    [InlineData("m")]
    public void AnythingElse_IsRefusedByName(string text)
    {
        var error = Assert.Throws<ArgumentTransformationMetadataException>(() => DurationTransformationAttribute.Parse(text));
        Assert.Contains(text.Trim('-'), error.Message, StringComparison.Ordinal);
    }
}
