namespace TraceCap.Analyzer.Expectations;

/// <summary>All metrics: one line makes one. docs/analysis.md has the same list.</summary>
public static class Metrics
{
    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        Metric.Count("ends", "ends of connections, failed ones included", of => of.Ends),
        Metric.Count("opened", "opened by the host", of => of.Opened),
        Metric.Rate("opened.rate", "opened in a second", of => of.Opened),
        Metric.Count("accepted", "accepted by the host", of => of.Accepted),
        Metric.Rate("accepted.rate", "accepted in a second", of => of.Accepted),
        Metric.Level("older", "older than the recording", of => of.Connections.Older),
        Metric.Count("failed", "connects that failed", of => of.Failed),
        Metric.Rate("failed.rate", "connects that failed, in a second", of => of.Failed),
        Metric.Share("failed.share", "connects that failed, of all that were tried", of => of.Failed, of => of.Failed + of.Opened),
        Metric.Count("closed", "closed in an orderly way", of => of.Closed),
        Metric.Count("reset", "reset or timed out", of => of.Reset),
        Metric.Share("reset.share", "reset or timed out, of all that were closed", of => of.Reset, of => of.Reset + of.Closed),
        Metric.Level("open", "open when their recording ended", of => of.Connections.Open),
        Metric.Level("unseen", "ended without a close that was seen", of => of.Connections.Unseen),
        Metric.Level("uncertain", "not certainly older or open, since events were lost", of => of.Connections.Uncertain),
        Metric.Level("active.end", "open when the last recording ended", of => of.Active.Count(of.Recordings).End),
        Metric.Level("active.max", "the most that were open at once", of => of.Active.Count(of.Recordings).Max),
        Metric.Duration("lifetime.p50", "the median lifetime", of => of.Lifetimes, 0.5),
        Metric.Duration("lifetime.p90", "what 90 % live no longer than", of => of.Lifetimes, 0.9),
        Metric.Duration("lifetime.p99", "what 99 % live no longer than", of => of.Lifetimes, 0.99),
        Metric.Duration("lifetime.max", "the longest lifetime", of => of.Lifetimes, null),
        Metric.Duration("connect.p50", "the median time to connect", of => of.ConnectTimes, 0.5),
        Metric.Duration("connect.p90", "what 90 % take no longer than to connect", of => of.ConnectTimes, 0.9),
        Metric.Duration("connect.p99", "what 99 % take no longer than to connect", of => of.ConnectTimes, 0.99),
        Metric.Duration("connect.max", "the longest time to connect", of => of.ConnectTimes, null),
        Metric.Count("connect.slow", "connects that took 1 s or more", of => of.SlowConnects),
        Metric.Bytes("bytes.sent", "payload that peers acknowledged", of => of.PayloadSent),
        Metric.Bytes("bytes.received", "payload received", of => of.PayloadReceived),
        Metric.Count("segments.sent", "segments sent, retransmissions included", of => (long)of.SegmentsSent),
        Metric.Count("retransmits", "segments retransmitted", of => (long)of.Retransmits),
        Metric.Share("retransmits.share", "segments retransmitted, of all sent", of => (long)of.Retransmits, of => (long)of.SegmentsSent),
        Metric.OfRecording("recorded", MetricUnit.Time, "how long was recorded", of => of.Seconds * 1e9),
        Metric.OfRecording("emitted", MetricUnit.Count, "events that happened", of => of.Ledger.Emitted),
        Metric.OfRecording("lost", MetricUnit.Count, "events that were lost", of => of.Ledger.Lost),
    ];

    /// <summary>The metric of a name; null if there is none.</summary>
    public static Metric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
