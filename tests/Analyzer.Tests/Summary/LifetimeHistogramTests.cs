using CsCheck;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Tests.Summary;

public sealed class LifetimeHistogramTests
{
    private static readonly Gen<(ulong Value, bool IsCensored)[]> durations = Gen.Select(
        Gen.Frequency((1, Gen.ULong[0, 200]), (2, Gen.Select(Gen.Int[0, 63], Gen.ULong, (bits, value) => value >> bits))),
        Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))),
        (value, isCensored) => (value, isCensored)).Array[1, 80];

    [Fact]
    public void One_that_was_just_opened_lived_at_least_so_long()
    {
        var one = new LifetimeHistogram();
        one.Add(0, isCensored: true);
        var sum = new LifetimeHistogram();
        sum.Add(one);
        Assert.Equal((new Percentile(0, true), new Percentile(0, true)), (one.Max, sum.Max));
        sum.Add(0, isCensored: false);
        Assert.Equal(new Percentile(0, false), sum.Max);
    }

    [Fact]
    public void Percentiles_are_those_of_Kaplan_and_Meier() => Gen.Select(durations, Gen.Double[0.01, 1]).Sample((durations, share) =>
        Assert.Equal(
            KaplanMeier(durations, share) is { } value ? new Percentile(value, false) : new Percentile(durations.Max(one => one.Value), true),
            Histogram(durations).At(share)!.Value with { Rounding = 0 }), iter: 20_000);

    [Fact]
    public void Lifetimes_that_share_a_bucket_with_open_ones_count_in_the_order_of_time()
    {
        // Two of 1,000 ended, both later than any other was seen: half of those that were at risk, and the rest.
        const ulong Second = 1_000_000_000;
        var open = Enumerable.Range(0, 998).Select(i => (Second + (ulong)(i * 8_000), true));
        var histogram = Histogram([.. open, (1_012_000_000, false), (100 * Second, false)]);
        Assert.Equal(new Percentile(1_012_000_000, false), histogram.At(0.5));

        // And with as many more before as no longer can be kept one by one.
        histogram = Histogram([.. open, .. Enumerable.Range(0, 700).Select(i => ((ulong)i, false)), .. Enumerable.Range(1, 300).Select(i => (1_012_000_000 + (ulong)i, false))]);
        Assert.InRange(histogram.At(0.5)!.Value.Nanoseconds, 1_012_000_000ul, 1_012_000_301ul);
        Assert.True(histogram.At(0.34)!.Value.Nanoseconds < 700);
    }

    [Fact]
    public void Of_more_than_are_kept_percentiles_are_within_a_128th() => Gen.Select(
        Gen.Select(Gen.Int[30, 40], Gen.ULong[0, 1 << 30], (bits, value) => (1ul << bits) + value).Array[700, 1_500],
        Gen.ULong[1ul << 41, 1ul << 42].Array[0, 400],
        Gen.Double[0.01, 1]).Sample((ended, censored, share) =>
        {
            (ulong, bool)[] all = [.. ended.Select(value => (value, false)), .. censored.Select(value => (value, true))];
            var found = Histogram(all).At(share)!.Value;
            if (KaplanMeier(all, share) is { } exact)
            {
                Assert.False(found.IsAtLeast);
                Assert.InRange((double)found.Nanoseconds, exact * (1 - (1.0 / 128)), exact * (1 + (1.0 / 128)));
                Assert.InRange(Math.Abs((double)found.Nanoseconds - exact), 0, found.Rounding + 1);
            }
            else
            {
                Assert.Equal(all.Max(), (found.Nanoseconds, found.IsAtLeast));
            }
        }, iter: 300);

    [Fact]
    public void Of_more_than_are_kept_those_of_one_bucket_count_as_spread_over_it()
    {
        // All in one bucket, half of them open at any time of it: the true curve is that of lifetimes spread evenly.
        var random = new Random(7);
        (ulong, bool)[] all = [.. Enumerable.Range(0, 4_000).Select(i => (1_074_000_000 + (ulong)random.Next(15_000_000), i % 2 == 0))];
        var histogram = Histogram(all);
        foreach (var share in (double[])[0.1, 0.5, 0.9])
        {
            Assert.InRange(histogram.At(share)!.Value.Nanoseconds, KaplanMeier(all, share)!.Value * 0.992, KaplanMeier(all, share)!.Value * 1.008);
        }

        foreach (var step in histogram.Distribution.Steps.Where(step => step.Ended > 0))
        {
            Assert.Equal(7_500_000, step.Rounding, 20_000.0);
        }
    }

    [Fact]
    public void Without_censoring_they_are_the_ordinary_ones() =>
        Gen.Select(durations, Gen.OneOf(0.5, 0.9, 0.99, 1.0)).Sample((durations, share) =>
        {
            var sorted = durations.Select(one => one.Value).Order().ToArray();
            var exact = sorted[(int)Math.Ceiling((share * sorted.Length) - 1e-9) - 1];
            Assert.Equal(new Percentile(exact, false), Histogram([.. sorted.Select(value => (value, false))]).At(share)!.Value);
        }, iter: 20_000);

    [Fact]
    public void Confidence_is_that_of_Kalbfleisch_and_Prentice()
    {
        // Remission of leukemia, in weeks: Freireich et al. 1963, which SAS and R give so (conf.type = "log-log").
        var histogram = Histogram(
        [
            (6, false), (6, false), (6, false), (6, true), (7, false), (9, true), (10, false), (10, true), (11, true), (13, false), (16, false),
            (17, true), (19, true), (20, true), (22, false), (23, false), (25, true), (32, true), (32, true), (34, true), (35, true),
        ]);
        Assert.Equal([(6, 0.8571, 0.6197, 0.9516), (7, 0.8067, 0.5631, 0.9228), (10, 0.7529, 0.5032, 0.8894)], histogram.Distribution.Steps
            .Where(step => step.Ended > 0).Take(3)
            .Select(step => ((int)step.Nanoseconds, Math.Round(step.Survival, 4), Math.Round(step.Low, 4), Math.Round(step.High, 4))));
        Assert.Equal(new Percentile(23, false), histogram.At(0.5));
        Assert.Equal(new ConfidenceInterval(13, null), histogram.ConfidenceAt(0.5));
        Assert.Equal(new ConfidenceInterval(6, 22), histogram.ConfidenceAt(0.25));
        Assert.Null(new LifetimeHistogram().ConfidenceAt(0.5));
    }

    [Theory]
    [InlineData(60, 0.5)]
    [InlineData(300, 0.5)]
    [InlineData(300, 0.75)]
    [InlineData(900, 0.5)]
    public void Confidence_holds_as_often_as_it_says(int count, double share)
    {
        const int Times = 2_000;
        var random = new Random(11);
        var truth = -1e9 * Math.Log(1 - share);
        var held = Enumerable.Range(0, Times).Count(_ =>
        {
            var histogram = new LifetimeHistogram();
            for (var i = 0; i < count; i++)
            {
                var (lived, seen) = (-1e9 * Math.Log(1 - random.NextDouble()), 4e9 * random.NextDouble());
                histogram.Add((ulong)Math.Min(lived, seen), isCensored: seen < lived);
            }

            return histogram.ConfidenceAt(share) is var (low, high) && low <= truth && (high is null || high >= truth);
        });
        // Of 2,000 times, 95 % vary by half a per cent; that of small samples is not exactly that.
        Assert.InRange(held / (double)Times, 0.935, 0.97);
    }

    [Fact]
    public void Two_together_are_as_one() => Gen.Select(durations, durations, Gen.Double[0.01, 1]).Sample((one, other, share) =>
    {
        var sum = Histogram(one);
        sum.Add(Histogram(other));
        var all = Histogram([.. one, .. other]);
        Assert.Equal((all.At(share), all.Max, all.Ended, all.Censored), (sum.At(share), sum.Max, sum.Ended, sum.Censored));
    });

    [Fact]
    public void The_longest_is_exact_and_ended_if_any_as_long_did()
    {
        Assert.Equal(new Percentile(1_000_003, false), Histogram([(1_000_003, true), (1_000_003, false), (7, true)]).Max);
        Assert.Equal(new Percentile(1_000_003, true), Histogram([(1_000_003, true), (1_000_002, false)]).Max);
    }

    [Fact]
    public void A_median_that_has_not_been_reached_is_told_as_a_bound()
    {
        var histogram = Histogram([(10, false), (50, true), (50, true), (50, true)]);
        Assert.Equal(new Percentile(10, false), histogram.At(0.25));
        Assert.Equal(new Percentile(50, true), histogram.At(0.5));
        Assert.Null(new LifetimeHistogram().At(0.5));
    }

    private static LifetimeHistogram Histogram((ulong Value, bool IsCensored)[] durations)
    {
        var histogram = new LifetimeHistogram();
        foreach (var (value, isCensored) in durations)
        {
            histogram.Add(value, isCensored);
        }

        return histogram;
    }

    /// <summary>The product-limit estimate as the paper has it; null if it stays above what is wanted.</summary>
    private static ulong? KaplanMeier((ulong Value, bool IsCensored)[] durations, double share)
    {
        var (survival, atRisk) = (1.0, durations.Length);
        foreach (var at in durations.GroupBy(one => one.Value).OrderBy(group => group.Key))
        {
            var ended = at.Count(one => !one.IsCensored);
            survival *= 1 - (ended / (double)atRisk);
            if (ended > 0 && survival <= 1 - share + 1e-9)
            {
                return at.Key;
            }

            atRisk -= at.Count();
        }

        return null;
    }
}
