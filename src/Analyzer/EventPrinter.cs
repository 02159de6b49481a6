using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Prints the events that are wanted.</summary>
/// <param name="format">How they look.</param>
/// <param name="filter">Which are wanted at first.</param>
/// <param name="output">Where the text goes.</param>
public sealed class EventPrinter(IEventFormat format, EventFilter filter, Stream output)
{
    private readonly StreamBufferWriter text = new(output);

    /// <summary>Which events are wanted from now on.</summary>
    public EventFilter Filter { get; set; } = filter;

    /// <summary>Prints what comes before the first event.</summary>
    public void Begin()
    {
        format.WriteHeader(text);
        text.Flush();
    }

    /// <summary>Prints events in the order given, and hands all of their text on.</summary>
    public void Print(ReadOnlySpan<TcpEvent> events)
    {
        foreach (ref readonly var one in events)
        {
            if (Filter.Matches(in one))
            {
                format.WriteRow(text, in one);
            }
        }

        text.Flush();
    }
}
