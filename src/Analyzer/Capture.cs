using System.Runtime.CompilerServices;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Output;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer;

/// <summary>
/// One capture, or several that are read as one: what it holds, its events and its connections, their figures, and what was
/// expected of them. Everything is read from the file when it is called for, as often as it is. What is damaged or cut off is passed
/// over; <see cref="Verify"/> reports it.
/// </summary>
public sealed class Capture : IDisposable, IAsyncDisposable
{
    private readonly CaptureSources sources;
    private CaptureInfo? info;

    private Capture(IReadOnlyList<CaptureSource> sources) => this.sources = new CaptureSources(sources);

    /// <summary>What it holds, as its footers tell it: of a recording that ended properly without reading all of it.</summary>
    /// <exception cref="CaptureFormatException">It is of a format that this version does not know.</exception>
    public CaptureInfo Info => info ??= InfoOf(stream => CaptureSummary.Of(stream, CaptureFilter.All));

    /// <summary>Opens a capture file.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know.</exception>
    public static Capture Open(string path) => OpenAll([path]);

    /// <summary>Opens a capture in a stream. One that can seek is read from its beginning, as often as that is called for, but by one at
    /// a time; one that cannot is read once.</summary>
    /// <param name="stream">The capture.</param>
    /// <param name="leaveOpen">Whether the stream stays open when this is disposed of.</param>
    /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know.</exception>
    public static Capture Open(Stream stream, bool leaveOpen = false) => OpenAll([new CaptureSource(stream, leaveOpen)]);

    /// <summary>Opens several captures. Those of one boot of one host are read as one recording, in the order of time and what several
    /// have only once: a connection may be opened in one and closed in another. Those of several hosts stand beside each other.</summary>
    /// <param name="paths">Of the files; at least one.</param>
    /// <exception cref="IOException">One cannot be opened.</exception>
    /// <exception cref="CaptureFormatException">One is no capture, or of a format that this version does not know.</exception>
    public static Capture OpenAll(params IEnumerable<string> paths) => OpenAll([.. paths.Select(path => new CaptureSource(path))]);

    /// <summary>What two captures have and have not in common.</summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    /// <param name="filter">Which of their connections; null: all.</param>
    /// <param name="token">Ends the reading.</param>
    /// <inheritdoc cref="Connections" path="/exception" />
    public static CaptureDiff Compare(Capture before, Capture after, ConnectionFilter? filter = null, CancellationToken token = default) =>
        CaptureDiff.Of(before.sources, after.sources, filter, token);

    /// <summary>Reads all of it, and tells what it holds and whether something of it is damaged.</summary>
    /// <inheritdoc cref="Info" path="/exception" />
    public CaptureInfo Verify(CancellationToken token = default) => InfoOf(stream => CaptureSummary.Verify(stream, token));

    /// <summary>Its events in batches, without allocating any: in the order of time within a capture, capture after capture.</summary>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="token">Ends the reading.</param>
    public EventBatches Batches(CaptureFilter? filter = null, CancellationToken token = default) =>
        new(sources, sources.Resolve(filter), token);

    /// <summary>Its events one by one, in the order of time within a capture, capture after capture.</summary>
    /// <inheritdoc cref="Batches" path="/param" />
    /// <inheritdoc cref="EventBatches.Enumerator.MoveNext" path="/exception" />
    public IEnumerable<CapturedEvent> Events(CaptureFilter? filter = null, CancellationToken token = default)
    {
        var wanted = sources.Resolve(filter);
        var records = new Records();
        using var reading = new EventReading(sources, wanted, token);
        while (ReadRecords(reading, wanted, records) is { } some)
        {
            foreach (var one in some)
            {
                yield return one;
            }
        }
    }

    /// <summary>Its connections, in the order in which they ended; those still open come last, oldest first. A connection within the
    /// host is two, one for each of its sockets.</summary>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know; or the filter has
    /// a wall-clock time, and the capture tells none.</exception>
    public IEnumerable<TcpConnection> Connections(ConnectionFilter? filter = null, CancellationToken token = default) =>
        ConnectionBatches(filter, token).SelectMany(some => some);

    /// <summary>The same without holding up the caller: other threads read.</summary>
    /// <inheritdoc cref="Connections" />
    public async IAsyncEnumerable<TcpConnection> ConnectionsAsync(
        ConnectionFilter? filter = null, [EnumeratorCancellation] CancellationToken token = default)
    {
        using var batches = ConnectionBatches(filter, token).GetEnumerator();
        while (await Task.Run(batches.MoveNext, token).ConfigureAwait(false))
        {
            foreach (var one in batches.Current)
            {
                yield return one;
            }
        }
    }

    /// <summary>Sums its connections up: all together, by group, and what is worth a look.</summary>
    /// <param name="by">How to group.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="token">Ends the reading.</param>
    /// <inheritdoc cref="Connections" path="/exception" />
    public ConnectionSummary Summarize(GroupBy by = GroupBy.Process, ConnectionFilter? filter = null, CancellationToken token = default)
    {
        var summarizer = new Summarizer(by);
        sources.Read(summarizer, filter, token);
        return summarizer.Summary();
    }

    /// <summary>Holds it against expectations.</summary>
    /// <param name="expectations">Such as <c>failed == 0</c>, <c>lifetime.p99 &lt;= 5ms</c> or <c>opened[port=443] &gt; 0</c>.</param>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    /// <inheritdoc cref="Connections" path="/exception" />
    public CheckReport Check(params string[] expectations) => Check(expectations, filter: null);

