using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Buffers;

/// <summary>Writes events or connections as columns, so many rows at once.</summary>
internal abstract class ColumnExporter : IExporter
{
    /// <summary>As many rows are written together. That is a row group of a few MiB: DuckDB reads groups of about as many on a thread each.
    /// </summary>
    internal const int RowsTogether = 1 << 17;

    private readonly EventBatch? events;
    private readonly ConnectionBatch? connections;
    private string tool = "";

    /// <param name="kind">Events or connections.</param>
    /// <param name="options">Which fields, and where they come from.</param>
    /// <param name="withoutKeys">Whether host and day are told by the names of folders.</param>
    private protected ColumnExporter(ExportKinds kind, ExportOptions options, bool withoutKeys = false)
    {
        (Takes, Source) = (kind, options.Source);
        if (kind == ExportKinds.Events)
        {
            events = new EventBatch(Chosen(EventColumns.Table, options.EventFields, withoutKeys));
            Batch = events;
        }
        else
        {
            connections = new ConnectionBatch(Chosen(ConnectionColumns.Table, options.ConnectionFields, withoutKeys));
            Batch = connections;
        }
    }

    /// <inheritdoc />
    public ExportKinds Takes { get; }

    /// <summary>How many rows wait to be written.</summary>
    internal int Waiting => Batch.Count;

    /// <summary>What is exported.</summary>
    private protected ExportSource Source { get; }

    /// <summary>What the table is called.</summary>
    private protected string Table => events is not null ? EventColumns.Table.Name : ConnectionColumns.Table.Name;

    /// <summary>The columns.</summary>
    private protected IReadOnlyList<Column> Columns => [.. Batch.Columns.Select(buffer => buffer.Column)];

    private ColumnBatch Batch { get; }

    /// <inheritdoc />
    public void Begin(ExportInfo info) => tool = info.Tool;

    /// <inheritdoc />
    public void Events(in ExportedEvents batch)
    {
        Batch.Capture = Source.Capture;
        for (var rest = batch.Events; !rest.IsEmpty;)
        {
            var some = Math.Min(rest.Length, RowsTogether - Batch.Count);
            events!.Add(rest[..some], batch.Context);
            rest = rest[some..];
            WriteIfFull();
        }
    }

    /// <inheritdoc />
    public void Connections(in ExportedConnections batch)
    {
        Batch.Capture = Source.Capture;
        for (var rest = batch.Connections; !rest.IsEmpty;)
        {
            var some = Math.Min(rest.Length, RowsTogether - Batch.Count);
            connections!.Add(rest[..some], batch.Context);
            rest = rest[some..];
            WriteIfFull();
        }
    }

    /// <inheritdoc />
    public void End()
    {
        WriteWaiting();
        Finish(tool);
    }

    /// <summary>Writes the rows that wait.</summary>
    internal void WriteWaiting()
    {
        if (Batch.Count > 0)
        {
            Write(Batch);
            Batch.Clear();
        }
    }

    /// <summary>Writes rows.</summary>
    /// <param name="batch">At least one.</param>
    private protected abstract void Write(ColumnBatch batch);

    /// <summary>Writes what comes last.</summary>
    private protected abstract void Finish(string tool);

    private static IReadOnlyList<BoundColumn<TGet>> Chosen<TGet>(ColumnTable<TGet> table, IEnumerable<Analyzer.Fields.BoundField<TGet>>? fields, bool withoutKeys)
        where TGet : Delegate
    {
        var columns = fields is null ? table.Columns : table.Of(fields.Select(field => field.Field));
        return withoutKeys ? [.. columns.Where(column => column.Of.Name is not (Column.Host or Column.Date))] : columns;
    }

    private void WriteIfFull()
    {
        if (Batch.Count == RowsTogether)
        {
            WriteWaiting();
        }
    }
}
