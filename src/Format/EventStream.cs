namespace TraceCap.Format;

/// <summary>The events of a capture in time order, section after section.</summary>
public sealed class EventStream(CaptureReader reader)
{
    private int section = 1;
    private bool sectionEnded;
    private bool ended;

    /// <summary>Where the events come from: its state is that of the block they came with.</summary>
    public CaptureReader Reader => reader;

    /// <summary>How far out of order the events were.</summary>
    public EventOrder Order { get; } = new();

    /// <summary>The last clock anchor before the events, by which their wall-clock times are known; null if the section
    /// has none that can be read.</summary>
    public ClockAnchor? Clock { get; private set; }

    /// <summary>Where events went, over all blocks read so far.</summary>
    public Ledger Ledger { get; private set; }

    /// <inheritdoc cref="CaptureReader.Begin" />
    public ulong? Begin { get; private set; }

    /// <summary>Reads on until there are events.</summary>
    /// <param name="events">Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public bool Read(out ReadOnlySpan<TcpEvent> events)
    {
        do
        {
            events = Next();
        }
        while (events.IsEmpty && !ended);
        return !events.IsEmpty;
    }

    private ReadOnlySpan<TcpEvent> Next()
    {
        if (sectionEnded)
        {
            sectionEnded = false;
            section = reader.Section;
            Order.Restart();
            return Take();
        }

        if (!reader.Read())
        {
            ended = true;
            return Order.Flush();
        }

        Ledger += reader.Block.Ledger;
        if (reader.Section != section)
        {
            sectionEnded = true;
            return Order.Flush();
        }

        return Take();
    }

    private ReadOnlySpan<TcpEvent> Take()
    {
        Clock = reader.Clock;
        Begin = reader.Begin;
        return Order.Add(reader.Events, reader.Block.Settled);
    }
}
