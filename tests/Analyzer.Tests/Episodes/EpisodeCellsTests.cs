using CsCheck;
using TraceCap.Analyzer.Episodes;

namespace TraceCap.Analyzer.Tests.Episodes;

public sealed class EpisodeCellsTests
{
    private const long Cell = 1 << 20;

    /// <summary>What happens one after another; a good one is told of later.</summary>
    private static Gen<(long At, bool IsBad, long Told)[]> Happenings(Gen<long> step) =>
        Gen.Select(step, Gen.Int[0, 2], Gen.Long[0, 40 * Cell]).Array[1, 120].Select(steps =>
        {
            var at = 0L;
            return steps.Select(one => (at += one.Item1, one.Item2 == 0, one.Item2 == 0 ? at : at + one.Item3)).ToArray();
        });

    [Fact]
    public void The_worst_time_is_the_one_that_a_plain_search_finds() => Happenings(Gen.Long[1, 3].Select(steps => steps * Cell)).Sample(happenings =>
    {
        if (happenings[^1].At - happenings[0].At > 255 * Cell)
        {
            return;
        }

        var found = Tell(happenings).Find(2, 1);
        var best = 0.0;
        foreach (var (from, _, _) in happenings.Where(one => one.IsBad))
        {
            foreach (var (to, _, _) in happenings.Where(one => one.IsBad && one.At >= from))
            {
                best = Math.Max(best, happenings.Where(one => one.At >= from && one.At <= to).Sum(one => one.IsBad ? 1.0 : -2.0));
            }
        }

        Assert.Equal(best, found.Count == 0 ? 0 : found[0].Bad - (2.0 * found[0].Good));
    });

    [Fact]
    public void Whatever_the_times_what_is_told_of_an_episode_is_so_to_the_nanosecond() => Happenings(
        Gen.OneOf(Gen.Long[1, 10], Gen.Long[1, 3 * Cell], Gen.Long[1, 1L << 40])).Sample(happenings =>
    {
        foreach (var episode in Tell(happenings).Find(1, 8))
        {
            var within = happenings.Where(one => one.At >= episode.From && one.At <= episode.To).ToList();
            Assert.Equal((within.Count(one => one.IsBad), within.Count(one => !one.IsBad)), (episode.Bad, episode.Good));
            Assert.True(within[0].IsBad && within[^1].IsBad);
            Assert.Equal(happenings.Where(one => !one.IsBad && one.At > episode.To).Select(one => (long?)one.At).FirstOrDefault(), episode.Recovered);
        }
    });

    [Fact]
    public void Counts_by_time_are_those_of_any_times_in_few_cells() => Gen.Long[-(1L << 56), 1L << 56].Array[1, 300].Sample(times =>
    {
        var cells = new TimeCells<CountCell>(64, 20);
        foreach (var time in times)
        {
            cells.At(time).Value++;
        }

        Assert.InRange(cells.Count, 1, 64);
        for (var index = 0; index < cells.Count; index++)
        {
            Assert.Equal(times.Count(time => time >= cells.Begin(index) && time - cells.Begin(index) < cells.Length), cells[index].Value);
        }
    });

    [Fact]
    public void Ports_are_held_from_the_SYN_to_the_end_of_their_wait() => Gen.Select(Gen.Int[0, 200], Gen.Int[1, 100]).Array[1, 100].Sample(ports =>
    {
        const long Second = 1L << 30;
        var occupied = new PortOccupancy();
        foreach (var (from, length) in ports.Order())
        {
            occupied.Take((from * Second) + 1, ((from + length) * Second) + 1);
        }

        Assert.Equal(Enumerable.Range(0, 301).Max(second => ports.Count(port => port.Item1 <= second && port.Item1 + port.Item2 > second)), occupied.Peak().Ports);
    });

    [Fact]
    public void Quantiles_are_the_upper_edges_of_buckets() => Gen.Select(Gen.ULong[1_024, 1UL << 40].Array[1, 100], Gen.Double[0.01, 1]).Sample((durations, share) =>
    {
        var coarse = new CoarseDurations();
        foreach (var duration in durations)
        {
            coarse.Add(duration);
        }

        var exact = durations.Order().ElementAt((int)Math.Ceiling((share * durations.Length) - 1e-6) - 1);
        Assert.InRange((double)coarse.At(share)!.Value, exact, exact * 1.125);
    });

    [Fact]
    public void What_most_have_not_reached_has_no_quantile()
    {
        var coarse = new CoarseDurations();
        coarse.Add(1_000_000);
        coarse.Add(2_000_000, isCensored: true);
        coarse.Add(3_000_000, isCensored: true);
        Assert.Null(coarse.At(0.5));
        Assert.NotNull(coarse.At(0.3));
    }

    private static EpisodeCells Tell((long At, bool IsBad, long Told)[] happenings)
    {
        var cells = new EpisodeCells();
        foreach (var (at, isBad, _) in happenings.OrderBy(one => one.Told).ThenBy(one => one.At))
        {
            if (isBad)
            {
                cells.Bad(at);
            }
            else
            {
                cells.Good(at);
            }
        }

        return cells;
    }
}
