using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.DuckDb;

/// <summary>The captures themselves: what their headers and footers say.</summary>
internal sealed class CaptureListTable() : CaptureTable(
    "captures", "a row for each section of a capture; mostly it has one", [.. CaptureColumns.Table.Columns.Select(column => column.Of)], [])
{
    /// <inheritdoc />
    internal override void Check(TableRequest request)
    {
        // There is no filter.
    }

    /// <inheritdoc />
    internal override TableScan Scan(TableRequest request, IReadOnlyList<int> chosen) =>
        new FileScan<CaptureBatch>(request, new CaptureBatch([.. chosen.Select(place => CaptureColumns.Table.Columns[place])]), Add);

    private static void Add(CaptureBatch batch, ICaptureInput input, CancellationToken token) => batch.Add(CaptureSummary.Of(input.Stream, CaptureFilter.All));
}
