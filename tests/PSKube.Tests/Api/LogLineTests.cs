using System.Globalization;
using System.Text;
using PSKube.Api;

namespace PSKube.Tests.Api;

public class LogLineTests
{
    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("2026-01-02T03:04:05.123456789Z a", "2026-01-02T03:04:05.1234567", 89, 31)]
    [InlineData("2026-01-02T03:04:05.1Z a", "2026-01-02T03:04:05.1000000", 0, 23)]
    [InlineData("2026-01-02T03:04:05Z ", "2026-01-02T03:04:05.0000000", 0, 21)]
    [InlineData("2026-01-02T03:04:05.5+05:30 a", "2026-01-01T21:34:05.5000000", 0, 28)]
    [InlineData("2026-01-01T23:04:05.000000001-01:00 a", "2026-01-02T00:04:05.0000000", 1, 36)]
    public void TheMomentAtTheHeadOfALine_IsReadAsUtc(string line, string utc, int nanoseconds, int length)
    {
        Assert.True(LogTime.TryRead(Bytes(line), out LogTime time, out int head));
        Assert.Equal(utc, time.Utc.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, time.Utc.Kind);
        Assert.Equal(nanoseconds, time.Nanoseconds);
        Assert.Equal(length, head);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("2026-01-02T03:04:05.123Z")]
    [InlineData("2026-13-02T03:04:05Z a")]
    [InlineData("2026-01-02T03:04:05 a")]
    [InlineData("2026-01-02 03:04:05Z a")]
    [InlineData("2026-01-02T03:04:05.123456789012345678901234567890Z a")]
    public void WhatIsNoMoment_IsText(string line)
    {
        Assert.False(LogTime.TryRead(Bytes(line), out _, out int head));
        Assert.Equal(0, head);
    }

    [Theory]
    [InlineData(16384, 3)]
    [InlineData(8192, 5)]
    public void MomentsWithinALongLine_AreTakenOut(int size, int pieces)
    {
        string text = new string('x', size * (pieces - 1)) + "the end";
        string stored = string.Concat(Enumerable.Range(0, pieces).Select(i => $"2026-01-02T03:04:0{i}.123456789Z {text[(i * size)..Math.Min(text.Length, (i + 1) * size)]}"));
        Assert.Equal($"2026-01-02T03:04:00.123456789Z {text}", Encoding.UTF8.GetString(LogTime.WithoutInner(Bytes(stored), 31)));
    }

    [Fact]
    public void AMomentElsewhereInALine_IsPartOfIt()
    {
        string line = $"2026-01-02T03:04:05.123456789Z {new string('x', 20000)} 2026-01-02T03:04:06.123456789Z y";
        Assert.Equal(line, Encoding.UTF8.GetString(LogTime.WithoutInner(Bytes(line), 31)));
    }
}
