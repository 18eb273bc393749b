using System.Globalization;
using System.Text.Json;
using k8s.Models;
using PSKube.Loader;
using PSKube.Resources;

namespace PSKube.Tests.Resources;

public class QuantityTests
{
    [Theory]
    [InlineData("500m", "500m")]
    [InlineData("0.5", "500m")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("-1", "-1")]
    [InlineData("1e3", "1e3")]
    public void T53_QuantitiesReadInEveryCulture(string text, string canonical)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach (string culture in (string[])["de-DE", "tr-TR", "sv-SE", "ar-SA"])
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                Assert.Equal(canonical, JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(Quantity.Parse(text), ResourceJson.Options)));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void T53_ANumberInJson_IsReadByItsDigits()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var resources = JsonSerializer.Deserialize<V1ResourceRequirements>("{\"limits\":{\"cpu\":0.5}}", ResourceJson.Options)!;
            Assert.Equal("500m", resources.Limits["cpu"].ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("1e999999999")]
    [InlineData("1e-999999999")]
    [InlineData("1.2.3")]
    [InlineData("")]
    [InlineData("5ZZ")]
    [InlineData("1234567890123456789012345678901234567890123")]
    public void T53_WhatIsNone_IsRefusedAtOnce(string text) => Assert.Throws<FormatException>(() => Quantity.Parse(text));

    [Theory]
    [InlineData("080", "\"080\"")]
    [InlineData(" 80", "\" 80\"")]
    [InlineData("80", "80")]
    [InlineData("http", "\"http\"")]
    [InlineData("25%", "\"25%\"")]
    public void TextThatLooksLikeANumber_StaysText(string value, string json)
    {
        Assert.Equal("{\"targetPort\":" + json + "}", JsonSerializer.Serialize(new { targetPort = (IntOrString)value }, ResourceJson.Options));
    }

    [Theory]
    [InlineData("PSKube", "YamlDotNet", true)]
    [InlineData("KubernetesClient", "Fractions", true)]
    [InlineData("KubernetesClient", "YamlDotNet", true)]
    [InlineData(null, "YamlDotNet", false)]
    [InlineData("powershell-yaml", "YamlDotNet", false)]
    [InlineData("PSKube", "Newtonsoft.Json", false)]
    public void OnlyOurOwnRequestsForOurOwnLibraries_AreAnswered(string? requester, string requested, bool ours) => Assert.Equal(ours, DependencyLoadContext.IsOurs(requester, requested));
}
