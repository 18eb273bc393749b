using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsCheck;
using PSKube.Config;
using PSKube.Errors;
using PSKube.TestKit;
using PSKube.Tests.Properties;
using PSKube.Yaml;
using Xunit.Abstractions;

namespace PSKube.Tests.Fuzz;

/// <summary>Nothing else runs while these measure.</summary>
[CollectionDefinition(nameof(FuzzTests), DisableParallelization = true)]
public sealed class FuzzCollection;

/// <summary>
/// The readers of what strangers write, given what nobody would write: the corpus, mutations of it, and generated documents. A few
/// seconds of the same inputs in every run; as long as PSKUBE_FUZZ_SECONDS says, and from a seed of its own, where that is set. An
/// input that breaks something is kept in the folder of temporary files; it belongs in the corpus.
/// </summary>
[Collection(nameof(FuzzTests))]
public class FuzzTests(ITestOutputHelper output)
{
    private const int Inputs = 3000;

    /// <summary>Far more than any input takes on a machine that is busy with other things too.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private static string Corpus
    {
        get
        {
            string folder = Path.GetDirectoryName(typeof(FuzzTests).Assembly.Location)!;
            while (!File.Exists(Path.Combine(folder, "PSKube.psd1"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "tests", "PSKube.Tests", "Fuzz", "corpus");
        }
    }

    [Fact]
    public void T41_WhateverTheManifest_ItsReaderEnds_WithAnswersOrItsOwnErrors() => Run("manifest", ReadManifest);

    [Fact]
    public void T23_WhateverTheKubeconfig_ItsReaderEnds_WithAnswersOrItsOwnErrors()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "config");
        Run("kubeconfig", bytes => ReadKubeconfig(file, bytes));
    }

    private static void ReadManifest(byte[] bytes)
    {
        foreach (ManifestItem item in Manifest.Read(Encoding.UTF8.GetString(bytes), "fuzz")) Assert.True(item.Object is null != item.Failure is null);
    }

