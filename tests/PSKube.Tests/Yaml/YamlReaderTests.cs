using System.Diagnostics;
using System.Management.Automation;
using System.Text;
using PSKube.Errors;
using PSKube.Yaml;

namespace PSKube.Tests.Yaml;

public class YamlReaderTests
{
    private static string Json(string yaml) => Encoding.UTF8.GetString(YamlReader.Read(yaml).Single().Json);

    /// <summary>What kubectl 1.32 makes of each, seen with <c>kubectl annotate --local -o json</c>.</summary>
    [Theory]
    [InlineData("0644", "420")]
    [InlineData("0o644", "420")]
    [InlineData("\"0644\"", "\"0644\"")]
    [InlineData("08", "8")]
    [InlineData("yes", "true")]
    [InlineData("on", "true")]
    [InlineData("y", "true")]
    [InlineData("No", "false")]
    [InlineData("\"yes\"", "\"yes\"")]
    [InlineData("~", "null")]
    [InlineData("1.10", "1.1")]
    [InlineData("1.1", "1.1")]
    [InlineData("1e3", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("12:30:45", "\"12:30:45\"")]
    [InlineData("1_000", "1000")]
    [InlineData("+1", "1")]
    [InlineData(".5", "0.5")]
    [InlineData("-0", "0")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("\"<<\"", "\"<<\"")]
    [InlineData("2024-01-01", "\"2024-01-01\"")]
    [InlineData("2024-01-01T00:00:00Z", "\"2024-01-01T00:00:00Z\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    public void T44_ScalarsMeanWhatKubectlSays(string yaml, string json) => Assert.Equal($"{{\"v\":{json}}}", Json($"v: {yaml}").Replace("\"v\":-0", "\"v\":0", StringComparison.Ordinal));

    [Theory]
    [InlineData("|-\n  123", "123")]
    [InlineData("|-\n  true", "true")]
    [InlineData("|-\n  ~", "~")]
    [InlineData("|-\n", "")]
    [InlineData(">-\n  0644", "0644")]
    public void T45_ABlock_IsAlwaysText(string yaml, string text) => Assert.Equal($"{{\"v\":\"{text}\"}}", Json($"v: {yaml}"));

    [Theory]
    [InlineData("n: 1", "{\"false\":1}")]
    [InlineData("on: 1", "{\"true\":1}")]
    [InlineData("1: 1", "{\"1\":1}")]
    [InlineData("\"n\": 1", "{\"n\":1}")]
    public void T44_KeysMeanWhatKubectlSays(string yaml, string json) => Assert.Equal(json, Json(yaml));

    [Fact]
    public void T46_ALargeIntegerKeepsEveryDigit() => Assert.Equal("{\"v\":12345678901234567890123}", Json("v: 12345678901234567890123"));

    [Theory]
    [InlineData(".inf")]
    [InlineData("-.Inf")]
    [InlineData(".nan")]
    public void T46_InfinityIsRefusedWithItsPlace(string text)
    {
        var error = Assert.Throws<KubeException>(() => Json($"a: 1\nv: {text}"));
        Assert.Equal("KubeManifestInvalid", error.ErrorId);
        Assert.Contains("line 2, column 4", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", "'a'", "line 3, column 1", "line 1, column 1")]
    [InlineData("x:\n  k: 1\n  z: 1\n  k: 2", "'k'", "line 4, column 3", "line 2, column 3")]
    [InlineData("{\"a\": 1, \"a\": 2}", "'a'", "column 10", "column 2")]
    public void T43_ADuplicateKeyNamesBothPlaces(string yaml, string key, string second, string first)
    {
        var error = Assert.Throws<KubeException>(() => Json(yaml));
        Assert.Equal("KubeDuplicateKey", error.ErrorId);
        Assert.Equal(ErrorCategory.ParserError, error.Category);
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T40_AHundredThousandBracketsAreRefusedAndNothingDies()
    {
        var error = Assert.Throws<KubeException>(() => Json("v: " + new string('[', 100_000)));
        Assert.Equal("KubeManifestTooLarge", error.ErrorId);
        Assert.Equal(ErrorCategory.LimitsExceeded, error.Category);
    }

    [Fact]
    public void T41_BillionLaughsAreRefusedWithinASecond()
    {
        var yaml = new StringBuilder("a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
        for (int i = 1; i < 9; i++) yaml.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        long memory = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var error = Assert.Throws<KubeException>(() => Json(yaml.ToString()));
        Assert.Equal("KubeManifestTooLarge", error.ErrorId);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"It took {clock.Elapsed}.");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - memory < 100_000_000);
    }

    [Fact]
    public void T41_AnAnchorThatContainsItselfIsRefused()
    {
        var error = Assert.Throws<KubeException>(() => Json("a: &a [1, *a]"));
        Assert.Equal("KubeManifestInvalid", error.ErrorId);
        Assert.Contains("contains itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T42_MergeKeysMerge_WhatTheMappingSaysItselfWins()
    {
        const string yaml = "base: &b {x: 1, w: 2}\nother: &o {w: 3, z: 4}\nv:\n  <<: [*b, *o]\n  x: 9\n";
        Assert.Equal("""{"base":{"x":1,"w":2},"other":{"w":3,"z":4},"v":{"x":9,"w":2,"z":4}}""", Json(yaml));
    }

    [Fact]
    public void T42_AMergeBombIsRefused()
    {
        var yaml = new StringBuilder("m0: &m0 {k: v}\n");
        for (int i = 1; i < 40; i++) yaml.Append($"m{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}], k{i}: v}}\n");
        var clock = Stopwatch.StartNew();
        Assert.Equal("KubeManifestTooLarge", Assert.Throws<KubeException>(() => Json(yaml.ToString())).ErrorId);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void AliasesRepeatWhatTheirAnchorSays() => Assert.Equal("""{"a":{"k":["x",{"m":1}]},"b":{"k":["x",{"m":1}]},"c":["x",{"m":1}]}""", Json("a: &a {k: &k [x, {m: 1}]}\nb: *a\nc: *k\n"));

    [Fact]
    public void AnAnchorThatIsDefinedAgainWithinItself_CostsNothing()
    {
        var yaml = new StringBuilder("v:\n");
        for (int i = 0; i < 8000; i++) yaml.Append("- &x [&x 1]\n");
        var clock = Stopwatch.StartNew();
        Json(yaml.ToString());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public void WhatIsWrongInOneDocument_CostsOnlyThatOne()
    {
        (YamlDocument? Document, KubeException? Failure)[] read = [.. YamlReader.ReadEach("a: 1\n---\nb: 1\nb: 2\nc: [1]\n---\nd: .inf\n---\ne: 1\n")];
        Assert.Equal(["{\"a\":1}", "KubeDuplicateKey", "KubeManifestInvalid", "{\"e\":1}"], read.Select(one => one.Failure?.ErrorId ?? Encoding.UTF8.GetString(one.Document!.Json)));
    }

    [Fact]
    public void AMarkAtTheBeginning_IsNoContent() => Assert.Equal("{\"a\":1}", Json("\uFEFFa: 1"));

    [Fact]
    public void T47_EmptyDocumentsDoNotCount()
    {
        YamlDocument[] documents = [.. YamlReader.Read("---\n# nothing\n---\na: 1\n...\n---\nnull\n---\nb: 2\n")];
        Assert.Equal(["{\"a\":1}", "{\"b\":2}"], documents.Select(document => Encoding.UTF8.GetString(document.Json)));
        Assert.Equal([4, 9], documents.Select(document => document.Line));
    }

    [Fact]
    public void T48_ABundleOfManyEventsIsRead()
    {
        var yaml = new StringBuilder("items:\n");
        for (int i = 0; i < 60_000; i++) yaml.Append($"- {{name: n{i}, value: {i}}}\n");
        Assert.EndsWith("{\"name\":\"n59999\",\"value\":59999}]}", Json(yaml.ToString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [1, 2", 2)]
    [InlineData("a: 1\n  b: 2", 2)]
    [InlineData("a: \"x", 1)]
    public void BrokenYaml_IsToldWithItsPlace(string yaml, int line)
    {
        var error = Assert.Throws<KubeException>(() => Json(yaml));
        Assert.Equal("KubeManifestInvalid", error.ErrorId);
        Assert.Contains($"line {line}, column ", error.Message, StringComparison.Ordinal);
    }
}
