using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer;

/// <summary>Events of a capture, and what holds for all of them. Valid until the next batch is read, so it can be kept nowhere;
/// events can be copied.</summary>
public readonly ref struct EventBatch
{
    private readonly EventContext context;

    internal EventBatch(ReadOnlySpan<TcpEvent> events, EventContext context)
    {
        Events = events;
        this.context = context;
    }

    /// <summary>The events, in the order of time; at least one.</summary>
    public ReadOnlySpan<TcpEvent> Events { get; }

    /// <summary>Who recorded them, where and how; null if that block of the capture is damaged.</summary>
    public CaptureHeader? Header => context.Header;

    /// <summary>The wall-clock time of one of the events, to 100 ns; null if the capture does not tell it.</summary>
    public DateTimeOffset? TimeOf(in TcpEvent e) => Records.Time(context.Clock is { } clock ? e.Timestamp + unchecked((ulong)clock.WallOffset) : null);

    /// <summary>The cgroup of the thread, and so its container and systemd unit; null if the capture does not tell it.</summary>
    public CgroupName? CgroupOf(in TcpEvent e) => context.Names.CgroupOf(in e);

    /// <summary>The name of the network namespace; null if the capture does not tell one.</summary>
    public string? NetworkNamespaceOf(in TcpEvent e) => context.Names.NetnsOf(in e);

    /// <summary>Goes through the events.</summary>
    public ReadOnlySpan<TcpEvent>.Enumerator GetEnumerator() => Events.GetEnumerator();

    /// <summary>How many events there are.</summary>
    public override string ToString() => FormattableString.Invariant($"{Events.Length} events");
}

/// <summary>The events of a capture in batches, for <c>foreach</c>: no event is allocated.</summary>
public readonly struct EventBatches
{
    private readonly CaptureSources sources;
    private readonly CaptureFilter filter;
    private readonly CancellationToken token;

    internal EventBatches(CaptureSources sources, CaptureFilter filter, CancellationToken token)
    {
        this.sources = sources;
        this.filter = filter;
        this.token = token;
    }

    /// <summary>Begins to read.</summary>
    public Enumerator GetEnumerator() => new(new EventReading(sources, filter, token), filter);

    /// <summary>Reads batch by batch.</summary>
    public ref struct Enumerator
    {
        private readonly EventReading reading;
        private readonly CaptureFilter filter;
        private TcpEvent[] picked = [];
        private ReadOnlySpan<TcpEvent> left;

        internal Enumerator(EventReading reading, CaptureFilter filter)
        {
            this.reading = reading;
            this.filter = filter;
        }

        /// <summary>The batch that was read last.</summary>
        public EventBatch Current { get; private set; }

        /// <summary>Reads the next batch.</summary>
        /// <returns>False at the end.</returns>
        /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know; or the filter has
        /// a wall-clock time, and the capture tells none.</exception>
        public bool MoveNext()
        {
            while (!left.IsEmpty || reading.Read(out left))
            {
                var rest = left;
                var context = reading.Stream!.TakeRun(ref rest, out var taken);
                var run = left[..taken.Length];
                left = left[taken.Length..];
                reading.Ends.Begin(context.Header);
                var events = filter.IsAll ? run : Pick(run, filter.Resolve(context));
                if (!events.IsEmpty)
                {
                    Current = new EventBatch(events, context);
                    return true;
                }
            }

            return false;
        }

        /// <summary>Ends the reading.</summary>
        public readonly void Dispose() => reading.Dispose();

        private ReadOnlySpan<TcpEvent> Pick(scoped ReadOnlySpan<TcpEvent> events, EventFilter wanted)
        {
            var count = 0;
            foreach (ref readonly var e in events)
            {
                if (reading.Ends.Matches(in e, wanted))
                {
                    picked = picked.Length < events.Length ? new TcpEvent[events.Length] : picked;
                    picked[count++] = e;
                }
            }

            return picked.AsSpan(0, count);
        }
    }
}
