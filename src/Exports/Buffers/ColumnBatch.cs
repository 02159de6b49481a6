using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Exports.Buffers;

/// <summary>Rows of a table as columns: those of the table that are asked for, and no others.</summary>
internal abstract class ColumnBatch
{
    private protected const int RowsAtOnce = 64;

    /// <param name="columns">Which.</param>
    private protected ColumnBatch(IEnumerable<Column> columns) => Columns = [.. columns.Select(ColumnBuffer.Of)];

    /// <summary>The columns, in the order in which they were asked for.</summary>
    public IReadOnlyList<ColumnBuffer> Columns { get; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; private protected set; }

    /// <summary>The capture that rows are of which are added from now on, as its file is named.</summary>
    public string Capture
    {
        get => (string?)CaptureValue.Name ?? "";
        set => CaptureValue = FieldValue.Of(value);
    }

    /// <summary>The same.</summary>
    private protected FieldValue CaptureValue { get; private set; }

    /// <summary>Takes all rows out.</summary>
    public void Clear()
    {
        Count = 0;
        foreach (var column in Columns)
        {
            column.Clear();
        }
    }
}

/// <summary>Rows of one kind as columns.</summary>
/// <typeparam name="TRow">What a row is made of.</typeparam>
/// <typeparam name="TGet">A delegate that reads a value of it.</typeparam>
/// <typeparam name="TContext">What holds for many.</typeparam>
/// <param name="columns">Which.</param>
internal abstract class RowBatch<TRow, TGet, TContext>(IReadOnlyList<BoundColumn<TGet>> columns) : ColumnBatch(columns.Select(column => column.Of))
    where TGet : Delegate
{
    /// <summary>Adds rows, of all of which the context holds.</summary>
    public void Add(ReadOnlySpan<TRow> rows, TContext context)
    {
        Count += rows.Length;
        // So few at a time that they stay in the nearest cache while each column reads them.
        while (!rows.IsEmpty)
        {
            var some = rows[..Math.Min(rows.Length, RowsAtOnce)];
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i].Get is { } get)
                {
                    AddTo(Columns[i], get, some, context);
                }
                else
                {
                    Columns[i].Repeat(CaptureValue, some.Length);
                }
            }

            rows = rows[some.Length..];
        }
    }

    /// <summary>Adds the values that rows have in a column.</summary>
    private protected abstract void AddTo(ColumnBuffer column, TGet get, ReadOnlySpan<TRow> rows, TContext context);
}

/// <summary>Events as columns.</summary>
/// <param name="columns">Which.</param>
internal sealed class EventBatch(IReadOnlyList<BoundColumn<EventGet>> columns) : RowBatch<TcpEvent, EventGet, EventContext>(columns)
{
    /// <inheritdoc />
    private protected override void AddTo(ColumnBuffer column, EventGet get, ReadOnlySpan<TcpEvent> rows, EventContext context) =>
        column.Add(new Values(rows, get, context), rows.Length);

    private readonly ref struct Values(ReadOnlySpan<TcpEvent> rows, EventGet get, EventContext context) : IRowValues
    {
        private readonly ReadOnlySpan<TcpEvent> rows = rows;

        public FieldValue Read(int row) => get(in rows[row], context);
    }
}

/// <summary>Connections as columns.</summary>
/// <param name="columns">Which.</param>
internal sealed class ConnectionBatch(IReadOnlyList<BoundColumn<ConnectionGet>> columns) : RowBatch<Connection, ConnectionGet, ConnectionContext>(columns)
{
    /// <inheritdoc />
    private protected override void AddTo(ColumnBuffer column, ConnectionGet get, ReadOnlySpan<Connection> rows, ConnectionContext context) =>
        column.Add(new Values(rows, get, context), rows.Length);

    private readonly ref struct Values(ReadOnlySpan<Connection> rows, ConnectionGet get, ConnectionContext context) : IRowValues
    {
        private readonly ReadOnlySpan<Connection> rows = rows;

        public FieldValue Read(int row) => get(in rows[row], context);
    }
}

/// <summary>Captures as columns, a row for each of their sections.</summary>
/// <param name="columns">Which.</param>
internal sealed class CaptureBatch(IReadOnlyList<BoundColumn<CaptureGet>> columns) : ColumnBatch(columns.Select(column => column.Of))
{
    /// <summary>Adds the sections of a capture.</summary>
    public void Add(CaptureSummary capture)
    {
        for (var section = 1; section <= capture.Sections.Count; section++, Count++)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                Columns[i].Add(columns[i].Get is { } get ? get(capture, section) : CaptureValue);
            }
        }
    }
}

/// <summary>Losses as columns.</summary>
/// <param name="columns">Which.</param>
internal sealed class LossBatch(IReadOnlyList<BoundColumn<LossGet>> columns) : ColumnBatch(columns.Select(column => column.Of))
{
    /// <summary>Adds the losses of a recording.</summary>
    public void Add(RecordedSpan recording)
    {
        foreach (var loss in recording.Losses)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                Columns[i].Add(columns[i].Get is { } get ? get(in loss, recording) : CaptureValue);
            }

            Count++;
        }
    }
}
