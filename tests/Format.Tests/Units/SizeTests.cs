using CsCheck;
using TraceCap.Format.Units;

namespace TraceCap.Format.Tests.Units;

/// <summary>The one grammar of sizes.</summary>
public class SizeTests
{
    [Theory]
    [InlineData("0", 0ul)]
    [InlineData("4096", 4096ul)]
    [InlineData("4096B", 4096ul)]
    [InlineData("512K", 512ul << 10)]
    [InlineData("512k", 512ul << 10)]
    [InlineData("64M", 64ul << 20)]
    [InlineData("64MB", 64ul << 20)]
    [InlineData("64MiB", 64ul << 20)]
    [InlineData("64mi", 64ul << 20)]
    [InlineData("1.5G", 3ul << 29)]
    [InlineData("2T", 2ul << 40)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void Bytes_and_units_of_1024_are_read_exactly(string text, ulong bytes) => Assert.Equal(bytes, Sizes.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("64 M")]
    [InlineData("64X")]
    [InlineData("64MiBB")]
    [InlineData("-1")]
    [InlineData("0.1K")]
    [InlineData("1.5")]
    [InlineData("18446744073709551616")]
    [InlineData("16777216T")]
    public void All_else_is_refused_with_what_was_expected(string text) => Assert.Equal(
        $"'{text}' is no size; expected bytes, or a number and K, M, G or T (1024 each), such as 64M",
        Assert.Throws<FormatException>(() => Sizes.Parse(text)).Message);

    [Theory]
    [InlineData(0ul, "0 bytes")]
    [InlineData(1000ul, "1000 bytes")]
    [InlineData(8ul << 20, "8 MiB")]
    [InlineData(1536ul << 20, "1536 MiB")]
    public void It_is_written_in_the_largest_unit_that_needs_no_fraction(ulong bytes, string text) => Assert.Equal(text, Sizes.Format(bytes));

    [Fact]
    public void What_is_written_is_read_again_but_for_the_blank() => Gen.ULong.Sample(bytes =>
        Sizes.Format(bytes) is var text && (text.EndsWith("bytes", StringComparison.Ordinal) ? text.Replace(" bytes", "", StringComparison.Ordinal) : text.Replace(" ", "", StringComparison.Ordinal)) is var read
        && Sizes.Parse(read) == bytes);
}
