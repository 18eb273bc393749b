using System.Globalization;
using System.Text;
using PSKube.Sandbox.Nodes;

namespace PSKube.Sandbox.Server;

/// <summary>Writes a container's log as a request's options want it: followed, its end, since a moment, with times.</summary>
/// <remarks>The options: PodLogOptions of the core API; how a node applies them: <c>pkg/kubelet/kuberuntime/logs/logs.go</c>.</remarks>
internal static class PodLogs
{
    /// <summary>One request for a log that was found.</summary>
    public static ApiResponse Answer(ContainerLog log, ApiRequest request)
    {
        var options = new Options(request);
        return new ApiResponse { ContentType = "text/plain", Stream = (stream, cancel) => WriteAsync(log, options, stream, cancel) };
    }

    private static async Task WriteAsync(ContainerLog log, Options options, Stream stream, CancellationToken cancel)
    {
        (LogLine[] lines, long next, bool ended) = log.Read(0);
        long left = options.Limit ?? long.MaxValue;
        IEnumerable<LogLine> wanted = lines.Where(line => line.Time >= options.Since);
        if (options.Tail is { } tail) wanted = wanted.TakeLast((int)Math.Min(tail, int.MaxValue));
        left = await WriteAsync(wanted, options, stream, left, cancel).ConfigureAwait(false);
        while (options.Follow && !ended && left > 0)
        {
            await log.WaitAsync(next, cancel).ConfigureAwait(false);
            (lines, next, ended) = log.Read(next);
            left = await WriteAsync(lines, options, stream, left, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<long> WriteAsync(IEnumerable<LogLine> lines, Options options, Stream stream, long left, CancellationToken cancel)
    {
        var buffer = new MemoryStream();
        foreach (LogLine line in lines)
        {
            if (options.Stamps) buffer.Write(Encoding.ASCII.GetBytes(line.Stamp + " "));
            buffer.Write(line.Text.Span);
            if (line.Complete) buffer.WriteByte((byte)'\n');
            if (buffer.Length >= left) break;
        }

        int count = (int)Math.Min(buffer.Length, left);
        if (count > 0)
        {
            await stream.WriteAsync(buffer.GetBuffer().AsMemory(0, count), cancel).ConfigureAwait(false);
            await stream.FlushAsync(cancel).ConfigureAwait(false);
        }

        return left - count;
    }

    private sealed class Options
    {
        public Options(ApiRequest request)
        {
            Follow = request.IsSet("follow");
            Stamps = request.IsSet("timestamps");
            Tail = Count(request, "tailLines", 0);
            Limit = Count(request, "limitBytes", 1);
            if (request["sinceTime"] is { } moment) Since = DateTime.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime since) ? since : throw Refusals.BadRequest($"parsing time \"{moment}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
            if (Count(request, "sinceSeconds", 1) is { } seconds) Since = DateTime.UtcNow.AddSeconds(-Math.Min(seconds, 3e9));
        }

        public bool Follow { get; }

        public bool Stamps { get; }

        public long? Tail { get; }

        public long? Limit { get; }

        public DateTime Since { get; } = DateTime.MinValue;

        private static long? Count(ApiRequest request, string name, long least)
        {
            if (request[name] is not { } text) return null;
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count)) throw Refusals.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
            return count >= least ? count : throw Refusals.Invalid("", "PodLogOptions", "", [new Cause("FieldValueInvalid", name, $"Invalid value: {count}: must be greater than {(least == 0 ? "or equal to 0" : "0")}")]);
        }
    }
}
