using TraceCap.Analyzer;
using TraceCap.Analyzer.Connections;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.DuckDb;

/// <summary>The connections of captures: an opening and its close are one row, also if they are in two captures of one boot.</summary>
internal sealed class ConnectionTable() : CaptureTable(
    "connections", "a row for each socket that was connected or failed to", [.. ConnectionColumns.Table.Columns.Select(column => column.Of)], FilterArgument.OfConnections)
{
    /// <inheritdoc />
    internal override void Check(TableRequest request) => ConnectionFilter.Parse(request.Filter);

    /// <inheritdoc />
    internal override TableScan Scan(TableRequest request, IReadOnlyList<int> chosen) =>
        new ConnectionScan(request, [.. chosen.Select(place => ConnectionColumns.Table.Columns[place])]);
}

/// <summary>Connections that are read, capture by capture, as those of one boot were begun. What opens in the one may close in the other,
/// so one thread pairs them; others decode for it.</summary>
/// <param name="request">What of them.</param>
/// <param name="columns">The columns that are needed.</param>
internal sealed class ConnectionScan(TableRequest request, IReadOnlyList<BoundColumn<ConnectionGet>> columns) : TableScan
{
    private readonly ConnectionBatch batch = new(columns);
    private IEnumerator<int>? steps;

    /// <inheritdoc />
    internal override ScanThread Begin()
    {
        steps ??= Steps().GetEnumerator();
        return new SteppedThread(batch, steps);
    }

    public override void Dispose()
    {
        steps?.Dispose();
        base.Dispose();
    }

    /// <summary>Reads block by block: who asks for the next one has been given the connections of all before.</summary>
    private IEnumerable<int> Steps()
    {
        var sources = new CaptureSources([.. request.Files.Select(name => new CaptureSource(name, () => request.Inputs.Open(name).Stream))]);
        var starts = sources.All.Select(source => NamedErrors.In(source.Name, source.Starts)).ToArray();
        var order = CaptureStarts.Order(starts);
        var sink = new Sink();
        var feed = new ConnectionFeed(sink, sources.Resolve(ConnectionFilter.Parse(request.Filter)));
        // What is open when a recording ends is known only when the capture behind it is read.
        var captureOf = new Dictionary<RecordedSpan, string>();
        for (var i = 0; i < order.Count; i++)
        {
            var name = request.Files[order[i]];
            feed.Ahead = [.. order.Skip(i).Select(place => starts[place])];
            using var input = request.Inputs.Open(name);
            var reader = CaptureReader.Open(input.Stream);
            var before = feed.Recordings.Count == 0 ? null : feed.Recordings[^1];
            using var blocks = feed.Blocks(new EventStream(reader)).GetEnumerator();
            while (NamedErrors.In(name, blocks.MoveNext))
            {
                request.Token.ThrowIfCancellationRequested();
                // Until its first block tells more, the recording of the capture before is still the last.
                if (feed.Recordings is [.., var current] && (current != before || (current.BootId.Length > 0 && reader.Header?.BootId == current.BootId)))
                {
                    captureOf[current] = name;
                }

                sink.MoveTo(batch, captureOf, name);
                yield return i;
            }

            input.Ended(reader);
        }

        feed.End();
        sink.MoveTo(batch, captureOf, request.Files[order[^1]]);
        yield return order.Count;
    }

    /// <summary>Holds connections until it is known which captures their recordings are in.</summary>
    private sealed class Sink : IConnectionSink
    {
        private readonly List<(Connection[] Connections, ConnectionContext Context)> held = [];
        private ConnectionContext? context;

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            if (!connections.IsEmpty)
            {
                context = ConnectionContext.Of(recording, context);
                held.Add((connections.ToArray(), context));
            }
        }

        internal void MoveTo(ConnectionBatch batch, Dictionary<RecordedSpan, string> captureOf, string latest)
        {
            foreach (var (connections, context) in held)
            {
                batch.Capture = captureOf.GetValueOrDefault(context.Recording, latest);
                batch.Add(connections, context);
            }

            held.Clear();
        }
    }
}
