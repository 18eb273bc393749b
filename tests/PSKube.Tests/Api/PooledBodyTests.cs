using PSKube.Api;
using PSKube.Errors;

namespace PSKube.Tests.Api;

public class PooledBodyTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(4096, 4096L)]
    [InlineData(200_000, null)]
    [InlineData(200_000, 7L)]
    [InlineData(200_000, long.MaxValue)]
    public async Task HoweverLongItSaysItIs_TheBodyIsWhatComes(int length, long? expected)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        using PooledBody body = await PooledBody.ReadAsync(new MemoryStream(bytes), expected, default);
        Assert.True(body.Bytes.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task T12_AnEndlessBody_IsGivenUpAtItsLimit()
    {
        var error = await Assert.ThrowsAsync<KubeException>(() => PooledBody.ReadAsync(new Endless(), null, default, limit: 8 * 1024 * 1024));
        Assert.Equal("KubeResponseTooLarge", error.ErrorId);
        Assert.Equal("The server's answer is larger than 8 MB.", error.Message);
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return new ValueTask<int>(buffer.Length);
        }
    }
}
