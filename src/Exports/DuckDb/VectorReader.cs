using System.Globalization;
using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.DuckDb;

/// <summary>Reads the values of a column of a result, vector after vector.</summary>
/// <param name="type">What they are for tables.</param>
/// <param name="read">Reads the value of a row, which has one.</param>
internal sealed unsafe class VectorReader(FieldType type, VectorGet read)
{
    private Vector vector;

    /// <summary>What the values are for tables.</summary>
    internal FieldType Type => type;

    /// <summary>Makes one.</summary>
    /// <param name="type">DuckDB's type.</param>
    /// <param name="column">The column's name, for messages.</param>
    /// <exception cref="SqlException">Such values are not shown.</exception>
    internal static VectorReader Of(nint type, string column)
    {
        if (VectorText.Of(type) is not { } text)
        {
            throw new SqlException($"column {column}: values of type {DuckDbApi.TypeId(type)} are not shown; cast them to VARCHAR", isUsage: true);
        }

        return DuckDbApi.TypeId(type) switch
        {
            DuckType.Boolean => new(FieldTypes.Flag, static (in vector, row) => FieldValue.Of(vector.At<byte>(row) != 0)),
            DuckType.UTinyInt => new(SqlNumberType.Instance, static (in vector, row) => FieldValue.Of((ulong)vector.At<byte>(row))),
            DuckType.USmallInt => new(SqlNumberType.Instance, static (in vector, row) => FieldValue.Of((ulong)vector.At<ushort>(row))),
            DuckType.UInteger => new(SqlNumberType.Instance, static (in vector, row) => FieldValue.Of((ulong)vector.At<uint>(row))),
            DuckType.UBigInt => new(SqlNumberType.Instance, static (in vector, row) => FieldValue.Of(vector.At<ulong>(row))),
            DuckType.TinyInt => new(SqlNumberType.Instance, static (in vector, row) => Signed(vector.At<sbyte>(row))),
            DuckType.SmallInt => new(SqlNumberType.Instance, static (in vector, row) => Signed(vector.At<short>(row))),
            DuckType.Integer => new(SqlNumberType.Instance, static (in vector, row) => Signed(vector.At<int>(row))),
            DuckType.BigInt => new(SqlNumberType.Instance, static (in vector, row) => Signed(vector.At<long>(row))),
            DuckType.HugeInt => new(SqlNumberType.Instance, static (in vector, row) => vector.At<Int128>(row) is var number && number >= 0 && number <= ulong.MaxValue
                ? FieldValue.Of((ulong)number)
                : FieldValue.Exactly(number.ToString(CultureInfo.InvariantCulture))),
            DuckType.Float => new(SqlNumberType.Instance, static (in vector, row) => Real(vector.At<float>(row), vector.At<float>(row).ToString("R", CultureInfo.InvariantCulture))),
            DuckType.Double => new(SqlNumberType.Instance, static (in vector, row) => Real(vector.At<double>(row), vector.At<double>(row).ToString("R", CultureInfo.InvariantCulture))),
            DuckType.UHugeInt or DuckType.Decimal => new(SqlNumberType.Instance, (in vector, row) => FieldValue.Exactly(text(in vector, row))),
            _ => new(FieldTypes.Text, (in vector, row) => FieldValue.Exactly(text(in vector, row))),
        };
    }

    /// <summary>Goes on to another vector.</summary>
    internal void Begin(nint next) => vector = new Vector(next);

    /// <summary>The value of a row; unknown where it is NULL.</summary>
    internal FieldValue Read(int row) => vector.IsValid((ulong)row) ? read(in vector, (ulong)row) : default;

    private static FieldValue Signed(long number) => number >= 0 ? FieldValue.Of((ulong)number) : FieldValue.Exactly(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>JSON has no infinity, and what is no number.</summary>
    private static FieldValue Real(double number, string text) => double.IsFinite(number) ? FieldValue.Exactly(text) : default;
}

/// <summary>Reads a value of a vector.</summary>
internal delegate FieldValue VectorGet(in Vector vector, ulong row);
