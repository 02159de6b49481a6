using TraceCap.Analyzer;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Bench;

/// <summary>What the library's face costs: connections and events as records, against what the analysis works on.</summary>
internal static class LibraryRatios
{
    public static void Compare(Report report, TcpEvent[] events)
    {
        using var stream = new MemoryStream();
        Captures.Write(stream, events);
        using var capture = Capture.Open(stream);
        var sink = new Counter();
        capture.Read(sink);
        var connections = sink.Connections;
        var best = BestOf.Turns(
            () => capture.Read(new Counter()),
            () => Count(capture.Connections()),
            () => CountEvents(capture),
            () => Count(capture.Events()));
        report.Line("");
        report.Line($"reading of {events.Length:N0} events, {connections:N0} connections           M/s");
        Line("connections, to a sink", connections, best[0]);
        Line("connections, as records", connections, best[1]);
        Line("events, in batches", events.Length, best[2]);
        Line("events, as records", events.Length, best[3]);
        report.Figure("connections as records / to a sink", FormattableString.Invariant($"{best[0] / best[1]:F2} x"));
        report.Figure("events as records / in batches", FormattableString.Invariant($"{best[2] / best[3]:F2} x"));

        void Line(string way, long count, TimeSpan time) => report.Line($"{way,-48} {count / time.TotalSeconds / 1e6,8:F2}");
    }

    private static long CountEvents(Capture capture)
    {
        var count = 0L;
        foreach (var batch in capture.Batches())
        {
            count += batch.Events.Length;
        }

        return count;
    }

    private static long Count<T>(IEnumerable<T> records)
    {
        var count = 0L;
        foreach (var _ in records)
        {
            count++;
        }

        return count;
    }

    private sealed class Counter : IConnectionSink
    {
        internal long Connections { get; private set; }

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => Connections += connections.Length;
    }
}
