using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;

namespace TraceCap.Exports.ClickHouse;

/// <summary>Reads a value of a row.</summary>
internal delegate FieldValue Read<TRow, TContext>(in TRow row, TContext context);

/// <summary>Writes what a capture has as rows of a fleet's table.</summary>
/// <typeparam name="TRow">What a row is made of.</typeparam>
/// <typeparam name="TContext">What holds for several rows.</typeparam>
internal sealed class FleetRows<TRow, TContext>
{
    private readonly Cell[] cells;
    private readonly Read<TRow, TContext>? time;

    /// <param name="table">The table.</param>
    /// <param name="capture">The capture.</param>
    /// <param name="read">How the value of a column is read; null for one that all rows have alike.</param>
    internal FleetRows(FleetTable table, CaptureIdentity capture, Func<string, Read<TRow, TContext>?> read)
    {
        Table = table;
        time = read(table.Time);
        cells = [.. table.Sent.Select(column => new Cell
        {
            Type = column.Type!,
            Source = column.Source,
            IsNullable = column.IsNullable,
            IsNumber = column.Name == FleetTable.Row,
            Read = read(column.Source?.Name ?? column.Name),
            Same = column.Name switch
            {
                FleetTable.CaptureId => FieldValue.Of(new Address(capture.Id.ToByteArray(bigEndian: true)), ipVersion: 6),
                Column.Capture => FieldValue.Of(capture.Name),
                _ => default,
            },
        })];
    }

    /// <summary>Where they go.</summary>
    internal FleetTable Table { get; }

    /// <summary>When a row is, in nanoseconds since 1970; null if its time of day is not known, or the server has no such time.</summary>
    internal ulong? TimeOf(in TRow row, TContext context) =>
        time!(in row, context) is { IsKnown: true, Kind: 1 } known && known.Bits <= long.MaxValue ? (ulong)known.Bits : null;

    /// <summary>Writes a row.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="number">Its number.</param>
    /// <param name="row">What it is made of.</param>
    /// <param name="context">What holds for it.</param>
    internal void Write(RowBuffer target, ulong number, in TRow row, TContext context)
    {
        foreach (ref readonly var cell in cells.AsSpan())
        {
            var value = cell.Read is { } read ? read(in row, context) : cell.IsNumber ? FieldValue.Of(number) : cell.Same;
            var has = cell.Source?.Has(in value) ?? value.IsKnown;
            if (cell.IsNullable)
            {
                target.Write((byte)(has ? 0 : 1));
            }

            if (has || !cell.IsNullable)
            {
                cell.Type.Write(target, cell.Source?.Type ?? FieldTypes.Id, has ? value : default);
            }
        }
    }

    private readonly struct Cell
    {
        internal required FleetType Type { get; init; }

        internal required Column? Source { get; init; }

        internal required bool IsNullable { get; init; }

        internal required bool IsNumber { get; init; }

        internal required Read<TRow, TContext>? Read { get; init; }

        /// <summary>What all rows have, where nothing is read.</summary>
        internal required FieldValue Same { get; init; }
    }
}