    private static void ReadKubeconfig(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            var kubeconfig = new Kubeconfig([KubeconfigFile.Read(path)], isOwnPlace: false);
            foreach (string name in kubeconfig.ContextNames.Take(20))
            {
                try
                {
                    _ = new KubeContext(kubeconfig.Context(name), kubeconfig, false, null);
                    kubeconfig.Resolve(name, _ => true);
                }
                catch (KubeException)
                {
                    // Its own.
                }
            }
        }
        catch (KubeException)
        {
            // Its own.
        }
    }

    private void Run(string name, Action<byte[]> read)
    {
        int? seconds = int.TryParse(Environment.GetEnvironmentVariable("PSKUBE_FUZZ_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : null;
        uint seed = seconds is null ? 1 : (uint)Random.Shared.Next();
        byte[][] corpus = [.. Directory.EnumerateFiles(Corpus).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), .. Giants().Select(Encoding.UTF8.GetBytes)];
        byte[] current = [];
        long count = 0, largest = 0;
        var slowest = TimeSpan.Zero;
        Exception? failure = null;
        var clock = Stopwatch.StartNew();
        // As much of a stack as a pipeline's thread has.
        var work = new Thread(() =>
        {
            try
            {
                foreach (byte[] input in corpus.Concat(Mutations(corpus, seed)))
                {
                    if (seconds is { } limit ? clock.Elapsed.TotalSeconds > limit : count >= Inputs + corpus.Length) break;
                    Volatile.Write(ref current, input);
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    long start = Stopwatch.GetTimestamp();
                    read(input);
                    TimeSpan took = Stopwatch.GetElapsedTime(start);
                    long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    if (took > slowest) slowest = took;
                    if (allocated > largest) largest = allocated;
                    Interlocked.Increment(ref count);
                    // A bomb may cost what the limits allow, whatever its size; besides that, what is there is read a few times over.
                    if (allocated > (768L * 1024 * 1024) + (2000L * input.Length)) throw new InvalidOperationException($"{allocated} bytes were allocated for {input.Length}.");
                    if (took > TimeSpan.FromSeconds(20)) throw new InvalidOperationException($"{took} were taken for {input.Length} bytes.");
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
        }, 8 * 1024 * 1024) { IsBackground = true };
        work.Start();
        long seen = -1;
        while (!work.Join(Hang) && failure is null)
        {
            long now = Interlocked.Read(ref count);
            if (now == seen) failure = new InvalidOperationException("The reader does not come to an end.");
            seen = now;
        }

        string told = string.Create(CultureInfo.InvariantCulture, $"{name}: {count} inputs in {clock.Elapsed.TotalSeconds:0.0} s, {count / clock.Elapsed.TotalSeconds:0} a second; the slowest took {slowest.TotalMilliseconds:0} ms, the largest {largest / 1024 / 1024} MB; seed {seed}");
        output.WriteLine(told);
        if (failure is null) return;
        string kept = Path.Combine(Path.GetTempPath(), $"pskube-fuzz-{name}-{seed}-{count}");
        File.WriteAllBytes(kept, current);
        Assert.Fail($"{told}\nThe input is in {kept}:\n{failure}");
    }

    /// <summary>What is too large to be kept.</summary>
    private static IEnumerable<string> Giants()
    {
        yield return new string('[', 100_000);
        yield return string.Concat(Enumerable.Repeat("{a: ", 100_000));
        yield return string.Concat(Enumerable.Repeat("- ", 50_000));
        yield return $"a: 0x{new string('f', 1_000_000)}";
        yield return $"a: 0{new string('7', 1_000_000)}";
        yield return $"a: {new string('9', 1_000_000)}\nb: 1e{new string('9', 100_000)}\nc: 0.{new string('3', 1_000_000)}";
        yield return $"0x{new string('f', 1_000_000)}: a";
        // One text, many times over.
        yield return $"a: &a {new string('x', 200_000)}\nb: [{string.Concat(Enumerable.Repeat("*a, ", 9_000))}]";
        yield return $"a: &a {{{new string('x', 1_000)}: y}}\nb: [{string.Concat(Enumerable.Repeat("*a, ", 9_000))}]";
        // Many anchors, open at once.
        yield return string.Concat(Enumerable.Range(0, 95).Select(i => $"&a{i} [")) + string.Concat(Enumerable.Repeat("1,", 400_000)) + new string(']', 95);
        yield return string.Concat(Enumerable.Range(0, 20_000).Select(i => $"k{i}: &a{i} {{<<: {(i == 0 ? "{a: b}" : $"*a{i - 1}")}, x{i}: 1}}\n"));
        yield return "apiVersion: v1\nkind: Config\nclusters:\n- name: k\n  cluster:\n    server: https://h\n    extensions:\n    - name: client.authentication.k8s.io/exec\n      extension: [" + $"&a {new string('x', 100_000)}, " + string.Concat(Enumerable.Repeat("*a, ", 90_000)) + "]\nusers: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, provideClusterInfo: true}}}]\ncontexts: [{name: c, context: {cluster: k, user: u}}]";
    }

    private static IEnumerable<byte[]> Mutations(byte[][] corpus, uint seed)
    {
        var random = new Random((int)seed);
        var documents = new PCG(seed, 7);
        // The giants are read as they are; to change them over and over would leave no time for anything else.
        byte[][] small = [.. corpus.Where(one => one.Length < 20_000)];
        string[] words = ["&a ", "*a", "<<: ", "<<: *a", "!!binary ", "!!str ", "!<x> ", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "{", "}", "[", "]", ": ", "- ", "? ", "| ", ">-\n", "\"", "'", "\\x", "\\u12", "\\", "#", "\t", "\n", "\r", "\0", "\ufeff", "\u0085", "null", ".inf", "0x", "1e999", "name: ", "server: ", "exec: ", "token: ", "apiVersion: v1\n", "kind: List\nitems: ", "client-certificate-data: ", "client-certificate: ", "as: ", "\u2028", "\ud83d\ude00"];
        while (true)
        {
            byte[] input = random.Next(5) == 0 ? Encoding.UTF8.GetBytes(YamlWriter.Write(Hostile.Document.Generate(documents, null, out _))) : small[random.Next(small.Length)];
            for (int i = random.Next(1, 6); i > 0; i--) input = Mutate(input, small, words, random);
            yield return input.Length > 100_000 ? input[..100_000] : input;
        }
    }

    private static byte[] Mutate(byte[] input, byte[][] others, string[] words, Random random)
    {
        int at = random.Next(input.Length + 1);
        int length = random.Next(Math.Min(input.Length - at, 64) + 1);
        byte[] slice = input[at..(at + length)];
        switch (random.Next(8))
        {
            case 0 when at < input.Length:
                byte[] changed = [.. input];
                changed[at] = (byte)random.Next(256);
                return changed;
            case 1:
                return [.. input[..at], .. input[(at + length)..]];
            case 2:
                return [.. input[..at], .. Enumerable.Repeat(slice, random.Next(1, 40)).SelectMany(one => one), .. input[at..]];
            case 3:
                byte[] other = others[random.Next(others.Length)];
                return [.. input[..at], .. other[random.Next(other.Length + 1)..]];
            case 4:
                int to = random.Next(input.Length - length + 1);
                byte[] without = [.. input[..at], .. input[(at + length)..]];
                return [.. without[..to], .. slice, .. without[to..]];
            case 5 when at < input.Length:
                byte[] flipped = [.. input];
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            default:
                return [.. input[..at], .. Encoding.UTF8.GetBytes(words[random.Next(words.Length)]), .. input[at..]];
        }
    }
}
