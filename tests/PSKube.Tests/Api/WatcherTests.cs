using System.Net;
using System.Net.Sockets;
using PSKube.Api;
using PSKube.Config;
using PSKube.Resources;

namespace PSKube.Tests.Api;

/// <summary>A connection can break in more ways than a server on loopback can be made to show.</summary>
public sealed class WatcherTests
{
    private sealed class Silence : ICallObserver
    {
        public bool WantsBodies => false;

        public void Verbose(string text)
        {
        }

        public void Warning(string text)
        {
        }

        public void Debug(string text)
        {
        }
    }

    private sealed class Handler(Func<HttpRequestMessage, HttpContent> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = answer(request), RequestMessage = request });
    }

    /// <summary>A body that tells something, and then breaks, or waits for ever.</summary>
    private sealed class BreakingStream(string text, Exception? failure) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            if (read > 0) return read;
            if (failure is not null) throw failure;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private static string Event(string name, int version) => $$$"""{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"n","uid":"{{{name}}}","resourceVersion":"{{{version}}}"} } }""" + "\n";

    public static TheoryData<string> Breaks() => ["io", "canceled", "disposed", "invalid", "socket", "http"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task T58_HoweverAReadBreaks_TheWatchGoesOn(string how)
    {
        Exception failure = how switch
        {
            "io" => new IOException(),
            "canceled" => new OperationCanceledException(),
            "disposed" => new ObjectDisposedException("SslStream"),
            "invalid" => new InvalidOperationException(),
            "socket" => new SocketException((int)SocketError.ConnectionReset),
            _ => new HttpRequestException(),
        };
        int watches = 0;
        var config = new ClusterConfig
        {
            Server = new Uri("http://server.invalid/"),
            Source = "test",
            Transport = () => new Handler(request => request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal)
                ? new StreamContent(Interlocked.Increment(ref watches) == 1 ? new BreakingStream(Event("early", 6), failure) : new BreakingStream(Event("late", 7), null))
                : new StringContent("""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}""")),
        };
        var client = new KubeClient(ApiConnection.For(config), new Silence(), TimeSpan.FromSeconds(10), "n");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = new List<string>();
        await foreach (WatchEvent step in client.WatchAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "n" }, limit.Token))
        {
            if (step.Object is not null) seen.Add(ResourceHeader.Read(step.Object).Name!);
            if (seen.Count == 2) break;
        }

        Assert.Equal(["early", "late"], seen);
    }

    [Fact]
    public async Task T58_AStreamThatIsCanceledByNobody_IsAnError_NotAnEnd()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int _ in Merged.Of<int>([_ => Broken()], default)) Assert.Fail("It tells nothing.");
        });

        static async IAsyncEnumerable<int> Broken()
        {
            await Task.Yield();
            if (DateTime.UtcNow.Year > 1) throw new OperationCanceledException();
            yield return 1;
        }
    }
}
