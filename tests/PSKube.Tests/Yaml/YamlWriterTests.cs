using System.Text;
using System.Text.Json.Nodes;
using PSKube.Yaml;

namespace PSKube.Tests.Yaml;

public class YamlWriterTests
{
    private static JsonNode RoundTrip(JsonNode json) => JsonNode.Parse(YamlReader.Read(YamlWriter.Write(json)).Single().Json)!;

    [Theory]
    [InlineData("0x1F")]
    [InlineData("1_000")]
    [InlineData("+1")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("yes")]
    [InlineData("0644")]
    [InlineData("0o17")]
    [InlineData("1:30")]
    [InlineData(".inf")]
    [InlineData("2024-01-01")]
    [InlineData("=")]
    [InlineData("<<")]
    [InlineData("")]
    [InlineData(" leading")]
    [InlineData("trailing ")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("- x")]
    [InlineData("-")]
    [InlineData("--config=/x")]
    [InlineData("tab\there")]
    [InlineData("one\ntwo\n")]
    [InlineData("one\ntwo")]
    [InlineData("one\n\n\n")]
    [InlineData("  indented\nnot\n")]
    [InlineData("\n")]
    [InlineData("\nx")]
    [InlineData("x \ny")]
    [InlineData("emoji 😀 ü")]
    [InlineData("\u0085")]
    [InlineData("\u001b[2J")]
    [InlineData("it's \"both\" \\")]
    [InlineData("{a: 1}")]
    [InlineData("*x")]
    [InlineData("!tag")]
    [InlineData("25%")]
    [InlineData("00211")]
    [InlineData("1e3")]
    [InlineData("nginx:1.14.2")]
    [InlineData("key:")]
    [InlineData("@at")]
    [InlineData("...")]
    [InlineData("... x")]
    [InlineData("--- x")]
    [InlineData("\ufffe\uffff")]
    public void T51_AnyTextReadsBackAsTheSameText(string text)
    {
        var json = new JsonObject { ["v"] = text, ["list"] = new JsonArray(text, new JsonObject { [text] = text, ["z"] = text }), ["deep"] = new JsonObject { ["m"] = new JsonObject { ["t"] = text } } };
        Assert.Equal(json.ToJsonString(), RoundTrip(json).ToJsonString());
        JsonNode bare = JsonValue.Create(text);
        Assert.Equal(bare.ToJsonString(), RoundTrip(new JsonArray(bare.DeepClone()))[0]!.ToJsonString());
    }

    [Fact]
    public void T51_WhateverIsGenerated_ReadsBackTheSame()
    {
        var random = new Random(20261124);
        for (int i = 0; i < 2000; i++)
        {
            JsonNode json = new JsonObject { ["root"] = Value(random, 4) };
            string yaml = YamlWriter.Write(json);
            JsonNode back = JsonNode.Parse(YamlReader.Read(yaml).Single().Json)!;
            Assert.True(JsonNode.DeepEquals(json, back), $"Document {i}:\n{json.ToJsonString()}\n{yaml}\n{back.ToJsonString()}");
        }
    }

    [Fact]
    public void TextThatReadsWell_StaysPlain()
    {
        var json = JsonNode.Parse("""{"image":"k8s.gcr.io/nginx-slim:0.8","args":["-c","echo hello > /x"],"count":3,"f":0.5,"e":{},"l":[]}""")!;
        Assert.Equal("image: k8s.gcr.io/nginx-slim:0.8\nargs:\n- -c\n- echo hello > /x\ncount: 3\nf: 0.5\ne: {}\nl: []\n", YamlWriter.Write(json));
    }

    private static JsonNode? Value(Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 8 : 5))
        {
            case 0:
                return random.Next(-100, 100);
            case 1:
                return random.Next(2) == 0;
            case 2:
                return null;
            case 3 or 4:
                return Text(random);
            case 5:
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]);
            default:
                var map = new JsonObject();
                for (int i = random.Next(4); i > 0; i--) map[Text(random)] = Value(random, depth - 1);
                return map;
        }
    }

    private static string Text(Random random)
    {
        const string letters = "abyn01.:-_ \n\t'\"#{}[],&*!|>%@`~=<+\\/x\r\u0085\u2028é😀";
        var text = new StringBuilder();
        for (int i = random.Next(8); i > 0; i--)
        {
            int at = random.Next(letters.Length);
            if (char.IsSurrogate(letters[at])) text.Append("😀");
            else text.Append(letters[at]);
        }

        return text.ToString();
    }
}
