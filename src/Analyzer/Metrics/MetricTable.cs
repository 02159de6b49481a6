namespace TraceCap.Analyzer.Metrics;

/// <summary>All metrics: one line makes one, with what it is told by. docs/analysis.md has the same list.</summary>
public static class MetricTable
{
    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        Metric.Count("ends", Evidence.AnyEvent, "ends of connections, failed ones included", of => of.Ends),
        Metric.Count("opened", Evidence.Openings, "opened by the host", of => of.Opened),
        Metric.Rate("opened.rate", Evidence.Openings, "opened in a second", of => of.Opened),
        Metric.Count("accepted", Evidence.Openings, "accepted by the host", of => of.Accepted),
        Metric.Rate("accepted.rate", Evidence.Openings, "accepted in a second", of => of.Accepted),
        Metric.Level("older", Evidence.Closes, "older than the recording", of => of.Connections.Preexisting),
        Metric.Count("failed", Evidence.Openings, "connects that failed", of => of.Failed),
        Metric.Rate("failed.rate", Evidence.Openings, "connects that failed, in a second", of => of.Failed),
        Metric.Share("failed.share", Evidence.Openings, "connects that failed, of all that were tried", of => of.Failed, of => of.Failed + of.Opened),
        Metric.Count("closed", Evidence.Closes, "closed in an orderly way", of => of.Closed),
        Metric.Count("reset", Evidence.Closes, "reset or timed out", of => of.Reset),
        Metric.Share("reset.share", Evidence.Closes, "reset or timed out, of all that were closed", of => of.Reset, of => of.Reset + of.Closed),
        Metric.Level("open", Evidence.NoClose, "open when their recording ended", of => of.Connections.Open),
        Metric.Level("unseen", Evidence.Closes, "ended without a close that was seen", of => of.Connections.Unseen),
        Metric.Level("uncertain", Evidence.Recording, "not certainly older or open, since events were lost", of => of.Connections.Uncertain),
        Metric.Level("active.end", Evidence.NoClose, "open when the last recording ended", of => of.Active.Count(of.Recordings).End),
        Metric.Level("active.max", Evidence.NoClose, "the most that were open at once", of => of.Active.Count(of.Recordings).Max),
        Metric.Duration("lifetime.p50", Evidence.Lifetimes, "the median lifetime", of => of.Lifetimes, 0.5),
        Metric.Duration("lifetime.p90", Evidence.Lifetimes, "what 90 % live no longer than", of => of.Lifetimes, 0.9),
        Metric.Duration("lifetime.p99", Evidence.Lifetimes, "what 99 % live no longer than", of => of.Lifetimes, 0.99),
        Metric.Duration("lifetime.max", Evidence.Lifetimes, "the longest lifetime", of => of.Lifetimes, null),
        Metric.Duration("connect.p50", Evidence.OpeningTimes, "the median time to connect", of => of.ConnectTimes, 0.5),
        Metric.Duration("connect.p90", Evidence.OpeningTimes, "what 90 % take no longer than to connect", of => of.ConnectTimes, 0.9),
        Metric.Duration("connect.p99", Evidence.OpeningTimes, "what 99 % take no longer than to connect", of => of.ConnectTimes, 0.99),
        Metric.Duration("connect.max", Evidence.OpeningTimes, "the longest time to connect", of => of.ConnectTimes, null),
        Metric.Count("connect.slow", Evidence.Openings, "connects that took 1 s or more", of => of.SlowConnects),
        Metric.Bytes("bytes.sent", Evidence.CloseCounters, "payload that peers acknowledged", of => of.PayloadSent),
        Metric.Bytes("bytes.received", Evidence.CloseCounters, "payload received", of => of.PayloadReceived),
        Metric.Count("segments.sent", Evidence.CloseCounters, "segments sent, retransmissions included", of => (long)of.SegmentsSent),
        Metric.Count("retransmits", Evidence.CloseCounters, "segments retransmitted", of => (long)of.Retransmits),
        Metric.Share("retransmits.share", Evidence.CloseCounters, "segments retransmitted, of all sent", of => (long)of.Retransmits, of => (long)of.SegmentsSent),
        Metric.OfRecording("recorded", MetricUnit.Time, "how long was recorded", of => of.Seconds * 1e9),
        Metric.OfRecording("emitted", MetricUnit.Count, "events that happened", of => of.LossCounters.Emitted),
        Metric.OfRecording("lost", MetricUnit.Count, "events that were lost", of => of.LossCounters.Lost),
    ];

    /// <summary>The metric of a name; null if there is none.</summary>
    public static Metric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
