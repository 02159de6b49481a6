using System.Buffers;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Prints the events that are wanted, and hands what it printed on in large pieces.</summary>
/// <param name="format">How they look.</param>
/// <param name="filter">Which are wanted.</param>
/// <param name="output">Where the text goes.</param>
public sealed class EventPrinter(IEventFormat format, EventFilter filter, Stream output)
{
    private const int PieceBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> text = new(2 * PieceBytes);

    /// <summary>Prints what comes before the first event.</summary>
    public void Begin()
    {
        format.WriteHeader(text);
        Flush();
    }

    /// <summary>Prints events in the order given, and hands them all on.</summary>
    public void Print(ReadOnlySpan<TcpEvent> events)
    {
        foreach (ref readonly var one in events)
        {
            if (!filter.Matches(in one))
            {
                continue;
            }

            format.WriteRow(in one, text);
            if (text.WrittenCount >= PieceBytes)
            {
                Flush();
            }
        }

        Flush();
    }

    private void Flush()
    {
        if (text.WrittenCount > 0)
        {
            output.Write(text.WrittenSpan);
            text.ResetWrittenCount();
        }
    }
}
