using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Tests.Comparison;

public sealed class DurationTestTests
{
    private const int Intervals = 80;

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
        // Each patient is an interval, in no order. Buckets are up to 1.6 % wide, so that some who died on different days are told as one.
        var found = Compare(Patients(chemotherapy), Patients(withRadiotherapy))!;
        Assert.Equal(2.20, found.Statistic, 0.02);
        // It gives p = 0.053, read from a table; four tails of the normal distribution beyond 2.20 are 0.0556.
        Assert.InRange(found.Chance, 0.05, 0.12);

        static DurationSample Patients(int[] days)
        {
            var patients = new Sample(days.Length);
            for (var i = 0; i < days.Length; i++)
            {
                patients.Add(i * 17 % days.Length, (ulong)Math.Abs(days[i]), days[i] < 0);
            }

            return patients.Durations;
        }
    }

    [Fact]
    public void Noise_is_called_a_change_as_seldom_as_it_says()
    {
        var random = new Random(1);
        var chances = Enumerable.Range(0, 1_000).Select(_ => Compare(Lifetimes(random, 150, 1, 2), Lifetimes(random, 250, 1, 2))!.Chance).ToArray();
        Assert.InRange(chances.Count(chance => chance < 0.01), 0, 15);
        Assert.InRange(chances.Count(chance => chance < 0.1), 40, 115);
    }

    [Fact]
    public void Captures_of_different_lengths_cut_off_different_shares_and_that_is_no_change()
    {
        var random = new Random(2);
        var chances = Enumerable.Range(0, 1_000).Select(_ => Compare(Lifetimes(random, 200, 1, 0.5), Lifetimes(random, 200, 1, 20))!.Chance).ToArray();
        Assert.InRange(chances.Count(chance => chance < 0.01), 0, 15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_few_are_not_told_from_many_by_when_they_happen_to_end(int few)
    {
        var random = new Random(few);
        var chances = Enumerable.Range(0, 2_000).Select(_ => Compare(Lifetimes(random, few, 1, 20), Lifetimes(random, 200, 1, 20))!.Chance).ToArray();
        Assert.InRange(chances.Count(chance => chance < 0.01), 0, 30);
        Assert.InRange(chances.Count(chance => chance < 0.001), 0, 6);
    }

    [Fact]
    public void Those_of_one_burst_live_alike_and_count_as_one()
    {
        var random = new Random(5);
        DurationSample Bursts()
        {
            var sample = new Sample(Intervals);
            for (var burst = 0; burst < 20; burst++)
            {
                var (interval, factor) = (random.Next(Intervals), Math.Exp(2 * random.NextDouble()));
                for (var i = 0; i < 50; i++)
                {
                    sample.Add(interval, (ulong)(1e9 * factor * random.NextDouble()), false);
                }
            }

            return sample.Durations;
        }

        var found = Enumerable.Range(0, 500).Select(_ => Compare(Bursts(), Bursts())!).ToArray();
        Assert.InRange(found.Count(one => one.Chance < 0.01), 0, 10);
        // As independent ones, most would have been called so.
        Assert.InRange(found.Count(one => Probability.BeyondBrownian(one.Statistic) < 0.01), 150, 500);
    }

    [Fact]
    public void Those_that_a_restart_closes_count_as_one()
    {
        var random = new Random(6);
        DurationSample Restarted(int restart)
        {
            var sample = new Sample(Intervals);
            for (var i = 0; i < 400; i++)
            {
                var (opened, lifetime) = (random.Next(Intervals), -40 * Math.Log(1 - random.NextDouble()));
                var end = opened < restart ? Math.Min(lifetime, restart - opened) : lifetime;
                sample.Add(opened, (ulong)(1e9 * Math.Min(end, Intervals - opened)), end > Intervals - opened);
            }

            return sample.Durations;
        }

        var found = Compare(Restarted(0), Restarted(60))!;
        Assert.InRange(Probability.BeyondBrownian(found.Statistic), 0, 0.001);
        Assert.InRange(found.Chance, 10 * Probability.BeyondBrownian(found.Statistic), 1);
    }

    [Fact]
    public void A_change_is_found()
    {
        var random = new Random(3);
        Assert.InRange(Compare(Lifetimes(random, 1_000, 1, 2), Lifetimes(random, 1_000, 1.5, 2))!.Chance, 0, 0.001);
    }

    [Fact]
    public void Curves_that_cross_are_told_apart()
    {
        // All live as long as each other, or half of them much shorter and half longer.
        var (one, other) = (new Sample(Intervals), new Sample(Intervals));
        for (var i = 0; i < 200; i++)
        {
            one.Add(i % Intervals, (ulong)(1_000_000 + (i * 1_000)), false);
            other.Add(i / 2 % Intervals, (ulong)(i % 2 == 0 ? 100_000 + (i * 100) : 2_000_000 + (i * 1_000)), false);
        }

        var found = Compare(one.Durations, other.Durations)!;
        Assert.InRange(found.Chance, 0, 0.001);
        Assert.Equal(0.5, found.Distance, 0.01);
    }

    [Fact]
    public void Only_what_stands_with_all_that_is_missing_is_sure()
    {
        var random = new Random(4);
        var (one, other) = (Lifetimes(random, 1_000, 1, 20), Lifetimes(random, 1_000, 2, 20));
        DurationDifference Missing(double before, double after) => DurationTest.Compare(one, new(before, 0), other, new(after, 0))!;
        Assert.Equal(Missing(0, 0).Chance, Missing(0, 0).Surely);
        Assert.InRange(Missing(100, 100).Surely, Missing(0, 0).Surely, 0.001);
        Assert.InRange(Missing(200, 200).Surely, 0.01, 1);
        Assert.Equal(1, Missing(1_000, 0).Surely);
        Assert.Equal(1, Missing(0, double.PositiveInfinity).Surely);
    }

    [Fact]
    public void The_limits_of_a_percentile_have_it_as_often_as_they_say()
    {
        var random = new Random(7);
        var limits = Enumerable.Range(0, 1_000).Select(_ => PercentileLimits.Of(Lifetimes(random, 300, 1, 20), 0.5)!.Value).ToArray();
        Assert.InRange(limits.Count(limit => limit.Least > 1e9 * Math.Log(2) || limit.Most < 1e9 * Math.Log(2)), 0, 15);
        Assert.InRange(limits.Average(limit => limit.Most - limit.Least), 0.2e9, 0.5e9);
        var ratios = Enumerable.Range(0, 1_000).Select(_ => PercentileLimits.Ratio(Lifetimes(random, 300, 1, 20), Lifetimes(random, 300, 2, 20), 0.5)!).ToArray();
        Assert.InRange(ratios.Count(ratio => ratio.Least > 2 || ratio.Most < 2), 0, 15);
        Assert.InRange(ratios.Count(ratio => ratio.HasNone), 0, 50);
    }

    [Fact]
    public void Nothing_can_be_said_of_nothing()
    {
        var (nothing, some, open) = (new Sample(Intervals), new Sample(Intervals), new Sample(Intervals));
        some.Add(0, 1_000, false);
        open.Add(0, 2_000, true);
        Assert.Null(Compare(nothing.Durations, nothing.Durations));
        Assert.Null(Compare(some.Durations, nothing.Durations));
        Assert.Null(Compare(nothing.Durations, some.Durations));
        Assert.Null(Compare(open.Durations, open.Durations));
        Assert.Null(PercentileLimits.Of(open.Durations, 0.5));
        Assert.Null(PercentileLimits.Ratio(some.Durations, open.Durations, 0.5));
    }

    private static DurationDifference? Compare(DurationSample one, DurationSample other) => DurationTest.Compare(one, default, other, default);

    /// <summary>Lifetimes that are exponential with some mean, of which the recording cuts off some.</summary>
    private static DurationSample Lifetimes(Random random, int count, double mean, double recorded)
    {
        var sample = new Sample(Intervals);
        for (var i = 0; i < count; i++)
        {
            var lifetime = -mean * Math.Log(1 - random.NextDouble());
            var left = recorded * random.NextDouble();
            sample.Add(random.Next(Intervals), (ulong)(Math.Min(lifetime, left) * 1e9), lifetime > left);
        }

        return sample.Durations;
    }

    private sealed class Sample(int intervals)
    {
        private readonly DurationBuckets?[] byInterval = new DurationBuckets?[intervals];
        private readonly DurationBuckets all = new();

        internal DurationSample Durations => new(all, byInterval, 1e9, 1);

        internal void Add(int interval, ulong nanoseconds, bool isCensored)
        {
            all.Add(nanoseconds, isCensored);
            (byInterval[interval] ??= new()).Add(nanoseconds, isCensored);
        }
    }
}
