using System.Buffers;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Has several threads make an exporter's output, in order. They read the events where they are, so that none is copied: to copy one
/// takes half as long as to decode it.</summary>
internal sealed class ParallelFormatting
{
    /// <summary>Large enough that handing it over costs nothing, small enough for all threads to be done at almost the same time.</summary>
    private const int EventsPerPiece = 512;

    private readonly IParallelExporter exporter;
    private readonly ExporterCalls calls;
    private readonly WorkAhead<Piece> pieces;
    private readonly Stack<Piece> free = new();

    internal ParallelFormatting(IParallelExporter exporter, ExporterCalls calls, int threads)
    {
        (this.exporter, this.calls) = (exporter, calls);
        pieces = new WorkAhead<Piece>(piece => piece.Format(exporter), 2 * threads);
    }

    /// <summary>Has the events that are wanted formatted and written.</summary>
    /// <param name="events">The events.</param>
    /// <param name="context">What holds for them.</param>
    /// <param name="filter">Which are wanted.</param>
    internal unsafe void Add(ReadOnlySpan<TcpEvent> events, EventContext context, EventFilter filter)
    {
        fixed (TcpEvent* first = events)
        {
            try
            {
                for (var at = 0; at < events.Length; at += EventsPerPiece)
                {
                    if (pieces.IsFull)
                    {
                        Append();
                    }

                    var piece = free.TryPop(out var used) ? used : new Piece();
                    piece.Begin(first + at, Math.Min(events.Length - at, EventsPerPiece), context, filter);
                    pieces.Add(piece);
                }

                while (!pieces.IsEmpty)
                {
                    Append();
                }
            }
            finally
            {
                // Also after an error no thread reads the events any more when they may go.
                pieces.Finish();
            }
        }
    }

    private void Append()
    {
        var piece = pieces.Take();
        calls.Append(exporter, piece.Formatted);
        free.Push(piece);
    }

    private sealed unsafe class Piece
    {
        private readonly MatchingEvents matching = new();
        private readonly ArrayBufferWriter<byte> output = new(EventsPerPiece * 128);
        private TcpEvent* first;
        private int count;
        private EventContext context = new();
        private EventFilter filter = new();

        internal ReadOnlySpan<byte> Formatted => output.WrittenSpan;

        internal void Begin(TcpEvent* first, int count, EventContext context, EventFilter filter)
        {
            this.first = first;
            (this.count, this.context, this.filter) = (count, context, filter);
            output.ResetWrittenCount();
        }

        internal void Format(IParallelExporter exporter)
        {
            var events = new ReadOnlySpan<TcpEvent>(first, count);
            while (matching.Take(ref events, filter, ulong.MaxValue) is { IsEmpty: false } some)
            {
                exporter.Format(output, new ExportedEvents(some, context));
            }
        }
    }
}
