using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer;

/// <summary>Captures that are read as one: their connections, and their events.</summary>
/// <param name="sources">In the order in which they were named.</param>
internal sealed class CaptureSources(IReadOnlyList<CaptureSource> sources)
{
    private IReadOnlyList<CaptureStarts?>? starts;

    internal IReadOnlyList<CaptureSource> All => sources;

    /// <summary>When each was begun; null for what is not known of one.</summary>
    private IReadOnlyList<CaptureStarts?> Starts => starts ??= [.. sources.Select(source => source.Starts())];

    /// <summary>The captures of one boot one after another as they were begun, else as they were named.</summary>
    internal IReadOnlyList<CaptureSource> InOrder => [.. CaptureStarts.Order(Starts).Select(place => sources[place])];

    /// <summary>Reads all connections.</summary>
    /// <returns>What they were recorded in.</returns>
    /// <inheritdoc cref="ConnectionFeed.Read" path="/exception" />
    internal IReadOnlyList<RecordedSpan> Read(IConnectionSink sink, ConnectionFilter? filter, CancellationToken token)
    {
        var feed = new ConnectionFeed(sink, Resolve(filter));
        foreach (var _ in Steps(feed, token))
        {
            // The sink has them.
        }

        return feed.Recordings;
    }

    /// <summary>A filter that knows when the captures end, if it has to; all if there is none.</summary>
    internal CaptureFilter Resolve(CaptureFilter? filter) =>
        filter is { NeedsEnd: true } && End is { } end ? filter.EndingAt(end) : filter ?? CaptureFilter.All;

    /// <inheritdoc cref="Resolve(CaptureFilter?)" />
    internal ConnectionFilter Resolve(ConnectionFilter? filter) =>
        filter is { NeedsEnd: true } && End is { } end ? filter.EndingAt(end) : filter ?? new ConnectionFilter();

    /// <summary>When the captures end; null if that is not known before they are read.</summary>
    private CaptureEnd? End => sources.All(source => source.CanReadAgain)
        ? sources.Aggregate((CaptureEnd?)null, (end, source) => source.End()?.And(end) ?? end)
        : null;

    /// <summary>The same, step by step: a caller that takes the next one has been given the connections of all before.</summary>
    internal IEnumerable<int> Steps(ConnectionFeed feed, CancellationToken token)
    {
        var order = CaptureStarts.Order(Starts);
        for (var i = 0; i < order.Count; i++)
        {
            feed.Ahead = [.. order.Skip(i).Select(place => Starts[place])];
            var source = sources[order[i]];
            using var reading = source.Open();
            using var blocks = feed.Blocks(new EventStream(CaptureReader.Open(reading.Stream))).GetEnumerator();
            while (source.Named(blocks.MoveNext))
            {
                token.ThrowIfCancellationRequested();
                yield return i;
            }
        }

        feed.End();
        yield return order.Count;
    }
}

/// <summary>The events of captures, one capture after another.</summary>
/// <param name="sources">The captures.</param>
/// <param name="wanted">The time that is wanted; what is before and after it may be passed over.</param>
/// <param name="token">Ends the reading.</param>
internal sealed class EventReading(CaptureSources sources, CaptureFilter wanted, CancellationToken token) : IEventSource, IDisposable
{
    private readonly Queue<CaptureSource> left = new(sources.InOrder);
    private CaptureReading? reading;
    private CaptureSource? source;
    private int sectionsBefore;

    /// <summary>Knows what holds for the events that were read last.</summary>
    internal EventStream? Stream { get; private set; }

    /// <summary>Judges the events that are read.</summary>
    internal EndTasks Ends { get; } = new();

    /// <inheritdoc />
    public int Section => sectionsBefore + (Stream?.Section ?? 0);

    /// <inheritdoc />
    public LossCounters LossCounters => Stream?.LossCounters ?? default;

    /// <inheritdoc />
    public bool ReadBlock(out ReadOnlySpan<TcpEvent> events) => Read(out events);

    /// <inheritdoc />
    public EventContext TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run) => Stream!.TakeRun(ref events, out run);

    /// <summary>Reads on.</summary>
    /// <param name="events">In the order of time within a section. Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    internal bool Read(out ReadOnlySpan<TcpEvent> events)
    {
        while (true)
        {
            token.ThrowIfCancellationRequested();
            if (Stream is not null && ReadOne(Stream, out events))
            {
                return true;
            }

            Dispose();
            if (!left.TryDequeue(out source))
            {
                events = [];
                return false;
            }

            reading = source.Open();
            Stream = new EventStream(CaptureReader.Open(reading.Stream, wanted: wanted.Time, leavesOut: true));
        }
    }

    public void Dispose()
    {
        sectionsBefore = Section;
        Stream = null;
        reading?.Dispose();
        reading = null;
    }

    private bool ReadOne(EventStream stream, out ReadOnlySpan<TcpEvent> events)
    {
        try
        {
            return stream.Read(out events);
        }
        catch (CaptureFormatException error)
        {
            throw new CaptureFormatException($"{source!.Name}: {error.Message}", error);
        }
    }
}
