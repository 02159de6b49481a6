using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Figures of connections by interval of time, which tell how much traffic varies from one to the next. What happens at an opening is
/// counted when that was, what happens at an end at the end; durations when they began. Memory: at most 8 MiB, a tenth of it
/// as a rule.
/// </summary>
/// <param name="clock">The intervals.</param>
internal sealed class IntervalFigures(IntervalClock clock)
{
    private readonly ByInterval<uint> opened = Counts(clock);
    private readonly ByInterval<uint> accepted = Counts(clock);
    private readonly ByInterval<uint> failed = Counts(clock);
    private readonly ByInterval<uint> slow = Counts(clock);
    private readonly ByInterval<uint> closed = Counts(clock);
    private readonly ByInterval<uint> reset = Counts(clock);
    private readonly ByInterval<DurationBuckets> lifetimes = new(clock, Join);
    private readonly ByInterval<DurationBuckets> connectTimes = new(clock, Join);
    private long secondEndings;
    private long secondLifetimes;

    /// <summary>Connections opened by the host, by seconds.</summary>
    internal Tally Opened => InTime(opened);

    /// <summary>Connections accepted by the host, by seconds.</summary>
    internal Tally Accepted => InTime(accepted);

    /// <summary>Connects that failed, by seconds.</summary>
    internal Tally Failed => InTime(failed);

    /// <summary>Connects that were slow, by seconds.</summary>
    internal Tally SlowConnects => InTime(slow);

    /// <summary>Connects that failed, by all.</summary>
    internal Tally FailedOfTried => Share(failed, opened, 0);

    /// <summary>Sockets that were reset, by all that were closed.</summary>
    internal Tally ResetOfClosed => Share(reset, closed, secondEndings);

    /// <summary>How long sockets lived.</summary>
    internal DurationSample Lifetimes => field ??= Durations(lifetimes, secondLifetimes);

    /// <summary>How long it took to connect.</summary>
    internal DurationSample ConnectTimes => field ??= Durations(connectTimes, 0);

    /// <summary>Counts by interval, in the time that was recorded.</summary>
    /// <param name="clock">The intervals.</param>
    /// <param name="counts">By these.</param>
    internal static Tally InTime(IntervalClock clock, ByInterval<uint> counts) =>
        new(Array.ConvertAll(counts.InOrder(), count => (double)count), [.. clock.Intervals.Select(interval => interval.Seconds)], 1);

    internal static ByInterval<uint> Counts(IntervalClock clock) => new(clock, (one, other) => one + other);

    /// <summary>Counts a connection.</summary>
    internal void Add(in Connection connection, RecordedSpan recording)
    {
        if (connection.Ending == ConnectionEnding.Failed)
        {
            failed.At(clock.PlaceAt(connection.Ended, recording))++;
            return;
        }

        if (connection.Ending is ConnectionEnding.Closed or ConnectionEnding.Reset)
        {
            (connection.Ending == ConnectionEnding.Closed ? closed : reset).At(clock.PlaceAt(connection.Ended, recording))++;
            secondEndings += connection.IsSecondEnd ? 1 : 0;
        }

        if (connection.IsPreexisting)
        {
            return;
        }

        var place = clock.PlaceAt(connection.Opened, recording);
        if (connection.Role == ConnectionRole.Server)
        {
            accepted.At(place)++;
        }
        else
        {
            opened.At(place)++;
            if (connection.ConnectTime > 0)
            {
                (connectTimes.At(place) ??= new()).Add(connection.ConnectTime, isCensored: false);
                slow.At(place) += connection.ConnectTime >= ConnectionStatistics.SlowConnect ? 1u : 0;
            }
        }

        if (connection.Ending != ConnectionEnding.Unseen)
        {
            (lifetimes.At(place) ??= new()).Add(connection.Lifetime, isCensored: connection.Ending == ConnectionEnding.Open);
            secondLifetimes += connection.IsSecondEnd ? 1 : 0;
        }
    }

    private static DurationBuckets? Join(DurationBuckets? one, DurationBuckets? other)
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        one.Add(other);
        return one;
    }

    private static Tally Share(ByInterval<uint> part, ByInterval<uint> rest, long seconds)
    {
        var (some, others) = (part.InOrder(), rest.InOrder());
        var all = some.Zip(others, (one, other) => (double)one + other).ToArray();
        return new Tally(Array.ConvertAll(some, count => (double)count), all, Pairs(all.Sum(), seconds));
    }

    private Tally InTime(ByInterval<uint> counts) => InTime(clock, counts);

    private DurationSample Durations(ByInterval<DurationBuckets> durations, long seconds)
    {
        var all = new DurationBuckets();
        var inOrder = durations.InOrder();
        foreach (var some in inOrder.OfType<DurationBuckets>())
        {
            all.Add(some);
        }

        return new DurationSample(all, inOrder, clock.Length, Pairs(all.Count, seconds));
    }

    /// <summary>How much more a sum of sockets varies than one of connections, if so many of them are the second of theirs: of
    /// <c>s</c> pairs among <c>n</c> sockets the sum of the squares of what belongs together is <c>n - 2s + 4s</c>.</summary>
    private static double Pairs(double sockets, long seconds) => sockets > 0 ? 1 + (2 * seconds / sockets) : 1;
}
