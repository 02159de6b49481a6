using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Prints a capture as it would have been printed live.</summary>
public static class Replay
{
    /// <summary>Prints all events that are wanted in time order, each chunk's as soon as it is read.</summary>
    /// <param name="events">Is read to its end.</param>
    /// <param name="format">How events look.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="printer">Prints them; what comes before the first event is printed already.</param>
    /// <param name="lost">Is told of lost events before the events that came after them.</param>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public static void Run(EventStream events, IEventFormat format, CaptureFilter filter, EventPrinter printer, Action<LossCounters> lost)
    {
        var threads = events.Reader.Threads;
        var parallel = threads > 1 ? new ParallelPrinter(printer.Output, threads) : null;
        var told = default(LossCounters);
        var section = 0;
        while (events.ReadBlock(out var batch))
        {
            if (events.Section != section)
            {
                section = events.Section;
                told = default;
            }

            if (events.LossCounters.Lost > told.Lost || events.LossCounters.ProbeMissed > told.ProbeMissed)
            {
                parallel?.Flush();
                lost(events.LossCounters - told);
                told = events.LossCounters;
            }

            while (!batch.IsEmpty)
            {
                var context = events.TakeRun(ref batch, out var run);
                format.Use(context);
                printer.Filter = filter.Resolve(context);
                // Times count from the first row, so whoever prints another one has to know it.
                if (parallel is null || !printer.HasPrinted)
                {
                    printer.Print(run);
                }
                else
                {
                    parallel.Print(run, format, printer.Filter);
                }
            }
        }

        parallel?.Flush();
    }
}
