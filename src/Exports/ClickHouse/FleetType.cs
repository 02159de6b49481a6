using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.ClickHouse;

/// <summary>A type of ClickHouse, and how the value of a column becomes one in RowBinary.</summary>
/// <param name="Name">What it is called in SQL.</param>
/// <param name="NullableName">The same with NULL.</param>
/// <param name="Codec">How the server packs such a column on its disk.</param>
/// <param name="Write">Writes a value; 0 or an empty text if there is none.</param>
internal sealed record FleetType(string Name, string NullableName, string Codec, FleetWrite Write)
{
    private const string Packed = "ZSTD(1)";

    /// <summary>For what mostly grows from row to row.</summary>
    private const string Growing = "Delta, ZSTD(1)";

    private FleetType(string name, string codec, FleetWrite write)
        : this(name, $"Nullable({name})", codec, write)
    {
    }

    /// <summary>A number of 128 bits that nothing else has.</summary>
    internal static FleetType Uuid { get; } = new("UUID", Packed, (row, _, in value) => row.WriteUuid(in value));

    /// <summary>The number of a row in its capture.</summary>
    internal static FleetType RowNumber { get; } = new("UInt64", Growing, (row, _, in value) => row.Write(value.Number));

    private static FleetType Boolean { get; } = new("Bool", Packed, (row, _, in value) => row.Write((byte)value.Number));

    private static FleetType UInt16 { get; } = new("UInt16", Packed, (row, _, in value) => row.Write((ushort)value.Number));

    private static FleetType UInt32 { get; } = new("UInt32", Packed, (row, _, in value) => row.Write((uint)value.Number));

    private static FleetType UInt64 { get; } = new("UInt64", Growing, (row, _, in value) => row.Write(value.Number));

    private static FleetType Int64 { get; } = new("Int64", Packed, (row, _, in value) => row.Write(Math.Min(value.Number, long.MaxValue)));

    private static FleetType Timestamp { get; } = new("DateTime64(9, 'UTC')", Growing, (row, _, in value) => row.Write((ulong)value.Bits));

    private static FleetType Text { get; } = new("String", Packed, (row, type, in value) => row.WriteText(type, in value));

    private static FleetType FewTexts { get; } = new("LowCardinality(String)", "LowCardinality(Nullable(String))", Packed, Text.Write);

    private static FleetType Address { get; } = new("IPv6", Packed, (row, _, in value) => row.WriteAddress(in value));

    /// <summary>The type of a column.</summary>
    internal static FleetType Of(Column column) => column.Kind switch
    {
        ColumnKind.Boolean => Boolean,
        ColumnKind.UInt16 => UInt16,
        ColumnKind.UInt32 => UInt32,
        ColumnKind.UInt64 => UInt64,
        ColumnKind.Int64 => Int64,
        ColumnKind.Timestamp => Timestamp,
        ColumnKind.Address => Address,
        ColumnKind.Text => column.HasFewValues ? FewTexts : Text,
        _ => throw new NotSupportedException($"{column.Name}: {column.Kind} is stored in no table"),
    };
}

/// <summary>Writes a value in RowBinary.</summary>
internal delegate void FleetWrite(RowBuffer row, FieldType type, in FieldValue value);
