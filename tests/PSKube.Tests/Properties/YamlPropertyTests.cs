using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using PSKube.TestKit;
using PSKube.Yaml;

namespace PSKube.Tests.Properties;

public class YamlPropertyTests
{
    [Fact]
    public void T51_WhateverIsWritten_IsReadBackAsTheSame() => Property.Holds(Hostile.Document, document =>
    {
        string yaml = YamlWriter.Write(document);
        Assert.Equal(document.Count == 0 ? "{}" : document.ToJsonString(), JsonNode.Parse(YamlReader.Read(yaml).Single().Json)!.ToJsonString());
    }, 4000);

    [Fact]
    public void T51_ManyDocumentsInOneText_StayApart() => Property.Holds(Hostile.Document.Array[1, 5], documents =>
    {
        string yaml = string.Concat(documents.Select(document => "---\n" + YamlWriter.Write(document)));
        Assert.Equal(documents.Select(document => document.ToJsonString()), YamlReader.Read(yaml).Select(document => JsonNode.Parse(document.Json)!.ToJsonString()));
    }, 800);

    /// <summary>A test that has nothing to compare with where there is no kubectl.</summary>
    [Fact]
    public void T51_WhateverIsWritten_IsTheSameForKubectl()
    {
        if (Kubectl.Path is null) return;
        using var folder = new TempFolder();
        JsonObject[] documents = Property.Values(Hostile.Document, 1200);
        var text = new StringBuilder();
        foreach ((JsonObject document, int i) in documents.Select((document, i) => (document, i)))
        {
            var whole = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = $"d{i}" }, ["odd"] = document.DeepClone() };
            text.Append("---\n").Append(YamlWriter.Write(whole));
        }

        string file = folder.Write("all.yaml", text.ToString());
        (int code, string output, string error) = Kubectl.Run("/dev/null", "annotate", "--local", "-f", file, "k=v", "-o", "json");
        Assert.True(code == 0, error);
        var read = new List<JsonElement>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(output), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read()) read.Add(JsonElement.ParseValue(ref reader));
        Assert.Equal(documents.Length, read.Count);
        for (int i = 0; i < documents.Length; i++)
        {
            Assert.Equal($"d{i}", read[i].GetProperty("metadata").GetProperty("name").GetString());
            Assert.True(Same(JsonSerializer.SerializeToElement(documents[i]), read[i].GetProperty("odd")), $"Document {i}:\n{documents[i].ToJsonString()}\nkubectl:\n{read[i].GetProperty("odd")}\n{YamlWriter.Write(documents[i])}");
        }
    }

    private static bool Same(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind) return false;
        return one.ValueKind switch
        {
            JsonValueKind.Object => one.EnumerateObject().Count() == other.EnumerateObject().Count() && one.EnumerateObject().All(property => other.TryGetProperty(property.Name, out JsonElement value) && Same(property.Value, value)),
            JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength() && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
            // A double may be written in several ways; an integer has one.
            JsonValueKind.Number => one.GetRawText() == other.GetRawText() || (!one.TryGetInt64(out _) && one.GetDouble() == other.GetDouble()),
            JsonValueKind.String => one.GetString() == other.GetString(),
            _ => true,
        };
    }
}
