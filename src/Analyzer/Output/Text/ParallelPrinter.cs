using System.Buffers;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Prints events as an <see cref="EventPrinter"/> does, on several threads, in order.</summary>
internal sealed class ParallelPrinter
{
    /// <summary>Large enough that handing it over costs nothing, small enough for all threads to have one in hand.</summary>
    private const int EventsPerPiece = 1024;

    private readonly Stream output;
    private readonly WorkAhead<Piece> pieces;
    private readonly Stack<Piece> free = new();

    internal ParallelPrinter(Stream output, int threads)
    {
        this.output = output;
        pieces = new WorkAhead<Piece>(piece => piece.Print(), 2 * threads);
    }

    /// <summary>Prints the events that are wanted, sooner or later.</summary>
    /// <param name="events">Are copied.</param>
    /// <param name="format">How they look; is not changed.</param>
    /// <param name="filter">Which are wanted.</param>
    internal void Print(ReadOnlySpan<TcpEvent> events, IEventFormat format, EventFilter filter)
    {
        while (!events.IsEmpty)
        {
            var count = Math.Min(events.Length, EventsPerPiece);
            if (pieces.IsFull)
            {
                Write();
            }

            var piece = free.TryPop(out var used) ? used : new Piece();
            piece.Begin(events[..count], format.Copy(), filter);
            pieces.Add(piece);
            events = events[count..];
        }
    }

    /// <summary>Has all of it printed.</summary>
    internal void Flush()
    {
        while (!pieces.IsEmpty)
        {
            Write();
        }
    }

    private void Write()
    {
        var piece = pieces.Take();
        output.Write(piece.Text);
        free.Push(piece);
    }

    private sealed class Piece
    {
        private readonly TcpEvent[] events = new TcpEvent[EventsPerPiece];
        private readonly ArrayBufferWriter<byte> text = new(EventsPerPiece * 128);
        private int count;
        private IEventFormat? format;
        private EventFilter? filter;

        internal ReadOnlySpan<byte> Text => text.WrittenSpan;

        internal void Begin(ReadOnlySpan<TcpEvent> some, IEventFormat howTheyLook, EventFilter wanted)
        {
            some.CopyTo(events);
            (count, format, filter) = (some.Length, howTheyLook, wanted);
            text.ResetWrittenCount();
        }

        internal void Print()
        {
            foreach (ref readonly var one in events.AsSpan(0, count))
            {
                if (filter!.Matches(in one))
                {
                    format!.WriteRow(text, in one);
                }
            }
        }
    }
}
