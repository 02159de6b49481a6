using CsCheck;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests;

public sealed class TimePointTests
{
    private static readonly ClockAnchor anchor = new(1_000, 2_000, 1_700_000_000_000_000_000);

    [Theory]
    [InlineData("0", 500)]
    [InlineData("1.5", 1_500_000_500)]
    [InlineData("0.000000001", 501)]
    [InlineData("1.5s", 1_500_000_500)]
    [InlineData("90m", 5_400_000_000_500)]
    [InlineData("2min", 120_000_000_500)]
    [InlineData("250us", 250_500)]
    [InlineData("7ns", 7)]
    [InlineData("18446744073709551615ns", ulong.MaxValue)]
    [InlineData("18446744072", 18446744072000000500)]
    [InlineData("2023-11-14T22:13:20Z", 1_000)]
    [InlineData("2023-11-14T22:13:20.5Z", 500_001_000)]
    [InlineData("2023-11-14T23:13:20.000000001+01:00", 1_001)]
    [InlineData("2023-11-14T20:13:20-02:00", 1_000)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2023-11-14t22:13:20z", 1_000)]
    [InlineData("2023-11-14 22:13:20.5Z", 500_001_000)]
    [InlineData("2023-11-14 23:13:20+01:00", 1_000)]
    [InlineData("2023-11-14T23:59:60Z", 6_400_000_001_000)]
    [InlineData("2023-11-15T00:59:60.25+01:00", 6_400_250_001_000)]
    public void Each_form_is_an_instant_on_the_clock_of_the_events(string text, ulong monotonic) =>
        Assert.Equal(monotonic, TimePoint.Parse(text).ToMonotonic(500, anchor));

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1.0000000001")]
    [InlineData("1,5")]
    [InlineData("ns")]
    [InlineData("5n")]
    [InlineData("1.s")]
    [InlineData("1.5ns")]
    [InlineData("18446744073709551616ns")]
    [InlineData("2023-11-14T22:13:20")]
    [InlineData("2023-11-14_22:13:20Z")]
    [InlineData("2023-11-14  22:13:20Z")]
    [InlineData("2023-11-14T22:13:61Z")]
    [InlineData("2023-11-14T22:13:60Z")]
    [InlineData("2023-11-14T22:13")]
    [InlineData("2023-11-14T22:13:20.Z")]
    [InlineData("2023-13-14T22:13:20Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2600-01-01T00:00:00Z")]
    public void What_is_no_time_is_refused_with_what_is_expected(string text)
    {
        var error = Assert.Throws<FormatException>(() => TimePoint.Parse(text));
        Assert.StartsWith($"'{text}' is no time; expected one such as 2026-01-31T23:59:59.5Z, 1.5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_printed_time_is_read_back() => Gen.ULong[0, 18446744073_000_000_000].Sample(time =>
        WallTime.TryParse(WallTime.Format(time), out var read) && read == time);

    [Fact]
    public void Without_a_clock_wall_time_is_refused_and_the_rest_is_not()
    {
        Assert.Equal(1_000_000_003ul, TimePoint.Parse("1").ToMonotonic(3, null));
        var error = Assert.Throws<CaptureFormatException>(() => TimePoint.Parse("2023-11-14T22:13:20Z").ToMonotonic(3, null));
        Assert.StartsWith("the capture does not tell wall-clock times", error.Message, StringComparison.Ordinal);
    }
}
