using System.Globalization;
using System.Numerics;
using CsCheck;
using TraceCap.Format.Units;

namespace TraceCap.Format.Tests.Units;

/// <summary>The one grammar of durations.</summary>
public class DurationTests
{
    [Theory]
    [InlineData("0ns", 0ul)]
    [InlineData("3685182041524ns", 3685182041524ul)]
    [InlineData("50us", 50_000ul)]
    [InlineData("1.5ms", 1_500_000ul)]
    [InlineData("0.000000001s", 1ul)]
    [InlineData("001.50s", 1_500_000_000ul)]
    [InlineData("5m", 300_000_000_000ul)]
    [InlineData("5min", 300_000_000_000ul)]
    [InlineData("0.1h", 360_000_000_000ul)]
    [InlineData("1d", 86_400_000_000_000ul)]
    [InlineData("18446744073709551615ns", ulong.MaxValue)]
    [InlineData("18446744073.709551615s", ulong.MaxValue)]
    [InlineData("1.500000000000000000000000000000000000000000000s", 1_500_000_000ul)]
    public void A_number_and_a_unit_are_read_exactly(string text, ulong nanoseconds) => Assert.Equal(nanoseconds, Durations.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5")]
    [InlineData("5S")]
    [InlineData("5 s")]
    [InlineData("5sec")]
    [InlineData("5mins")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("1.2.3s")]
    [InlineData("0.5ns")]
    [InlineData("0.0000000001s")]
    [InlineData("18446744073709551616ns")]
    [InlineData("213504d")]
    [InlineData("99999999999999999999999999999999999999999999d")]
    [InlineData("٣s")]
    public void All_else_is_refused_with_what_was_expected(string text) => Assert.Equal(
        $"'{text}' is no duration; expected a number and ns, us, ms, s, m or min, h, d, such as 1.5s",
        Assert.Throws<FormatException>(() => Durations.Parse(text)).Message);

    [Fact]
    public void Decimal_fractions_are_what_whole_numbers_say_they_are() =>
        Gen.Select(Gen.Int[0, Durations.Units.Count - 1], Gen.ULong[0, 10_000_000_000_000_000_000], Gen.Int[0, 18]).Sample((index, digits, decimals) =>
        {
            var unit = Durations.Units[index];
            var padded = digits.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
            var text = (decimals == 0 ? padded : padded.Insert(padded.Length - decimals, ".")) + unit.Name;
            var (expected, rest) = BigInteger.DivRem(digits * (BigInteger)unit.Factor, BigInteger.Pow(10, decimals));
            var isRight = Durations.TryParse(text, out ulong read);
            return isRight == (rest.IsZero && expected <= ulong.MaxValue) && (!isRight || read == expected);
        });

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.ULong.Sample(nanoseconds => Durations.Parse(Durations.Format(nanoseconds)) == nanoseconds);

    [Theory]
    [InlineData(0ul, "0ns")]
    [InlineData(1_500ul, "1500ns")]
    [InlineData(90_000_000_000ul, "90s")]
    [InlineData(7_200_000_000_000ul, "2h")]
    public void It_is_written_in_the_largest_unit_that_needs_no_fraction(ulong nanoseconds, string text) =>
        Assert.Equal(text, Durations.Format(nanoseconds));

    [Fact]
    public void A_time_span_takes_no_half_of_its_ticks()
    {
        Assert.True(Durations.TryParse("100ns", out TimeSpan time));
        Assert.Equal(1, time.Ticks);
        Assert.False(Durations.TryParse("150ns", out time));
        Assert.Equal(TimeSpan.Zero, time);
    }
}
