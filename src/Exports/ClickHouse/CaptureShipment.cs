using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Info;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.ClickHouse;

/// <summary>What became of a capture that was shipped.</summary>
/// <param name="Capture">The capture.</param>
/// <param name="WasThere">Whether all of it was there before.</param>
internal sealed record Shipped(CaptureIdentity Capture, bool WasThere)
{
    /// <summary>Its events.</summary>
    internal ulong Events { get; init; }

    /// <summary>Its connections.</summary>
    internal ulong Connections { get; init; }

    /// <summary>Bytes that were sent for it.</summary>
    internal long Bytes { get; init; }
}

/// <summary>
/// Brings a capture to a fleet: its events, its connections, its losses, and once all of these are there the capture itself. What is
/// there from an earlier attempt is not sent again.
/// </summary>
/// <param name="server">Where to.</param>
/// <param name="patience">How long it is tried.</param>
/// <param name="stop">Ends it; what is not there then is sent next time.</param>
internal sealed class CaptureShipment(FleetServer server, Patience patience, CancellationToken stop)
{
    /// <summary>Ships a capture.</summary>
    /// <param name="name">What its file is named.</param>
    /// <param name="rewind">Gives the capture from its beginning.</param>
    /// <param name="read">Is given the reader of its events once they are read: it knows what could not be.</param>
    /// <exception cref="FleetException">The server does not take it.</exception>
    /// <exception cref="UndatedException">It has no place in a fleet.</exception>
    /// <exception cref="OperationCanceledException">It was to end.</exception>
    /// <inheritdoc cref="CaptureSummary.Of" path="/exception" />
    internal Shipped Ship(string name, Func<Stream> rewind, Action<CaptureReader> read)
    {
        var capture = CaptureIdentity.Of(name, rewind);
        if (Keep(() => server.HasAll(capture)))
        {
            return new Shipped(capture, WasThere: true);
        }

        using var upload = new BatchUpload(server, capture, patience, stop);
        var reader = CaptureReader.Open(rewind());
        var events = ShipEvents(capture, upload, reader);
        read(reader);
        var (connections, recordings) = ShipConnections(capture, upload, rewind());
        ShipLosses(capture, upload, recordings);
        ShipCapture(capture with { Summary = capture.Summary with { Damage = reader.Damage } }, upload);
        return new Shipped(capture, WasThere: false) { Events = events, Connections = connections, Bytes = upload.Bytes };
    }

    private ulong ShipEvents(CaptureIdentity capture, BatchUpload upload, CaptureReader reader)
    {
        var cutter = Begin(FleetTable.Events, capture, upload, Reads(EventColumns.Table, get => new Read<TcpEvent, EventContext>(get.Invoke), (in _, context) => FieldValue.Of(context.Header?.BootId)));
        var events = new EventStream(reader);
        while (events.Read(out var batch))
        {
            while (!batch.IsEmpty)
            {
                var context = events.TakeRun(ref batch, out var run);
                foreach (ref readonly var one in run)
                {
                    cutter.Add(in one, context);
                }
            }
        }

        return End(cutter, upload);
    }

    private (ulong Rows, IReadOnlyList<RecordedSpan> Recordings) ShipConnections(CaptureIdentity capture, BatchUpload upload, Stream stream)
    {
        var cutter = Begin(
            FleetTable.Connections,
            capture,
            upload,
            Reads(ConnectionColumns.Table, get => new Read<Connection, ConnectionContext>(get.Invoke), (in _, context) => FieldValue.Of(context.Recording.BootId)));
        var recordings = ConnectionFeed.ReadAll(stream, new Sink(cutter));
        return (End(cutter, upload), recordings);
    }

    private void ShipLosses(CaptureIdentity capture, BatchUpload upload, IReadOnlyList<RecordedSpan> recordings)
    {
        var cutter = Begin(FleetTable.Losses, capture, upload, Reads(LossColumns.Table, get => new Read<LossPeriod, RecordedSpan>(get.Invoke), boot: null));
        foreach (var recording in recordings)
        {
            foreach (var loss in recording.Losses)
            {
                cutter.Add(in loss, recording);
            }
        }

        End(cutter, upload);
    }

    /// <summary>Says that all of it is there. It is asked for before, and so may be said again.</summary>
    private void ShipCapture(CaptureIdentity capture, BatchUpload upload)
    {
        var rows = new FleetRows<int, CaptureSummary>(
            FleetTable.Captures, capture, Reads(CaptureColumns.Table, get => new Read<int, CaptureSummary>((in section, summary) => get(summary, section)), boot: null));
        var batch = upload.Rent(FleetTable.Captures);
        batch.Begin(day: 0, first: 0);
        for (var section = 1; section <= capture.Summary.Sections.Count; section++)
        {
            rows.Write(batch.Bytes, (ulong)section, in section, capture.Summary);
            batch.EndRow(time: 0);
        }

        patience.Keep(() => server.Insert(batch, batch.TokenOf(capture), stop), stop);
    }

    private BatchCutter<TRow, TContext> Begin<TRow, TContext>(FleetTable table, CaptureIdentity capture, BatchUpload upload, Func<string, Read<TRow, TContext>?> read)
    {
        upload.MayBeThere = Keep(() => server.HasAny(table, capture));
        return new BatchCutter<TRow, TContext>(new FleetRows<TRow, TContext>(table, capture, read), upload);
    }

    private static ulong End<TRow, TContext>(BatchCutter<TRow, TContext> cutter, BatchUpload upload)
    {
        cutter.End();
        upload.Await();
        return cutter.Rows;
    }

    /// <summary>How the columns of a table are read, by their names.</summary>
    private static Func<string, Read<TRow, TContext>?> Reads<TGet, TRow, TContext>(ColumnTable<TGet> table, Func<TGet, Read<TRow, TContext>> read, Read<TRow, TContext>? boot)
        where TGet : Delegate => name => name == FleetTable.Boot && boot is not null ? boot
            : table.Find(name) is >= 0 and var place && table.Columns[place].Get is { } get ? read(get)
            : null;

    private T Keep<T>(Func<T> ask)
    {
        var answer = default(T)!;
        patience.Keep(() => answer = ask(), stop);
        return answer;
    }

    private sealed class Sink(BatchCutter<Connection, ConnectionContext> cutter) : IConnectionSink
    {
        private ConnectionContext? context;

        /// <inheritdoc />
        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            context = ConnectionContext.Of(recording, context);
            foreach (ref readonly var one in connections)
            {
                cutter.Add(in one, context);
            }
        }
    }
}
