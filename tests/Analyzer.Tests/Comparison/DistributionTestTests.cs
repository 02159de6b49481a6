using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Tests.Comparison;

public sealed class DistributionTestTests
{
    // Days of survival of patients with gastric tumours (Stablein and Koutrouvelis 1985, as in Klein and Moeschberger,
    // example 7.9): chemotherapy, and chemotherapy with radiotherapy. Negative: still alive.
    private static readonly int[] chemotherapy =
    [
        1, 63, 105, 129, 182, 216, 250, 262, 301, 301, 342, 354, 356, 358, 380, 383, 383, 388, 394, 408, 460, 489, 499, 523, 524, 535, 562,
        569, 675, 676, 748, 778, 786, 797, 955, 968, 1000, 1245, 1271, 1420, 1551, 1694, 2363, -2754, -2950,
    ];

    private static readonly int[] withRadiotherapy =
    [
        17, 42, 44, 48, 60, 72, 74, 95, 103, 108, 122, 144, 167, 170, 183, 185, 193, 195, 197, 208, 234, 235, 254, 307, 315, 401, 445, 464,
        484, 528, 542, 547, 577, 580, 795, 855, 1366, 1577, 2060, -2412, -2486, -2796, -2802, -2934, -2988,
    ];

    [Fact]
    public void The_textbook_has_the_same_statistic()
    {
        var days = chemotherapy.Concat(withRadiotherapy).Select(Math.Abs).Distinct().Order();
        var found = DistributionTest.Compare(45, 45, days.Select(day => (Count(chemotherapy, day), Count(withRadiotherapy, day))))!.Value;
        // It gives p = 0.053, read from a table; four tails of the normal distribution beyond 2.20 are 0.0556.
        Assert.Equal(2.20, found.Statistic, 0.005);
        Assert.Equal(0.0556, found.Chance, 0.0001);

        static DurationCounts Count(int[] lifetimes, int day) => new(lifetimes.Count(one => one == day), lifetimes.Count(one => one == -day));
    }

    [Theory]
    [InlineData(1.960, 0.10)]
    [InlineData(2.2414, 0.05)]
    [InlineData(2.807, 0.01)]
    [InlineData(0.1, 1)]
    [InlineData(0, 1)]
    [InlineData(40, 0)]
    public void The_chance_is_that_of_the_tables(double bound, double chance) =>
        Assert.Equal(chance, DistributionTest.BeyondBrownian(bound), 0.0003);

    [Fact]
    public void Noise_is_called_a_change_as_seldom_as_it_says()
    {
        var random = new Random(1);
        var chances = Enumerable.Range(0, 1_000).Select(_ => DistributionTest.Compare(Lifetimes(random, 150, 1, 2), Lifetimes(random, 250, 1, 2))!.Value.Chance).ToArray();
        Assert.InRange(chances.Count(chance => chance < 0.01), 1, 20);
        Assert.InRange(chances.Count(chance => chance < 0.1), 60, 130);
    }

    [Fact]
    public void Captures_of_different_lengths_cut_off_different_shares_and_that_is_no_change()
    {
        var random = new Random(2);
        var chances = Enumerable.Range(0, 1_000).Select(_ => DistributionTest.Compare(Lifetimes(random, 200, 1, 0.5), Lifetimes(random, 200, 1, 20))!.Value.Chance).ToArray();
        Assert.InRange(chances.Count(chance => chance < 0.01), 0, 20);
    }

    [Fact]
    public void A_change_is_found()
    {
        var random = new Random(3);
        Assert.InRange(DistributionTest.Compare(Lifetimes(random, 1_000, 1, 2), Lifetimes(random, 1_000, 1.3, 2))!.Value.Chance, 0, 0.001);
    }

    [Fact]
    public void Curves_that_cross_are_told_apart()
    {
        // All live as long as each other, or half of them much shorter and half longer.
        var (one, other) = (new LifetimeHistogram(), new LifetimeHistogram());
        for (var i = 0ul; i < 200; i++)
        {
            one.Add(1_000_000 + (i * 1_000), isCensored: false);
            other.Add(i % 2 == 0 ? 100_000 + (i * 100) : 2_000_000 + (i * 1_000), isCensored: false);
        }

        var found = DistributionTest.Compare(one, other)!.Value;
        Assert.InRange(found.Chance, 0, 1e-6);
        Assert.Equal(0.5, found.Distance, 0.01);
    }

    [Fact]
    public void Nothing_can_be_said_of_nothing()
    {
        var some = new LifetimeHistogram();
        some.Add(1_000, isCensored: false);
        Assert.Null(DistributionTest.Compare(new(), new()));
        Assert.Null(DistributionTest.Compare(some, new()));
        Assert.Null(DistributionTest.Compare(new(), some));
        var open = new LifetimeHistogram();
        open.Add(2_000, isCensored: true);
        Assert.Null(DistributionTest.Compare(open, open));
    }

    /// <summary>Lifetimes that are exponential with some mean, of which the recording cuts off some.</summary>
    private static LifetimeHistogram Lifetimes(Random random, int count, double mean, double recorded)
    {
        var lifetimes = new LifetimeHistogram();
        for (var i = 0; i < count; i++)
        {
            var lifetime = -mean * Math.Log(1 - random.NextDouble());
            var left = recorded * random.NextDouble();
            lifetimes.Add((ulong)(Math.Min(lifetime, left) * 1e9), isCensored: lifetime > left);
        }

        return lifetimes;
    }
}