    /// <summary>The same.</summary>
    /// <param name="expectations">What must hold.</param>
    /// <param name="filter">Of which connections; null: of all.</param>
    /// <param name="allowLoss">Whether they are judged by what was recorded, as if nothing were missing.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    /// <inheritdoc cref="Connections" path="/exception" />
    public CheckReport Check(
        IEnumerable<string> expectations, ConnectionFilter? filter, bool allowLoss = false, CancellationToken token = default)
    {
        var check = new CaptureCheck([.. expectations.Select(Expectation.Parse)]) { AllowLoss = allowLoss };
        sources.Read(check, filter, token);
        return new CheckReport(ToString(), [.. check.Results().Select(result =>
            new ExpectationResult(result.Expectation.Text, result.Verdict, result.FigureText, result.Reason))]);
    }

    /// <summary>Counts its connections by interval: all intervals from the first that something was recorded in to the last.</summary>
    /// <param name="every">The length of an interval.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not longer than 0.</exception>
    /// <exception cref="TooManyIntervalsException">There are more than 1,000,000.</exception>
    /// <inheritdoc cref="Connections" path="/exception" />
    public IReadOnlyList<TrafficInterval> Churn(TimeSpan every, ConnectionFilter? filter = null, CancellationToken token = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(every, TimeSpan.Zero);
        var churn = new ConnectionChurn((ulong)every.Ticks * 100);
        sources.Read(churn, filter, token);
        return TrafficInterval.Of(churn);
    }

    /// <summary>Writes its events as text, UTF-8.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="format"><c>ndjson</c>, one object a line; <c>json</c>, one array; <c>csv</c>, <c>tsv</c>, <c>table</c> or
    /// <c>markdown</c>; <c>bcc</c> or <c>libbpf</c>, as those tcptracers print them.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="fields">Names of fields with commas between them, which bcc and libbpf do not take; null: those that are usual.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    /// <exception cref="FormatException">There is no such field.</exception>
    /// <inheritdoc cref="Connections" path="/exception" />
    public void ExportEvents(Stream output, string format = "ndjson", CaptureFilter? filter = null, string? fields = null, CancellationToken token = default)
    {
        var wanted = sources.Resolve(filter);
        using var pipeline = new EventPipeline(ExportFormat.Of(ExportKinds.Events, format).Create(output, new ExportOptions { EventFields = fields is null ? null : EventFields.Set.Parse(fields) }), wanted);
        using var reading = new EventReading(sources, wanted, token);
        pipeline.Run(reading, _ => { });
    }

    /// <summary>Writes its connections as text, UTF-8.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="format"><c>ndjson</c>, one object a line; <c>json</c>, one array; <c>csv</c>, <c>tsv</c>, <c>table</c> or
    /// <c>markdown</c>; <c>tcplife</c>, as that prints them.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="fields">Names of fields with commas between them, which tcplife does not take; null: those that are usual.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    /// <exception cref="FormatException">There is no such field.</exception>
    /// <inheritdoc cref="Connections" path="/exception" />
    public void ExportConnections(Stream output, string format = "ndjson", ConnectionFilter? filter = null, string? fields = null, CancellationToken token = default)
    {
        using var pipeline = new ConnectionPipeline(ExportFormat.Of(ExportKinds.Connections, format).Create(output, new ExportOptions { ConnectionFields = fields is null ? null : ConnectionFields.Set.Parse(fields) }));
        sources.Read(pipeline, filter, token);
        pipeline.End();
    }

    /// <summary>The names of the files.</summary>
    public override string ToString() => string.Join(", ", sources.All.Select(source => Path.GetFileName(source.Name)));

    /// <summary>Lets go of a stream, unless that was to stay open.</summary>
    public void Dispose()
    {
        foreach (var source in sources.All)
        {
            source.Dispose();
        }
    }

    /// <inheritdoc cref="Dispose" />
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Hands its connections to a sink: what figures of another package, such as charts, are made of.</summary>
    /// <returns>What they were recorded in.</returns>
    internal IReadOnlyList<RecordedSpan> Read(IConnectionSink sink, ConnectionFilter? filter = null, CancellationToken token = default) =>
        sources.Read(sink, filter, token);

    private static Capture OpenAll(IReadOnlyList<CaptureSource> sources)
    {
        if (sources.Count == 0)
        {
            throw new ArgumentException("at least one capture is expected", nameof(sources));
        }

        foreach (var source in sources)
        {
            source.Probe();
        }

        return new Capture(sources);
    }

    private static List<CapturedEvent>? ReadRecords(EventReading reading, CaptureFilter filter, Records records)
    {
        if (!reading.Read(out var events))
        {
            return null;
        }

        var some = new List<CapturedEvent>();
        while (!events.IsEmpty)
        {
            var context = reading.Stream!.TakeRun(ref events, out var run);
            var wanted = filter.Resolve(context);
            reading.Ends.Begin(context.Header);
            foreach (ref readonly var e in run)
            {
                if (reading.Ends.Matches(in e, wanted))
                {
                    some.Add(CapturedEvent.Of(in e, context, records));
                }
            }
        }

        return some;
    }

    private IEnumerable<IReadOnlyList<TcpConnection>> ConnectionBatches(ConnectionFilter? filter, CancellationToken token)
    {
        var found = new ConnectionRecords();
        var feed = new ConnectionFeed(found, sources.Resolve(filter));
        foreach (var _ in sources.Steps(feed, token))
        {
            yield return found.TakeFound();
        }
    }

    private CaptureInfo InfoOf(Func<Stream, CaptureSummary> read) => CaptureInfo.Of([.. sources.All.Select(source =>
    {
        using var reading = source.Open();
        return source.Named(() => read(reading.Stream));
    })]);
}
