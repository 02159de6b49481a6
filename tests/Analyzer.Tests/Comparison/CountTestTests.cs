using CsCheck;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Tests.Comparison;

public sealed class CountTestTests
{
    [Fact]
    public void The_example_of_R_has_the_same_result() =>
        // poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878))
        Assert.Equal(0.07967, CountTest.Chance(11, 800, 21, 3_011)!.Value, 0.00001);

    [Fact]
    public void It_is_the_sum_of_all_splits_that_are_as_unlikely() =>
        Gen.Select(Gen.Int[0, 25], Gen.Int[0, 25], Gen.Double[0.1, 10], Gen.Double[0.1, 10]).Where((before, after, _, _) => before + after > 0)
            .Sample((before, after, one, other) =>
            {
                var sum = before + after;
                var share = other / (one + other);
                double Probability(int count) => Enumerable.Range(1, count).Aggregate(1.0, (product, i) => product * (sum - count + i) / i)
                    * Math.Pow(share, count) * Math.Pow(1 - share, sum - count);
                var observed = Probability(after) * (1 + 1e-7);
                var exact = Enumerable.Range(0, sum + 1).Select(Probability).Where(probability => probability <= observed).Sum();
                Assert.Equal(exact, CountTest.Chance(before, one, after, other)!.Value, 1e-9);
            });

    [Theory]
    [InlineData(0, 3, 0.25)]
    [InlineData(0, 8, 0.0078125)]
    [InlineData(100, 100, 1)]
    [InlineData(1_000_000_000, 1_000_000_000, 1)]
    [InlineData(1_000_000_000, 1_001_000_000, 0)]
    [InlineData(0, 1_000_000_000, 0)]
    public void Of_equal_times_few_tell_little_and_many_much(long before, long after, double chance) =>
        Assert.Equal(chance, CountTest.Chance(before, 1, after, 1)!.Value, 1e-9);

    [Fact]
    public void Nothing_can_be_said_of_nothing()
    {
        Assert.Null(CountTest.Chance(0, 1, 0, 1));
        Assert.Null(CountTest.Chance(1, 0, 1, 1));
        Assert.Null(CountTest.Chance(1, 1, 1, 0));
    }
}
