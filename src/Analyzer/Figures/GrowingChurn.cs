using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Gives the intervals of a churn while its captures are still being read, each as soon as it is complete. A pre-existing
/// connection is active from then on when an event shows it: only at the end of all is it known of each from the beginning.
/// </summary>
/// <param name="churn">What a feed hands its connections to.</param>
/// <param name="feed">That feed.</param>
internal sealed class GrowingChurn(ConnectionChurn churn, ConnectionFeed feed)
{
    private long next = long.MinValue;

    /// <summary>The intervals that were completed since the last call.</summary>
    internal IReadOnlyList<ChurnInterval> TakeComplete()
    {
        if (churn.Origin is null || feed.Recordings.Count == 0 || churn.NumberOf(feed.SettledTo, feed.Recordings[^1]) is var reached && reached <= next)
        {
            return [];
        }

        var now = churn.Copy();
        feed.ShowOpen(now);
        now.End(feed.Recordings);
        return Take([.. now.Intervals().Where(interval => interval.Number >= next && interval.Number < reached)]);
    }

    /// <summary>The intervals that are left, once the feed has ended.</summary>
    internal IReadOnlyList<ChurnInterval> TakeRest() => Take([.. churn.Intervals().Where(interval => interval.Number >= next)]);

    private ChurnInterval[] Take(ChurnInterval[] intervals)
    {
        next = intervals.Length > 0 ? intervals[^1].Number + 1 : next;
        return intervals;
    }
}
