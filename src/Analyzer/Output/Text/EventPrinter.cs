using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Prints the events that are wanted.</summary>
/// <param name="format">How they look.</param>
/// <param name="filter">Which are wanted at first.</param>
/// <param name="output">Where the text goes.</param>
public sealed class EventPrinter(IEventFormat format, EventFilter filter, Stream output)
{
    private readonly StreamBufferWriter text = new(output);

    /// <summary>Which events are wanted from now on.</summary>
    public EventFilter Filter { get; set; } = filter;

    /// <summary>Where the text goes.</summary>
    public Stream Output => output;

    /// <summary>Whether an event was printed.</summary>
    public bool HasPrinted { get; private set; }

    /// <summary>Prints what comes before the first event.</summary>
    public void Begin()
    {
        format.WriteHeader(text);
        text.Flush();
    }

    /// <summary>Prints events in the order given, and hands all of their text on.</summary>
    /// <param name="events">All of them, wanted or not.</param>
    /// <param name="most">As many rows are printed at most.</param>
    /// <returns>How many rows were printed.</returns>
    public ulong Print(ReadOnlySpan<TcpEvent> events, ulong most = ulong.MaxValue)
    {
        var rows = 0ul;
        foreach (ref readonly var one in events)
        {
            if (rows < most && Filter.Matches(in one))
            {
                format.WriteRow(text, in one);
                rows++;
            }
        }

        HasPrinted |= rows > 0;
        text.Flush();
        return rows;
    }
}
