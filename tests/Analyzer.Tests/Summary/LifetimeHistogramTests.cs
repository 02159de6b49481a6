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
    public void Percentiles_are_those_of_Kaplan_and_Meier_within_a_128th() =>
        Gen.Select(durations, Gen.Double[0.01, 1]).Sample((durations, share) =>
        {
            var found = Histogram(durations).At(share)!.Value;
            // Values of one bucket cannot be told apart, whether they ended or not.
            var exact = KaplanMeier(durations.Select(one => (Bucket(one.Value), one.IsCensored)), share);
            if (exact is { } value)
            {
                Assert.False(found.IsAtLeast);
                Assert.InRange((double)found.Nanoseconds, value * (1 - (1.0 / 127)), value * (1 + (1.0 / 63)) + 1);
            }
            else
            {
                Assert.Equal((durations.Max(one => one.Value), true), (found.Nanoseconds, found.IsAtLeast));
            }
        }, iter: 20_000);

    [Fact]
    public void Without_censoring_they_are_the_ordinary_ones_within_a_128th() =>
        Gen.Select(durations, Gen.OneOf(0.5, 0.9, 0.99, 1.0)).Sample((durations, share) =>
        {
            var sorted = durations.Select(one => one.Value).Order().ToArray();
            var exact = (double)sorted[(int)Math.Ceiling((share * sorted.Length) - 1e-9) - 1];
            var found = Histogram([.. sorted.Select(value => (value, false))]).At(share)!.Value;
            Assert.InRange((double)found.Nanoseconds, exact * (1 - (1.0 / 128)), exact * (1 + (1.0 / 128)));
        }, iter: 20_000);

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
    private static double? KaplanMeier(IEnumerable<(double Value, bool IsCensored)> durations, double share)
    {
        var all = durations.ToArray();
        var survival = 1.0;
        foreach (var at in all.Where(one => !one.IsCensored).Select(one => one.Value).Distinct().Order())
        {
            survival *= 1 - (all.Count(one => !one.IsCensored && one.Value == at) / (double)all.Count(one => one.Value >= at));
            if (survival <= 1 - share + 1e-9)
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>The least value of the bucket.</summary>
    private static double Bucket(ulong value)
    {
        var width = value < 64 ? 1UL : 1UL << (int)(Math.Log2(value >> 6) + 1e-12);
        while (width > 1 && value / width < 64)
        {
            width /= 2;
        }

        return value / width * width;
    }
}
