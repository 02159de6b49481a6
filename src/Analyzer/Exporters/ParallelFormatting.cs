using System.Buffers;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Has several threads make an exporter's output, in order.</summary>
internal sealed class ParallelFormatting
{
    /// <summary>Large enough that handing it over costs nothing, small enough for all threads to have one in hand.</summary>
    private const int EventsPerPiece = 1024;

    private readonly IParallelExporter exporter;
    private readonly ExporterCalls calls;
    private readonly WorkAhead<Piece> pieces;
    private readonly Stack<Piece> free = new();

    internal ParallelFormatting(IParallelExporter exporter, ExporterCalls calls, int threads)
    {
        (this.exporter, this.calls) = (exporter, calls);
        pieces = new WorkAhead<Piece>(piece => piece.Format(exporter), 2 * threads);
    }

    /// <summary>Has the events that are wanted formatted, sooner or later.</summary>
    /// <param name="events">Are copied.</param>
    /// <param name="context">What holds for them.</param>
    /// <param name="filter">Which are wanted.</param>
    internal void Add(ReadOnlySpan<TcpEvent> events, EventContext context, EventFilter filter)
    {
        while (!events.IsEmpty)
        {
            var count = Math.Min(events.Length, EventsPerPiece);
            if (pieces.IsFull)
            {
                Append();
            }

            var piece = free.TryPop(out var used) ? used : new Piece();
            piece.Begin(events[..count], context, filter);
            pieces.Add(piece);
            events = events[count..];
        }
    }

    /// <summary>Has all of it written.</summary>
    internal void Flush()
    {
        while (!pieces.IsEmpty)
        {
            Append();
        }
    }

    private void Append()
    {
        var piece = pieces.Take();
        calls.Append(exporter, piece.Formatted);
        free.Push(piece);
    }

    private sealed class Piece
    {
        private readonly TcpEvent[] events = new TcpEvent[EventsPerPiece];
        private readonly ArrayBufferWriter<byte> output = new(EventsPerPiece * 128);
        private int count;
        private EventContext context = new();
        private EventFilter filter = new();

        internal ReadOnlySpan<byte> Formatted => output.WrittenSpan;

        internal void Begin(ReadOnlySpan<TcpEvent> some, EventContext holds, EventFilter wanted)
        {
            some.CopyTo(events);
            (count, context, filter) = (some.Length, holds, wanted);
            output.ResetWrittenCount();
        }

        internal void Format(IParallelExporter exporter)
        {
            count = MatchingEvents.MoveToFront(events.AsSpan(0, count), filter);
            exporter.Format(output, new ExportedEvents(events.AsSpan(0, count), context));
        }
    }
}
