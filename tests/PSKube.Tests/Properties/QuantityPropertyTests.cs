using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using CsCheck;
using k8s.Models;
using PSKube.Resources;

namespace PSKube.Tests.Properties;

public class QuantityPropertyTests
{
    private static readonly Gen<string> Quantities = Gen.Select(
        Hostile.Of("", "-", "+"),
        Gen.OneOf(Gen.Int[0, 3000].Select(number => number.ToString(CultureInfo.InvariantCulture)), Gen.Long[0, 1_000_000_000_000].Select(number => number.ToString(CultureInfo.InvariantCulture)), Gen.Int[0, 64].Select(number => $"{number * 1024L}"), Gen.Int[0, 5].Select(zeros => "1" + new string('0', zeros * 2))),
        Gen.OneOf(Gen.Const(""), Gen.Const("."), Gen.Int[0, 999].Select(number => $".{number:000}"), Gen.Int[0, 9].Select(number => $".{number}"), Gen.Const(".0000000001")),
        Hostile.Of("", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E2", "e-2", "e0"),
        (sign, whole, fraction, suffix) => sign + whole + fraction + suffix);

    [Fact]
    public void T53_EveryQuantity_KeepsItsAmount_AndIsWrittenAsKubernetesDoes() => Property.Holds(Quantities, text =>
    {
        // Beyond 2^63 - 1 every amount is that one, as in Kubernetes.
        if (text.Length > 40 || BigInteger.Abs(Nano(text).Nano) > long.MaxValue * BigInteger.Pow(10, 9)) return;
        ResourceQuantity read = Quantity.Parse(text);
        string written = Quantity.Text(read);
        Assert.Equal(Nano(text).Nano, Amount(written));
        // A part of a byte is kept here; Kubernetes rounds it up.
        if (!text.EndsWith('i') || (Nano(text).Nano % BigInteger.Pow(10, 9)).IsZero || BigInteger.Abs(Nano(text).Nano) < 1024 * BigInteger.Pow(10, 9)) Assert.Equal(Canonical(text), written);
        // What is written once is written so again.
        Assert.Equal(written, Quantity.Text(Quantity.Parse(written)));
    }, 6000);

    private static readonly Regex Form = new(@"\A([+-]?)([0-9]*)(?:\.([0-9]*))?(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?[0-9]+))?\z");

    /// <summary>An amount in nano-units, and what of it is finer.</summary>
    private static (BigInteger Nano, bool Exact) Nano(string text)
    {
        Match match = Form.Match(text);
        Assert.True(match.Success, text);
        string fraction = match.Groups[3].Value;
        BigInteger value = BigInteger.Parse("0" + match.Groups[2].Value + fraction, CultureInfo.InvariantCulture);
        string suffix = match.Groups[4].Value;
        int ten = 9 - fraction.Length + (match.Groups[5].Success ? int.Parse(match.Groups[5].Value, CultureInfo.InvariantCulture) : suffix switch { "n" => -9, "u" => -6, "m" => -3, "k" => 3, "M" => 6, "G" => 9, "T" => 12, "P" => 15, "E" => 18, _ => 0 });
        value *= BigInteger.Pow(1024, suffix switch { "Ki" => 1, "Mi" => 2, "Gi" => 3, "Ti" => 4, "Pi" => 5, "Ei" => 6, _ => 0 });
        BigInteger rest = 0;
        if (ten >= 0) value *= BigInteger.Pow(10, ten);
        else value = BigInteger.DivRem(value, BigInteger.Pow(10, -ten), out rest);
        // What is finer than a billionth is rounded away from zero.
        if (!rest.IsZero) value++;
        return (match.Groups[1].Value == "-" ? -value : value, rest.IsZero);
    }

    private static BigInteger Amount(string text)
    {
        (BigInteger nano, bool exact) = Nano(text);
        Assert.True(exact, text);
        return nano;
    }

    /// <summary>apimachinery's <c>Quantity.CanonicalizeBytes</c>.</summary>
    private static string Canonical(string text)
    {
        BigInteger nano = Nano(text).Nano;
        BigInteger unit = BigInteger.Pow(10, 9);
        if (nano.IsZero) return "0";
        if (nano.Sign < 0) return "-" + Canonical(text[1..]);
        if (text.EndsWith('i') && nano >= 1024 * unit)
        {
            BigInteger whole = nano / unit;
            int power = 0;
            while (power < 6 && (whole % 1024).IsZero) (whole, power) = (whole / 1024, power + 1);
            return whole + (power == 0 ? "" : "KMGTPE"[power - 1] + "i");
        }

        int ten = -9;
        while (ten < 18 && (nano % 1000).IsZero) (nano, ten) = (nano / 1000, ten + 3);
        if (Regex.IsMatch(text, "[eE][+-]?[0-9]")) return nano + (ten == 0 ? "" : $"e{ten}");
        return nano + ten switch { -9 => "n", -6 => "u", -3 => "m", 0 => "", 3 => "k", 6 => "M", 9 => "G", 12 => "T", 15 => "P", _ => "E" };
    }
}
