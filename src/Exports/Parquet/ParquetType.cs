using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Parquet;

/// <summary>How Parquet stores a kind of column (parquet.thrift).</summary>
/// <param name="Physical">Its Type: 0 BOOLEAN, 1 INT32, 2 INT64, 6 BYTE_ARRAY.</param>
/// <param name="Converted">Its ConvertedType, for readers that know no logical types; null if there is none.</param>
internal sealed record ParquetType(int Physical, int? Converted)
{
    internal const int Boolean = 0;
    internal const int Int32 = 1;
    internal const int Int64 = 2;
    internal const int ByteArray = 6;

    /// <summary>The type of a kind of column.</summary>
    internal static ParquetType Of(ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean => new(Boolean, null),
        ColumnKind.UInt16 => new(Int32, 12),
        ColumnKind.UInt32 => new(Int32, 13),
        ColumnKind.UInt64 => new(Int64, 14),
        ColumnKind.Int64 => new(Int64, 18),
        ColumnKind.Timestamp => new(Int64, null),
        ColumnKind.Date => new(Int32, 6),
        _ => new(ByteArray, 0),
    };

    /// <summary>Writes the element of the schema that a column is.</summary>
    internal static void WriteElement(ThriftWriter thrift, Column column)
    {
        var type = Of(column.Kind);
        thrift.Begin();
        thrift.Int(1, type.Physical);
        thrift.Int(3, column.IsNullable ? 1 : 0);
        thrift.Text(4, column.Name);
        if (type.Converted is { } converted)
        {
            thrift.Int(6, converted);
        }

        WriteLogical(thrift, column.Kind);
        thrift.End();
    }

    private static void WriteLogical(ThriftWriter thrift, ColumnKind kind)
    {
        if (kind == ColumnKind.Boolean)
        {
            return;
        }

        thrift.Begin(10);
        switch (kind)
        {
            case ColumnKind.Date:
                thrift.Empty(6);
                break;
            case ColumnKind.Timestamp:
                thrift.Begin(8);
                // It is UTC all the same: but of what is said to be, DuckDB keeps microseconds only.
                thrift.Flag(1, false);
                thrift.Begin(2);
                // Nanoseconds.
                thrift.Empty(3);
                thrift.End();
                thrift.End();
                break;
            case ColumnKind.UInt16 or ColumnKind.UInt32 or ColumnKind.UInt64 or ColumnKind.Int64:
                thrift.Begin(10);
                thrift.Tiny(1, kind == ColumnKind.UInt16 ? (sbyte)16 : kind == ColumnKind.UInt32 ? (sbyte)32 : (sbyte)64);
                thrift.Flag(2, kind == ColumnKind.Int64);
                thrift.End();
                break;
            default:
                thrift.Empty(1);
                break;
        }

        thrift.End();
    }
}
