using TraceCap.Analyzer.Filters;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Exporters;

/// <summary>
/// Hands the events of a capture, or of a host as they happen, to an exporter: those that are wanted, in time order, up to a
/// number of them. Losses are told where they show.
/// </summary>
internal sealed class EventPipeline : IDisposable
{
    private static readonly EventFilter all = new();

    private readonly ExporterCalls exporter;
    private readonly CaptureFilter filter;
    private readonly MatchingEvents matching = new();
    private readonly EndTasks ends = new();
    private ulong left;
    private bool hasGiven;

    /// <param name="exporter">Where they go.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="limit">How many are handed on at most.</param>
    /// <param name="tool">See <see cref="ExportInfo.Tool"/>.</param>
    public EventPipeline(IExporter exporter, CaptureFilter filter, ulong limit = ulong.MaxValue, string tool = "")
    {
        this.exporter = new ExporterCalls(exporter, new ExportInfo(ExportKinds.Events, tool));
        this.filter = filter;
        left = limit;
    }

    /// <summary>What the filter and the exporter need of the events.</summary>
    public WantedEvents Wanted => filter.Events.Wanted(exporter.Exporter.Needs);

    /// <summary>Events that would be wanted but for their types, before the first that is; all if none is.</summary>
    public ulong OfOtherTypes { get; private set; }

    /// <summary>Whether any event was wanted.</summary>
    public bool HasGiven => hasGiven;

    /// <summary>Reads a source to its end, or until as many events were handed on as are wanted. Of several, one is read after the
    /// other.</summary>
    /// <param name="source">The events.</param>
    /// <param name="lost">Takes the counts of lost events, after those that came before and before those that come then.</param>
    /// <param name="threads">How many threads may make the output, if the exporter lets several.</param>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public void Run(IEventSource source, Action<LossCounters> lost, int threads = 1)
    {
        exporter.Begin();
        var parallel = threads > 1 && left == ulong.MaxValue && exporter.Exporter is IParallelExporter { IsParallel: true } several
            ? new ParallelFormatting(several, exporter, threads) : null;
        var told = default(LossCounters);
        var section = 0;
        while (left > 0 && source.ReadBlock(out var batch))
        {
            if (source.Section != section)
            {
                section = source.Section;
                told = default;
            }

            if (source.LossCounters.Lost > told.Lost || source.LossCounters.ProbeMissed > told.ProbeMissed)
            {
                lost(source.LossCounters - told);
                told = source.LossCounters;
            }

            while (!batch.IsEmpty)
            {
                var context = source.TakeRun(ref batch, out var run);
                var wanted = filter.Resolve(context);
                CountOtherTypes(run, wanted);
                if (wanted.AsksForTasksOfEnds)
                {
                    ends.Begin(context.Header);
                    run = ends.Pick(run, wanted);
                    wanted = all;
                }

                // The first batch sets what the others count from.
                if (parallel is not null && hasGiven)
                {
                    parallel.Add(run, context, wanted);
                    continue;
                }

                while (matching.Take(ref run, wanted, left) is { IsEmpty: false } some)
                {
                    exporter.Give(new ExportedEvents(some, context));
                    hasGiven = true;
                    left -= left == ulong.MaxValue ? 0 : (ulong)some.Length;
                }
            }
        }
    }

    /// <summary>Has the exporter end what it has begun, also after an error.</summary>
    public void Dispose() => exporter.End();

    private void CountOtherTypes(ReadOnlySpan<TcpEvent> events, EventFilter wanted)
    {
        if (hasGiven || wanted is { Types: null, Compat: false, Plain: false })
        {
            return;
        }

        var others = wanted with { Types = null, Compat = false, Plain = false };
        foreach (ref readonly var one in events)
        {
            OfOtherTypes += others.Matches(in one) ? 1ul : 0;
        }
    }
}
