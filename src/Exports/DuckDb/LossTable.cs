using TraceCap.Analyzer.Connections;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.DuckDb;

/// <summary>When events were lost, or could not be read. All of a capture is read for it.</summary>
internal sealed class LossTable() : CaptureTable(
    "losses", "a row for each time in which events were lost, or could not be read", [.. LossColumns.Table.Columns.Select(column => column.Of)], [])
{
    /// <inheritdoc />
    internal override void Check(TableRequest request)
    {
        // There is no filter.
    }

    /// <inheritdoc />
    internal override TableScan Scan(TableRequest request, IReadOnlyList<int> chosen) =>
        new FileScan<LossBatch>(request, new LossBatch([.. chosen.Select(place => LossColumns.Table.Columns[place])]), Add);

    private static void Add(LossBatch batch, ICaptureInput input, CancellationToken token)
    {
        var reader = CaptureReader.Open(input.Stream);
        var feed = new ConnectionFeed(new Nowhere(), new ConnectionFilter());
        foreach (var _ in feed.Blocks(new EventStream(reader)))
        {
            token.ThrowIfCancellationRequested();
        }

        feed.End();
        input.Ended(reader);
        foreach (var recording in feed.Recordings)
        {
            batch.Add(recording);
        }
    }

    private sealed class Nowhere : IConnectionSink
    {
        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            // Only the losses are wanted.
        }
    }
}
