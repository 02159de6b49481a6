using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Metrics;

/// <summary>All figures: one entry makes one, with what it is told by and where it is shown. Summaries, reports, comparisons, checks,
/// JSON and help go by it; docs/analysis.md has the same list.</summary>
internal static class MetricTable
{
    /// <summary>All metrics, and what is only shown.</summary>
    internal static IReadOnlyList<Metric> Shown { get; } =
    [
        Metric.Level("connections", Evidence.AnyEvent, "connections, those within the host counted once", of => of.ConnectionCount).At(new()
        {
            Card = "Connections",
            IsOnlyShown = true,
            Phrase = new(SummaryLine.Connections, "") { Of = SummaryPhrases.Connections },
            Json = new("connections", JsonOwner.Summary),
        }),
        Metric.Count("sockets", Evidence.AnyEvent, "sockets of connections, failed ones included", of => of.Ends).At(new()
        {
            Aliases = ["ends"],
            Column = new("SOCKETS", 8, 0),
            Title = "Sockets",
            Json = new("sockets"),
        }),
        Metric.Count("opened", Evidence.Openings, "opened by the host", of => of.Opened, MetricTest.Opened).At(new()
        {
            Card = "Opened",
            Phrase = new(SummaryLine.Begun, "{opened} opened ({opened.rate})"),
            Title = "Opened",
            Json = new("opened"),
        }),
        Metric.Rate("opened.rate", Evidence.Openings, "opened in a second", of => of.Opened, MetricTest.Opened).At(new() { Comparison = 1 }),
        Metric.Count("accepted", Evidence.Openings, "accepted by the host", of => of.Accepted, MetricTest.Accepted).At(new()
        {
            Card = "Accepted",
            Phrase = new(SummaryLine.Begun, "{accepted} accepted ({accepted.rate})"),
            Title = "Accepted",
            Json = new("accepted"),
        }),
        Metric.Rate("accepted.rate", Evidence.Openings, "accepted in a second", of => of.Accepted, MetricTest.Accepted).At(new() { Comparison = 1 }),
        Metric.Level("preexisting", Evidence.Closes, "there before the recording began", of => of.Connections.Preexisting).At(new()
        {
            Card = "Pre-existing",
            Aliases = ["older"],
            Phrase = new(SummaryLine.Begun, "{preexisting} pre-existing") { Order = 1 },
            Json = new("preexisting"),
        }),
        Metric.Count("failed", Evidence.Openings, "connects that failed", of => of.Failed, MetricTest.Failed).At(new()
        {
            Card = "Failed",
            Phrase = new(SummaryLine.Begun, "{failed} failed"),
            Column = new("FAILED", 7, 1),
            Title = "Failed",
            IsOfFailures = true,
            Json = new("failed"),
        }).MoreIsWorse(),
        Metric.Rate("failed.rate", Evidence.Openings, "connects that failed, in a second", of => of.Failed, MetricTest.Failed).At(new() { Comparison = 1 }).MoreIsWorse(),
        Metric.Share("failed.share", Evidence.Openings, "connects that failed, of all that were tried", of => of.Failed, of => of.Failed + of.Opened, MetricTest.FailedShare)
            .At(new() { Card = "Failed, of all tried", Comparison = 1 }).MoreIsWorse(),
        Metric.Count("closed", Evidence.Closes, "ended in an orderly way", of => of.Closed).At(new()
        {
            Card = "Closed",
            Phrase = new(SummaryLine.Ended, "{closed} closed"),
            Title = "Closed",
            Json = new("closed"),
        }),
        Metric.Count("reset", Evidence.Closes, "reset, timed out or aborted", of => of.Reset).At(new()
        {
            Card = "Reset",
            Phrase = new(SummaryLine.Ended, "{reset} reset"),
            Title = "Reset",
            Json = new("reset"),
        }).MoreIsWorse(),
        Metric.Level("reset.assumed", Evidence.Closes, "of these, not proven, as retransmissions hide whether the FIN was acknowledged", of => of.Connections.ResetAssumed).At(new()
        {
            IsOnlyShown = true,
            Phrase = new(SummaryLine.Ended, "({reset.assumed} of them not proven)") { Before = " ", IsSilentAtZero = true },
            Json = new("reset_assumed"),
        }).MoreIsWorse(),
        Metric.Level("reset.sent", Evidence.Closes, "of these, reset by this end", of => of.Connections.ResetSent).At(new()
        {
            Phrase = new(SummaryLine.Ended, "({reset.sent} of them by this end)") { Before = " ", IsSilentAtZero = true },
            Json = new("reset_sent"),
        }).MoreIsWorse(),
        Metric.Level("reset.received", Evidence.Closes, "of these, reset by the peer", of => of.Connections.ResetReceived).At(new() { Json = new("reset_received") }).MoreIsWorse(),
        Metric.Level("reset.timeout", Evidence.Closes, "of these, timed out", of => of.Connections.TimedOut).At(new() { Json = new("reset_timeout") }).MoreIsWorse(),
        Metric.Share("reset.share", Evidence.Closes, "reset, timed out or aborted, of all that ended", of => of.Reset, of => of.Reset + of.Closed, MetricTest.ResetShare)
            .At(new() { Comparison = 1 }).MoreIsWorse(),
        Metric.Level("open", Evidence.NoClose, "open when their recording ended", of => of.Connections.Open).At(new()
        {
            Card = "Still open",
            Phrase = new(SummaryLine.Ended, "{open} still open"),
            Column = new("OPEN", 6, 5),
            Title = "Open",
            Json = new("open"),
        }),
        Metric.Level("held", Evidence.NoClose, "ended, but not closed when their recording ended", of => of.Connections.Held).At(new()
        {
            Phrase = new(SummaryLine.Ended, "{held} held by a program still") { IsSilentAtZero = true },
            Json = new("held"),
        }).MoreIsWorse(),
        Metric.Level("unfinished", Evidence.Closes, "closed, but not seen to end", of => of.Connections.Unfinished).At(new()
        {
            Phrase = new(SummaryLine.Ended, "{unfinished} not seen to end after their close") { IsSilentAtZero = true },
            Json = new("unfinished"),
        }).MoreIsWorse(),
        Metric.Level("unseen", Evidence.Closes, "ended without a close that was seen", of => of.Connections.Unseen).At(new()
        {
            Phrase = new(SummaryLine.Ended, "{unseen} unseen") { IsSilentAtZero = true },
            Json = new("unseen"),
        }),
        Metric.Level("uncertain", Evidence.Recording, "not certainly what they are called, since events were lost or counters do not prove a reset", of => of.Connections.Uncertain)
            .At(new() { Json = new("uncertain") }),
        Metric.Level("active.end", Evidence.NoClose, "open when the last recording ended", of => of.ActiveEnd).At(new() { Comparison = 3 }),
        Metric.Level("active.max", Evidence.NoClose, "the most that were open at once", of => of.ActiveMax).At(new() { Comparison = 2 }),
        Metric.Level("lifetime.count", Evidence.Openings, "connections whose lifetime counts", of => Count(of.Connections.Lifetimes))
            .At(new() { IsOnlyShown = true, Json = new("lifetime.count") }),
        Metric.Level("lifetime.censored", Evidence.NoClose, "of these, still open", of => of.Connections.Lifetimes.Censored).At(new()
        {
            IsOnlyShown = true,
            Phrase = new(SummaryLine.Lifetime, "(Kaplan-Meier: {lifetime.censored} of {lifetime.count} had not ended)") { Before = " ", Order = 1, IsSilentAtZero = true },
            Json = new("lifetime.censored"),
        }),
        Metric.Duration("lifetime.p50", Evidence.Lifetimes, "the median lifetime", of => of.Lifetimes, 0.5, MetricTest.Lifetimes).At(new()
        {
            Card = "Lifetime p50",
            Phrase = new(SummaryLine.Lifetime, "p50 {lifetime.p50}"),
            Column = new("P50", 8, 3),
            Title = "p50",
            Json = new("lifetime.p50"),
            Comparison = 4,
        }),
        Metric.Duration("lifetime.p90", Evidence.Lifetimes, "what 90 % live no longer than", of => of.Lifetimes, 0.9, MetricTest.Lifetimes).At(new()
        {
            Card = "Lifetime p90",
            Phrase = new(SummaryLine.Lifetime, "p90 {lifetime.p90}"),
            Column = new("P90", 8, 8),
            Title = "p90",
            Json = new("lifetime.p90"),
            Comparison = 4,
        }),
        Metric.Duration("lifetime.p99", Evidence.Lifetimes, "what 99 % live no longer than", of => of.Lifetimes, 0.99, MetricTest.Lifetimes).At(new()
        {
            Card = "Lifetime p99",
            Phrase = new(SummaryLine.Lifetime, "p99 {lifetime.p99}"),
            Column = new("P99", 8, 2),
            Title = "p99",
            Json = new("lifetime.p99"),
            Comparison = 4,
        }),
        Metric.Duration("lifetime.max", Evidence.Lifetimes, "the longest lifetime", of => of.Lifetimes, null).At(new()
        {
            Card = "Longest lifetime",
            Phrase = new(SummaryLine.Lifetime, "max {lifetime.max}"),
            Column = new("MAX", 8, 4),
            Title = "Max",
            Json = new("lifetime.max"),
        }),
        Metric.Level("connect.count", Evidence.Openings, "connects whose time counts", of => Count(of.Connections.ConnectTimes))
            .At(new() { IsOnlyShown = true, Json = new("connect.count") }),
        Metric.Level("connect.censored", Evidence.Openings, "of these, not ended", of => of.Connections.ConnectTimes.Censored)
            .At(new() { IsOnlyShown = true, Json = new("connect.censored") }),
        Metric.Duration("connect.p50", Evidence.OpeningTimes, "the median time to connect", of => of.ConnectTimes, 0.5, MetricTest.ConnectTimes)
            .At(new() { Card = "Connect p50", Phrase = new(SummaryLine.Connect, "p50 {connect.p50}"), Json = new("connect.p50"), Comparison = 4 }).MoreIsWorse(),
        Metric.Duration("connect.p90", Evidence.OpeningTimes, "what 90 % take no longer than to connect", of => of.ConnectTimes, 0.9, MetricTest.ConnectTimes)
            .At(new() { Phrase = new(SummaryLine.Connect, "p90 {connect.p90}"), Json = new("connect.p90"), Comparison = 4 }).MoreIsWorse(),
        Metric.Duration("connect.p99", Evidence.OpeningTimes, "what 99 % take no longer than to connect", of => of.ConnectTimes, 0.99, MetricTest.ConnectTimes)
            .At(new() { Card = "Connect p99", Phrase = new(SummaryLine.Connect, "p99 {connect.p99}"), Json = new("connect.p99"), Comparison = 4 }).MoreIsWorse(),
        Metric.Duration("connect.max", Evidence.OpeningTimes, "the longest time to connect", of => of.ConnectTimes, null)
            .At(new() { Phrase = new(SummaryLine.Connect, "max {connect.max}"), Json = new("connect.max") }).MoreIsWorse(),
        Metric.Level("accept.count", Evidence.Openings, "accepts whose time in the queue counts", of => Count(of.Connections.AcceptTimes))
            .At(new() { IsOnlyShown = true, Json = new("accept.count") }),
        Metric.Duration("accept.p50", Evidence.OpeningTimes, "the median time in the accept queue", of => of.AcceptTimes, 0.5)
            .At(new() { Phrase = new(SummaryLine.Accept, "p50 {accept.p50}"), Json = new("accept.p50"), Comparison = 4 }).MoreIsWorse(),
        Metric.Duration("accept.p90", Evidence.OpeningTimes, "what 90 % are no longer than in the accept queue", of => of.AcceptTimes, 0.9)
            .At(new() { Phrase = new(SummaryLine.Accept, "p90 {accept.p90}"), Json = new("accept.p90"), Comparison = 4 }).MoreIsWorse(),
        Metric.Duration("accept.p99", Evidence.OpeningTimes, "what 99 % are no longer than in the accept queue", of => of.AcceptTimes, 0.99)
            .At(new() { Card = "In accept queue p99", Phrase = new(SummaryLine.Accept, "p99 {accept.p99}"), Json = new("accept.p99"), Comparison = 4 }).MoreIsWorse(),
        Metric.Duration("accept.max", Evidence.OpeningTimes, "the longest time in the accept queue", of => of.AcceptTimes, null)
            .At(new() { Phrase = new(SummaryLine.Accept, "max {accept.max}"), Json = new("accept.max") }).MoreIsWorse(),
        Metric.Count("connect.slow", Evidence.Openings, $"connects that took {DurationText.Whole(ConnectionStatistics.SlowConnect)} or more", of => of.SlowConnects, MetricTest.SlowConnects).MoreIsWorse(),
        Metric.Bytes("bytes.acked", Evidence.CloseCounters, "bytes that peers acknowledged, SYN and FIN included", of => of.BytesAcked)
            .At(new() { IsOnlyShown = true, Json = new("acked_bytes") }),
        Metric.Bytes("bytes.taken", Evidence.CloseCounters, "bytes received, FIN included", of => of.BytesReceived)
            .At(new() { IsOnlyShown = true, Json = new("received_bytes") }),
        Metric.Bytes("bytes.sent", Evidence.CloseCounters, "payload that peers acknowledged", of => of.PayloadSent).At(new()
        {
            Card = "Sent",
            Phrase = new(SummaryLine.Bytes, "{bytes.sent} sent"),
            Column = new("SENT", 8, 6),
            Title = "Sent",
            Json = new("sent_payload_bytes"),
            Comparison = 4,
        }),
        Metric.Bytes("bytes.received", Evidence.CloseCounters, "payload received", of => of.PayloadReceived).At(new()
        {
            Card = "Received",
            Phrase = new(SummaryLine.Bytes, "{bytes.received} received"),
            Column = new("RECV", 8, 7),
            Title = "Received",
            Json = new("received_payload_bytes"),
            Comparison = 4,
        }),
        Metric.Count("segments.sent", Evidence.CloseCounters, "segments sent, retransmissions included", of => (long)of.SegmentsSent)
            .At(new() { Json = new("sent_segments") }),
        Metric.Count("retransmits", Evidence.CloseCounters, "segments retransmitted", of => (long)of.Retransmits).At(new()
        {
            Phrase = new(SummaryLine.Bytes, "{retransmits} of {segments.sent} segments retransmitted") { Before = "; " },
            Title = "Retransmits",
            Json = new("retransmits"),
        }).MoreIsWorse(),
        Metric.Share("retransmits.share", Evidence.CloseCounters, "segments retransmitted, of all sent", of => (long)of.Retransmits, of => (long)of.SegmentsSent)
            .At(new() { Card = "Segments sent again", Comparison = 4 }).MoreIsWorse(),
        Metric.OfRecording("recorded", MetricUnit.Time, "how long was recorded", of => of.Seconds * 1e9)
            .At(new() { Phrase = new(SummaryLine.Recorded, "") { Of = SummaryPhrases.Recorded }, Comparison = 0 }),
        Metric.OfRecording("emitted", MetricUnit.Count, "events that happened", of => of.LossCounters.Emitted, of => of.LossCounters.Emitted)
            .At(new() { Json = new("events_emitted", JsonOwner.Recording) }),
        Metric.OfRecording("lost", MetricUnit.Count, "events that were lost", of => of.LossCounters.Lost, of => of.LossCounters.Lost).At(new()
        {
            Card = "Events lost",
            Phrase = new(SummaryLine.Lost, "") { Of = SummaryPhrases.Lost },
            Json = new("events_lost", JsonOwner.Recording),
            Comparison = 4,
        }).MoreIsWorse(),
    ];

    /// <summary>The metrics that expressions and comparisons know, in the order in which they are listed.</summary>
    public static IReadOnlyList<Metric> All { get; } = [.. Shown.Where(metric => !metric.Places.IsOnlyShown)];

    /// <summary>The metric that expressions call so; null if there is none.</summary>
    public static Metric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name || metric.Aliases.Contains(name));

    private static long Count(LifetimeHistogram durations) => durations.Ended + durations.Censored;
}
