using CsCheck;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Tests.Comparison;

public sealed class RateTestTests
{
    [Theory]
    // Twice the smaller tail: poisson.exact(..., tsmethod = "central") of R's exactci for the example of its poisson.test.
    [InlineData(11, 800, 21, 3_011, 0.1120173)]
    [InlineData(1.5, 1, 7.25, 2, 0.5306310)]
    [InlineData(0, 1, 3, 1, 0.25)]
    [InlineData(0, 1, 8, 1, 0.0078125)]
    [InlineData(100, 1, 100, 1, 1)]
    // By the normal distribution, with a correction of continuity: 1,999.5 of 707.81.
    [InlineData(1_000_000, 1, 1_004_000, 1, 0.004729)]
    [InlineData(0, 1, 1_000_000_000, 1, 0)]
    public void Counts_of_independent_things_are_compared_exactly(double before, double beforeExposure, double after, double afterExposure, double chance) =>
        Assert.Equal(chance, RateTest.Exact(before, beforeExposure, after, afterExposure), 1e-6);

    [Fact]
    public void It_is_twice_the_smaller_tail_of_the_binomial() =>
        Gen.Select(Gen.Int[0, 25], Gen.Int[0, 25], Gen.Double[0.1, 10], Gen.Double[0.1, 10]).Where((before, after, _, _) => before + after > 0)
            .Sample((before, after, one, other) =>
            {
                var sum = before + after;
                var share = other / (one + other);
                double Probability(int count) => Enumerable.Range(1, count).Aggregate(1.0, (product, i) => product * (sum - count + i) / i)
                    * Math.Pow(share, count) * Math.Pow(1 - share, sum - count);
                var (below, above) = (Enumerable.Range(0, after + 1).Sum(Probability), Enumerable.Range(after, before + 1).Sum(Probability));
                Assert.Equal(Math.Min(1, 2 * Math.Min(below, above)), RateTest.Exact(before, one, after, other), 1e-9);
            });

    [Fact]
    public void Of_bursts_each_counts_as_one()
    {
        // As many, but each by itself, or twenty at once in every eighth interval.
        var steady = Compare(_ => 2, _ => 3);
        var bursts = Compare(i => i % 10 == 0 ? 20 : 0, i => i % 10 is 0 or 5 && i < 60 ? 25 : 0);
        Assert.InRange(steady.Chance, 0, 0.02);
        Assert.InRange(bursts.Chance, 0.1, 1);
        Assert.InRange(steady.Effect!.Most - steady.Effect.Least, 0.5, 1.2);
        Assert.InRange(bursts.Effect!.Most - bursts.Effect.Least, 3, 100);
    }

    [Fact]
    public void Waves_that_are_longer_than_an_interval_count_as_one_too()
    {
        var waves = Compare(i => i / 8 % 2 == 0 ? 4 : 0, i => i / 8 % 2 == 0 ? 6 : 0);
        var single = Compare(i => i % 2 == 0 ? 4 : 0, i => i % 2 == 0 ? 6 : 0);
        Assert.True(waves.Chance > 10 * single.Chance, $"{waves.Chance} {single.Chance}");
    }

    [Fact]
    public void The_interval_excludes_no_difference_exactly_where_the_test_does() =>
        Gen.Select(Gen.Int[0, 40].Array[80], Gen.Int[0, 60].Array[80]).Sample((one, other) =>
        {
            var found = RateTest.Compare(new(Tally(i => one[i])), new(Tally(i => other[i])))!;
            Assert.Equal(found.Chance >= 1 - Effect.Confidence, found.Effect!.HasNone);
        });

    [Fact]
    public void Shares_are_told_in_points_and_it_does_not_matter_of_what()
    {
        var failed = RateTest.CompareShares(new(Share(i => i % 8 == 0 ? 1 : 0)), new(Share(i => i % 2)))!;
        var rest = RateTest.CompareShares(new(Share(i => i % 8 == 0 ? 9 : 10)), new(Share(i => 10 - (i % 2))))!;
        Assert.InRange(failed.Chance, 0, 0.001);
        Assert.Equal(failed.Chance, rest.Chance, 1e-12);
        Assert.Equal((failed.Effect!.Least, failed.Effect.Most), (-rest.Effect!.Most, -rest.Effect.Least));
        Assert.InRange(failed.Effect.Least, 0.005, 0.0375);
        Assert.InRange(failed.Effect.Most, 0.0375, 0.08);
    }

    [Fact]
    public void One_burst_that_fails_is_no_higher_share_of_failures() =>
        Assert.InRange(RateTest.CompareShares(new(new Tally(At(5, 0), At(5, 40), 1)), new(new Tally(At(9, 20), At(9, 20), 1)))!.Chance, 0.2, 1);

    [Fact]
    public void Only_what_stands_with_all_that_is_missing_is_sure()
    {
        var (one, other) = (Tally(_ => 2), Tally(_ => 4));
        TestOutcome Missing(double before, double after) =>
            RateTest.Compare(new(one, (160, 80), (160 + before, 80)), new(other, (320, 80), (320 + after, 80)))!;
        Assert.Equal(Missing(0, 0).Chance, Missing(0, 0).Surely);
        Assert.Equal(Missing(0, 0).Surely, Missing(0, double.PositiveInfinity).Surely);
        Assert.InRange(Missing(60, 0).Surely, Missing(0, 0).Surely * 10, 0.1);
        Assert.Equal(1, Missing(160, 0).Surely);
        Assert.Equal(1, Missing(double.PositiveInfinity, 0).Surely);
    }

    [Fact]
    public void Nothing_can_be_said_of_nothing()
    {
        Assert.Null(RateTest.Compare(new(Tally(_ => 0)), new(Tally(_ => 0))));
        Assert.Null(RateTest.Compare(new(new Tally(new double[80], new double[80], 1)), new(Tally(_ => 1))));
        Assert.Null(RateTest.Compare(new(new Tally([1, 2], [1, 1], 1)), new(new Tally([1, 2], [1, 1], 1))));
    }

    private static TestOutcome Compare(Func<int, double> before, Func<int, double> after) => RateTest.Compare(new(Tally(before)), new(Tally(after)))!;

    private static Tally Tally(Func<int, double> count) => new([.. Enumerable.Range(0, 80).Select(count)], [.. Enumerable.Repeat(1.0, 80)], 1);

    private static Tally Share(Func<int, double> count) => new([.. Enumerable.Range(0, 80).Select(count)], [.. Enumerable.Repeat(10.0, 80)], 1);

    private static double[] At(int place, double value) => [.. Enumerable.Range(0, 80).Select(i => i == place ? value : 0)];
}
