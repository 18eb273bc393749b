using System.Text;
using PSKube.Api;

namespace PSKube.Tests.Api;

public class RemoteCommandTests
{
    private readonly StringBuilder _heard = new();

    private RemoteCommandReader Reader() => new((channel, bytes, _) =>
    {
        _heard.Append(channel).Append(':').Append(Encoding.UTF8.GetString(bytes.Span)).Append(' ');
        return ValueTask.CompletedTask;
    });

    private static async Task TakeAsync(RemoteCommandReader reader, byte channel, string text, bool end = true) => await reader.TakeAsync(new byte[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), end, CancellationToken.None);

    [Fact]
    public async Task Output_GoesToItsChannel_AndEmptyMessagesSayNothing()
    {
        RemoteCommandReader reader = Reader();
        await TakeAsync(reader, 1, "");
        await TakeAsync(reader, 1, "a");
        await TakeAsync(reader, 2, "b");
        await TakeAsync(reader, 9, "nobody");
        Assert.Equal("StdOut:a StdErr:b ", _heard.ToString());
        Assert.Null(reader.Verdict);
    }

    [Fact]
    public async Task AMessageInParts_KeepsItsChannel_AlsoWhenTheFirstPartIsOneByteOrNone()
    {
        RemoteCommandReader reader = Reader();
        await reader.TakeAsync(Array.Empty<byte>(), false, CancellationToken.None);
        await reader.TakeAsync(new byte[] { 2 }, false, CancellationToken.None);
        await reader.TakeAsync(new byte[] { 1, 2 }, false, CancellationToken.None);
        await reader.TakeAsync(new byte[] { 3 }, true, CancellationToken.None);
        await TakeAsync(reader, 1, "x");
        Assert.Equal("StdErr:\u0001\u0002 StdErr:\u0003 StdOut:x ", _heard.ToString());
    }

    [Fact]
    public async Task AStatusInSeveralMessages_IsReadWhenItIsWhole()
    {
        RemoteCommandReader reader = Reader();
        await TakeAsync(reader, 3, "");
        await TakeAsync(reader, 3, """{"status":"Suc""");
        Assert.Null(reader.Verdict);
        await TakeAsync(reader, 3, """cess"}""");
        Assert.Equal(0, reader.Verdict!.ExitCode);
    }

    [Theory]
    [InlineData("""{"status":"Success"}""", 0, null, "")]
    [InlineData("""{"status":"Failure","reason":"NonZeroExitCode","message":"m","details":{"causes":[{"reason":"Other","message":"1"},{"reason":"ExitCode","message":"137"}]}}""", 137, "NonZeroExitCode", "m")]
    [InlineData("""{"status":"Failure","reason":"NonZeroExitCode","message":"m","details":{"causes":[{"reason":"ExitCode","message":"?"}]}}""", null, "NonZeroExitCode", "m")]
    [InlineData("""{"status":"Failure","reason":"InternalError","message":"no such file"}""", null, "InternalError", "no such file")]
    [InlineData("""{"status":"Failure"}""", null, null, "")]
    public void AStatus_IsTheVerdict(string json, int? code, string? reason, string message) => Assert.Equal(new RemoteVerdict(code, reason, message), RemoteVerdict.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"status":7}""")]
    [InlineData("""{"status":"Perhaps"}""")]
    public void AnythingElse_IsNoVerdict(string json) => Assert.Null(RemoteVerdict.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void WhatTheShellIsGiven_KeepsTheWordsApart()
    {
        IReadOnlyList<string> words = RemoteCommand.Counted(["a b", "$c", ""], 7);
        Assert.Equal(["sh", "-c"], words.Take(2));
        Assert.Equal(["sh", "7", "a b", "$c", ""], words.Skip(3));
    }
}

public class LineSplitterTests
{
    private static string[] Lines(params byte[][] pieces)
    {
        var splitter = new LineSplitter();
        var lines = pieces.SelectMany(piece => splitter.Take(piece).ToArray()).ToList();
        if (splitter.End() is { } last) lines.Add(last);
        return [.. lines];
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\n\r\nb", new[] { "a", "", "b" })]
    [InlineData("\n\n", new[] { "", "" })]
    [InlineData("a\rb\n", new[] { "a\rb" })]
    public void Lines_EndWithLineFeeds(string text, string[] lines) => Assert.Equal(lines, Lines(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void HoweverThePiecesAreCut_CharactersStayWhole()
    {
        byte[] text = Encoding.UTF8.GetBytes("grün\r\n🙂 ende\nrest€");
        Assert.Equal(["grün", "🙂 ende", "rest€"], Lines([.. text.Select(one => new[] { one })]));
    }

    [Fact]
    public void BytesThatAreNoUtf8_AreShownAsSuch() => Assert.Equal(["a\uFFFDb", "\uFFFD"], Lines([(byte)'a', 0xff, (byte)'b', (byte)'\n', 0xe2, 0x82]));

    [Fact]
    public void ALineThatNeverEnds_ComesInParts()
    {
        string[] lines = Lines([.. Enumerable.Repeat(Enumerable.Repeat((byte)'x', 100_000).ToArray(), 30)]);
        Assert.True(lines.Length > 1);
        Assert.Equal(3_000_000, lines.Sum(line => line.Length));
    }
}

public class ByteCollectorTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(3_000_001)]
    public void WhatIsAdded_IsThere(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        var collector = new ByteCollector();
        for (int at = 0; at < length; at += 7777) collector.Add(bytes.AsSpan(at, Math.Min(7777, length - at)));
        Assert.True(bytes.AsSpan().SequenceEqual(collector.ToArray()));
    }
}

public class OrderedTests
{
    [Fact]
    public async Task Results_ComeInTheOrderOfTheWork_AndNoMoreRunThanAllowed()
    {
        int running = 0;
        int most = 0;
        IEnumerable<Func<CancellationToken, Task<int>>> works = Enumerable.Range(0, 40).Select(i => (Func<CancellationToken, Task<int>>)(async cancel =>
        {
            int now = Interlocked.Increment(ref running);
            int seen;
            while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen)
            {
            }

            await Task.Delay(i % 5 == 0 ? 40 : 1, cancel);
            Interlocked.Decrement(ref running);
            return i;
        }));
        var results = new List<int>();
        await foreach (int result in Ordered.Of(works, 3, CancellationToken.None)) results.Add(result);
        Assert.Equal(Enumerable.Range(0, 40), results);
        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task WhenTheReaderLeaves_WhatRunsIsEnded()
    {
        int ended = 0;
        using var begun = new CountdownEvent(2);
        Func<CancellationToken, Task<int>> endless = async cancel =>
        {
            try
            {
                begun.Signal();
                await Task.Delay(Timeout.Infinite, cancel);
                return 0;
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        };
        // Done only when both have begun: what has not begun has nothing to end, and once the first is done no other is.
        Func<CancellationToken, Task<int>> seven = cancel =>
        {
            Assert.True(begun.Wait(TimeSpan.FromSeconds(30), cancel));
            return Task.FromResult(7);
        };
        await foreach (int first in Ordered.Of([seven, endless, endless], 3, CancellationToken.None))
        {
            Assert.Equal(7, first);
            break;
        }

        Assert.Equal(2, ended);
    }
}
