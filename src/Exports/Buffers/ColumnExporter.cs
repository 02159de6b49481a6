using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Buffers;

/// <summary>Writes events or connections as columns, so many rows at once.</summary>
internal abstract class ColumnExporter : IExporter
{
    /// <summary>As many rows are written together, if nothing else is said. That is a row group of a few MiB: DuckDB reads groups of about as many on a thread each.
    /// </summary>
    internal const int RowsTogether = 1 << 17;

    private readonly IReadOnlyList<BoundColumn<EventGet>>? events;
    private readonly IReadOnlyList<BoundColumn<ConnectionGet>>? connections;
    private readonly BatchFlow flow;
    private ColumnBatch? batch;
    private string tool = "";

    /// <param name="kind">Events or connections.</param>
    /// <param name="options">Which fields, and where they come from.</param>
    /// <param name="withoutKeys">Whether host and day are told by the names of folders.</param>
    /// <param name="flow">Has batches, also those of other files with the same columns; null: nobody else's.</param>
    private protected ColumnExporter(ExportKinds kind, ExportOptions options, bool withoutKeys = false, BatchFlow? flow = null)
    {
        (Takes, Source) = (kind, options.Source);
        this.flow = flow ?? new BatchFlow();
        if (kind == ExportKinds.Events)
        {
            events = Chosen(EventColumns.Table, options.EventFields, withoutKeys);
        }
        else
        {
            connections = Chosen(ConnectionColumns.Table, options.ConnectionFields, withoutKeys);
        }

        Columns = [.. events?.Select(column => column.Of) ?? connections!.Select(column => column.Of)];
    }

    /// <inheritdoc />
    public ExportKinds Takes { get; }

    /// <summary>How many rows wait to be written.</summary>
    internal int Waiting => batch?.Count ?? 0;

    /// <summary>So many rows are written together.</summary>
    private protected virtual int RowsAtOnce => RowsTogether;

    /// <summary>What is exported.</summary>
    private protected ExportSource Source { get; }

    /// <summary>What the table is called.</summary>
    private protected string Table => events is not null ? EventColumns.Table.Name : ConnectionColumns.Table.Name;

    /// <summary>The columns.</summary>
    private protected IReadOnlyList<Column> Columns { get; }

    /// <inheritdoc />
    public void Begin(ExportInfo info) => tool = info.Tool;

    /// <inheritdoc />
    public void Events(in ExportedEvents rows)
    {
        for (var rest = rows.Events; !rest.IsEmpty;)
        {
            var target = (EventBatch)Begun();
            var some = Math.Min(rest.Length, RowsAtOnce - target.Count);
            target.Add(rest[..some], rows.Context);
            rest = rest[some..];
            WriteIfFull();
        }
    }

    /// <inheritdoc />
    public void Connections(in ExportedConnections rows)
    {
        for (var rest = rows.Connections; !rest.IsEmpty;)
        {
            var target = (ConnectionBatch)Begun();
            var some = Math.Min(rest.Length, RowsAtOnce - target.Count);
            target.Add(rest[..some], rows.Context);
            rest = rest[some..];
            WriteIfFull();
        }
    }

    /// <inheritdoc />
    public void End()
    {
        WriteWaiting();
        flow.Await();
        Finish(tool);
    }

    /// <summary>Has the rows that wait written, while the next are collected.</summary>
    internal void WriteWaiting()
    {
        if (batch is { } full)
        {
            flow.Write(full, Write);
            batch = null;
        }
    }

    /// <summary>Writes rows, on any thread, but one batch after another.</summary>
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

    /// <summary>The batch that takes the next rows.</summary>
    private ColumnBatch Begun()
    {
        batch ??= flow.Take(() => events is not null ? new EventBatch(events) : new ConnectionBatch(connections!));
        batch.Capture = Source.Capture;
        return batch;
    }

    private void WriteIfFull()
    {
        if (Waiting == RowsAtOnce)
        {
            WriteWaiting();
        }
    }
}
