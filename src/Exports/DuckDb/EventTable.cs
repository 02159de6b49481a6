using TraceCap.Analyzer;
using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Schema;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.DuckDb;

/// <summary>All events of captures, those of each in the order of their arrival if one thread reads them.</summary>
internal sealed class EventTable() : CaptureTable(
    "events", "a row for each event", [.. EventColumns.Table.Columns.Select(column => column.Of)], FilterArgument.OfEvents)
{
    /// <inheritdoc />
    internal override void Check(TableRequest request) => CaptureFilter.Parse(request.Filter);

    /// <summary>What the footers say; a capture without one counts for nothing.</summary>
    internal override ulong? Estimate(TableRequest request)
    {
        var events = 0ul;
        foreach (var name in request.Files)
        {
            using var input = request.Inputs.Open(name);
            if (input.Stream.CanSeek)
            {
                events += SectionIndex.Find(input.Stream, EventsOf)?.Aggregate(0ul, (sum, some) => sum + some) ?? 0;
            }
        }

        return events;
    }

    /// <inheritdoc />
    internal override TableScan Scan(TableRequest request, IReadOnlyList<int> chosen)
    {
        var sources = new CaptureSources([.. request.Files.Select(name => new CaptureSource(name, () => request.Inputs.Open(name).Stream))]);
        return new EventScan(request, sources.Resolve(CaptureFilter.Parse(request.Filter)), [.. chosen.Select(place => EventColumns.Table.Columns[place])]);
    }

    private static ulong EventsOf(SectionLocation section) => section.Footer.EventsByType.Values.Aggregate(0ul, (sum, count) => sum + count);
}
