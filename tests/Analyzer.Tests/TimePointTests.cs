using CsCheck;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

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
    [InlineData("999999999", 999999999000000500)]
    [InlineData("start", 500)]
    [InlineData("+5m", 300_000_000_500)]
    [InlineData("+1.5", 1_500_000_500)]
    [InlineData("1700000000", 1_000)]
    [InlineData("1700000000.25", 250_001_000)]
    [InlineData("1700000000250", 250_001_000)]
    [InlineData("1700000000250.000001", 250_001_001)]
    [InlineData("1700000000250000", 250_001_000)]
    [InlineData("1700000000250000001", 250_001_001)]
    [InlineData("2023-11-14T22:13:20", 1_000)]
    [InlineData("2023-11-14 22:13:20.5", 500_001_000)]
    [InlineData("2023-11-14T22:14", 40_000_001_000)]
    [InlineData("2023-11-14 23:14+01:00", 40_000_001_000)]
    [InlineData("2023-11-15", 6_400_000_001_000)]
    [InlineData("22:13:20", 1_000)]
    [InlineData("22:14", 40_000_001_000)]
    [InlineData("22:13:20.000000001z", 1_001)]
    [InlineData("00:14+02:00", 40_000_001_000)]
    [InlineData("22:13:19", 86_399_000_001_000)]
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
    [InlineData("-")]
    [InlineData("+")]
    [InlineData("--1")]
    [InlineData("+-1")]
    [InlineData("- 5m")]
    [InlineData("Start")]
    [InlineData("24:00")]
    [InlineData("2:15")]
    [InlineData("22:60")]
    [InlineData("2023-11-14T")]
    [InlineData("2023-11-14Z")]
    [InlineData("2023-02-29")]
    [InlineData("99999999999999999999")]
    [InlineData("now")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1.0000000001")]
    [InlineData("1,5")]
    [InlineData("ns")]
    [InlineData("5n")]
    [InlineData("1.s")]
    [InlineData("1.5ns")]
    [InlineData("18446744073709551616ns")]
    [InlineData("2023-11-14_22:13:20Z")]
    [InlineData("2023-11-14  22:13:20Z")]
    [InlineData("2023-11-14T22:13:61Z")]
    [InlineData("2023-11-14T22:13:60Z")]
    [InlineData("2023-11-14T22:13:20.Z")]
    [InlineData("2023-13-14T22:13:20Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2600-01-01T00:00:00Z")]
    public void What_is_no_time_is_refused_with_what_is_expected(string text)
    {
        var error = Assert.Throws<FormatException>(() => TimePoint.Parse(text));
        Assert.StartsWith($"'{text}' is no time; expected one such as 2026-01-31T23:59:59.5Z, 2026-01-31 or", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_before_the_end_is_one_of_a_capture_whose_end_is_known()
    {
        var point = TimePoint.Parse("-1.5");
        Assert.Equal(TimePoint.Before(TimeSpan.FromSeconds(1.5)), point);
        Assert.Contains("-1500ms counts from the end", Assert.Throws<CaptureFormatException>(() => point.ToMonotonic(500, anchor)).Message, StringComparison.Ordinal);
        Assert.Equal(500_000_000ul, point.EndingAt(new CaptureEnd("boot", 2, 2_000_000_000, 7)).ToMonotonic(500, null));
        Assert.Equal(0ul, point.EndingAt(new CaptureEnd("boot", 1, 1_000_000_000, 7)).ToMonotonic(500, null));
        Assert.Equal(500_001_000ul, point.EndingAt(new CaptureEnd("", 2, 9, 1_700_000_002_000_000_000)).ToMonotonic(500, anchor));
        Assert.Throws<CaptureFormatException>(() => point.EndingAt(new CaptureEnd("", 2, 9, null)));
        Assert.Equal(TimePoint.Start, TimePoint.Start.EndingAt(new CaptureEnd("", 2, 9, null)));
    }

    [Fact]
    public void The_end_of_what_is_wanted_counts_from_its_beginning()
    {
        Assert.Equal(1_300ul, TimePoint.Parse("+300ns").ToMonotonic(500, anchor, 1_000));
        Assert.Equal(1_000 + 86_400_000_000_000ul, TimePoint.Parse("22:13:20").ToMonotonic(500, anchor, 1_000));
        Assert.Equal(1_000ul, TimePoint.Parse("22:13:20").ToMonotonic(500, anchor, 999));
        Assert.Equal(1_000ul, TimePoint.Parse("22:13:20").ToMonotonic(500, anchor, 3));
    }

    [Fact]
    public void What_tells_no_time_zone_is_UTC_or_meant_in_another_one()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(5.5), "east", "east");
        Assert.Equal(1_000ul, TimePoint.Parse("2023-11-15T03:43:20").In(zone).ToMonotonic(500, anchor));
        Assert.Equal(1_000ul, TimePoint.Parse("03:43:20").In(zone).ToMonotonic(500, anchor));
        Assert.Equal(1_000ul, TimePoint.Parse("2023-11-14T22:13:20Z").In(zone).ToMonotonic(500, anchor));
        Assert.Equal(1_000ul, TimePoint.Parse("22:13:20Z").In(zone).ToMonotonic(500, anchor));
        Assert.Equal(TimePoint.Parse("1.5"), TimePoint.Parse("1.5").In(zone));
        Assert.Equal(2 * 86_400_000_000_000ul, TimePoint.Parse("1970-01-03T05:30").In(zone).ToMonotonic(0, new ClockAnchor(0, 0, 0)));
    }

    [Fact]
    public void A_time_of_day_is_the_first_of_it_from_the_beginning_on() => Gen.Select(Gen.ULong[0, 4_000_000_000], Gen.Int[0, 86_399], Gen.Int[-14, 14]).Sample((begin, second, hours) =>
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("zone", TimeSpan.FromHours(hours), "zone", "zone");
        var nanoseconds = begin * 1_000_000_000;
        var clock = new ClockAnchor(nanoseconds, 0, nanoseconds);
        var time = TimeSpan.FromSeconds(second).ToString("c", System.Globalization.CultureInfo.InvariantCulture);
        var found = TimePoint.Parse(time).In(zone).ToMonotonic(nanoseconds, clock);
        var local = DateTimeOffset.FromUnixTimeSeconds((long)(found / 1_000_000_000)).ToOffset(TimeSpan.FromHours(hours));
        Assert.Equal(time, local.TimeOfDay.ToString("c", System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(found, nanoseconds, nanoseconds + 86_399_000_000_000ul);
    });

    [Theory]
    [InlineData("1.5", "1", false)]
    [InlineData("1", "1.5", true)]
    [InlineData("-1", "-2", false)]
    [InlineData("-2", "-1", true)]
    [InlineData("end", "1", false)]
    [InlineData("5", "+0", false)]
    [InlineData("5", "+1ns", true)]
    [InlineData("22:00", "21:00", true)]
    [InlineData("2026-01-02", "2026-01-01", false)]
    [InlineData("2026-01-02", "-5m", true)]
    public void What_cannot_be_before_the_other_is_known(string from, string to, bool mayPrecede) =>
        Assert.Equal(mayPrecede, TimePoint.MayPrecede(TimePoint.Parse(from), TimePoint.Parse(to)));

    [Theory]
    [InlineData("-5m")]
    [InlineData("+1500ms")]
    [InlineData("end")]
    [InlineData("21:51:03.250000000")]
    [InlineData("21:51:03.250000000Z")]
    [InlineData("2026-01-31T00:00:00.000000000")]
    [InlineData("2026-01-31T00:00:00.000000000Z")]
    [InlineData("7ns")]
    [InlineData("5000000000.000000000s")]
    public void What_is_printed_is_read_back(string text)
    {
        Assert.Equal(text, TimePoint.Parse(text).ToString());
        Assert.Equal(TimePoint.Parse(text), TimePoint.Parse(TimePoint.Parse(text).ToString()));
    }

    [Fact]
    public void Every_printed_time_is_read_back() => Gen.ULong[0, 18446744073_000_000_000].Sample(time =>
        WallTime.TryParse(WallTime.Format(time), out var read) && read == time);

    [Theory]
    [InlineData(0)]
    [InlineData(18_446_744_073_677_295_768)]
    [InlineData(ulong.MaxValue)]
    public void The_first_and_the_last_times_there_are_read_back(ulong time)
    {
        Assert.True(WallTime.TryParse(WallTime.Format(time), out var read));
        Assert.Equal(time, read);
    }

    [Theory]
    [InlineData("2554-07-21T23:34:33.709551616Z")]
    [InlineData("1969-12-31T23:59:59.999999999Z")]
    public void A_time_beyond_them_is_none(string time) => Assert.False(WallTime.TryParse(time, out _));

    [Fact]
    public void Without_a_clock_wall_time_is_refused_and_the_rest_is_not()
    {
        Assert.Equal(1_000_000_003ul, TimePoint.Parse("1").ToMonotonic(3, null));
        var error = Assert.Throws<CaptureFormatException>(() => TimePoint.Parse("2023-11-14T22:13:20Z").ToMonotonic(3, null));
        Assert.StartsWith("the capture does not tell wall-clock times", error.Message, StringComparison.Ordinal);
    }
}
