using System.Globalization;
using System.Text;
using PSKube.Api;

namespace PSKube.Tests.Api;

public class ToldLinesTests
{
    private readonly ToldLines _told = new();

    private bool IsNew(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"2026-01-02T03:04:{line}");
        Assert.True(LogTime.TryRead(bytes, out LogTime time, out int head));
        return _told.IsNew(time, bytes, head);
    }

    private string? Since => _told.Since?.ToString("ss", CultureInfo.InvariantCulture);

    [Fact]
    public void OfNothing_NothingIsAskedAgain() => Assert.Null(Since);

    [Fact]
    public void WhatIsToldAgain_IsKnown_WhateverItsOrder_AndWhatIsNewIsNot()
    {
        foreach (string line in new[] { "07.5Z before", "10.000000002Z b", "10.000000001Z a", "10.9Z c" }) Assert.True(IsNew(line));
        Assert.Equal("09", Since);
        _told.Again();
        Assert.Equal([false, false, true, false, true], new[] { "10.000000001Z a", "10.000000002Z b", "10.8Z late", "10.9Z c", "11.0Z d" }.Select(IsNew));
        Assert.Equal("10", Since);
    }

    [Fact]
    public void TheSameLineTwiceAtTheSameMoment_CountsTwice()
    {
        Assert.True(IsNew("10.5Z a"));
        Assert.True(IsNew("10.5Z a"));
        _told.Again();
        Assert.Equal([false, false, true], new[] { "10.5Z a", "10.5Z a", "10.5Z a" }.Select(IsNew));
    }

    [Fact]
    public void ASecondInterruption_FindsWhatCameAfterTheFirst()
    {
        Assert.True(IsNew("10.5Z a"));
        _told.Again();
        Assert.False(IsNew("10.5Z a"));
        Assert.True(IsNew("10.6Z b"));
        _told.Again();
        Assert.Equal([false, false, true], new[] { "10.5Z a", "10.6Z b", "10.7Z c" }.Select(IsNew));
    }

    [Fact]
    public void OfALogReadFromItsTail_WhatLiesBefore_IsNotNew()
    {
        Assert.True(IsNew("10.5Z tail"));
        _told.Again();
        Assert.Equal([false, false, true], new[] { "10.1Z never asked for", "10.5Z tail", "10.6Z next" }.Select(IsNew));
    }

    [Fact]
    public void TheEndOfALongLine_ThatWasToldWhole_IsKnown()
    {
        string text = new string('x', 16384) + new string('y', 16384) + "end";
        Assert.True(IsNew($"10.5Z {text}"));
        Assert.True(IsNew("12.0Z next"));
        _told.Again();
        Assert.False(IsNew($"11.5Z {text[16384..]}"));
        Assert.False(IsNew("12.0Z next"));
        Assert.True(IsNew("12.5Z end"));
    }
}
