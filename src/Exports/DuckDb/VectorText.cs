using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TraceCap.Exports.DuckDb;

/// <summary>Makes text of a value of a vector.</summary>
internal delegate string TextGet(in Vector vector, ulong row);

/// <summary>Values of any type as text. Times are of UTC, as RFC 3339 has them; the rest looks as DuckDB shows it.</summary>
internal static unsafe class VectorText
{
    private const long NanosecondsPerMicrosecond = 1000;
    private const string Null = "NULL";

    /// <summary>What makes text of values of a type; null if such values are not shown.</summary>
    internal static TextGet? Of(nint type) => DuckDbApi.TypeId(type) switch
    {
        DuckType.Boolean => static (in vector, row) => vector.At<byte>(row) != 0 ? "true" : "false",
        DuckType.TinyInt => Number<sbyte>(),
        DuckType.SmallInt => Number<short>(),
        DuckType.Integer => Number<int>(),
        DuckType.BigInt => Number<long>(),
        DuckType.HugeInt => Number<Int128>(),
        DuckType.UTinyInt => Number<byte>(),
        DuckType.USmallInt => Number<ushort>(),
        DuckType.UInteger => Number<uint>(),
        DuckType.UBigInt => Number<ulong>(),
        DuckType.UHugeInt => Number<UInt128>(),
        DuckType.Float => static (in vector, row) => vector.At<float>(row).ToString("R", CultureInfo.InvariantCulture),
        DuckType.Double => static (in vector, row) => vector.At<double>(row).ToString("R", CultureInfo.InvariantCulture),
        DuckType.Decimal => Decimal(type),
        DuckType.Varchar => static (in vector, row) => Encoding.UTF8.GetString(vector.TextAt(row)),
        DuckType.Blob => static (in vector, row) => Convert.ToHexStringLower(vector.TextAt(row)),
        DuckType.TimestampS => static (in vector, row) => SqlTime.Instant(vector.At<long>(row), 1_000_000_000),
        DuckType.TimestampMs => static (in vector, row) => SqlTime.Instant(vector.At<long>(row), 1_000_000),
        DuckType.Timestamp or DuckType.TimestampTz => static (in vector, row) => SqlTime.Instant(vector.At<long>(row), NanosecondsPerMicrosecond),
        DuckType.TimestampNs => static (in vector, row) => SqlTime.Instant(vector.At<long>(row), 1),
        DuckType.Date => static (in vector, row) => SqlTime.Day(vector.At<int>(row)),
        DuckType.Time => static (in vector, row) => SqlTime.OfDay(vector.At<long>(row) * NanosecondsPerMicrosecond),
        DuckType.TimeNs => static (in vector, row) => SqlTime.OfDay(vector.At<long>(row)),
        DuckType.Interval => static (in vector, row) => SqlTime.Interval(vector.At<DuckInterval>(row)),
        DuckType.Uuid => static (in vector, row) => Uuid(vector.At<UInt128>(row)),
        DuckType.Enum => Enum(type),
        DuckType.List => List(type),
        DuckType.Array => Array(type),
        DuckType.Map => Map(type),
        DuckType.Struct => Struct(type),
        DuckType.SqlNull => static (in _, _) => Null,
        _ => null,
    };

    private static TextGet Number<T>()
        where T : unmanaged, IFormattable =>
        static (in vector, row) => vector.At<T>(row).ToString(null, CultureInfo.InvariantCulture);

    private static TextGet Decimal(nint type)
    {
        var scale = DuckDbApi.DecimalScale(type);
        Func<Vector, ulong, Int128> stored = DuckDbApi.DecimalStored(type) switch
        {
            DuckType.SmallInt => static (vector, row) => vector.At<short>(row),
            DuckType.Integer => static (vector, row) => vector.At<int>(row),
            DuckType.BigInt => static (vector, row) => vector.At<long>(row),
            _ => static (vector, row) => vector.At<Int128>(row),
        };
        return (in vector, row) =>
        {
            var number = stored(vector, row);
            var digits = Int128.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            return (number < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
        };
    }

    private static TextGet Enum(nint type)
    {
        var words = new string[DuckDbApi.EnumWords(type)];
        for (var i = 0; i < words.Length; i++)
        {
            var word = DuckDbApi.EnumWord(type, (ulong)i);
            words[i] = Marshal.PtrToStringUTF8(word) ?? "";
            DuckDbApi.Free(word);
        }

        return DuckDbApi.EnumStored(type) switch
        {
            DuckType.UTinyInt => (in vector, row) => words[vector.At<byte>(row)],
            DuckType.USmallInt => (in vector, row) => words[vector.At<ushort>(row)],
            _ => (in vector, row) => words[vector.At<uint>(row)],
        };
    }

    private static TextGet? List(nint type) => Taken(DuckDbApi.ListItem(type)) is { } item
        ? (in vector, row) =>
        {
            var range = vector.At<DuckList>(row);
            return Items(new Vector(DuckDbApi.ListChild(vector.Handle)), range.Offset, range.Length, item);
        }
    : null;

    private static TextGet? Array(nint type)
    {
        var length = DuckDbApi.ArrayLength(type);
        return Taken(DuckDbApi.ArrayItem(type)) is { } item
            ? (in vector, row) => Items(new Vector(DuckDbApi.ArrayChild(vector.Handle)), row * length, length, item)
            : null;
    }

    private static TextGet? Map(nint type) => Taken(DuckDbApi.MapKey(type)) is { } key && Taken(DuckDbApi.MapValue(type)) is { } value
        ? (in vector, row) =>
        {
            var range = vector.At<DuckList>(row);
            var pairs = DuckDbApi.ListChild(vector.Handle);
            var (keys, values) = (new Vector(DuckDbApi.StructChild(pairs, 0)), new Vector(DuckDbApi.StructChild(pairs, 1)));
            var text = new StringBuilder("{");
            for (var i = range.Offset; i < range.Offset + range.Length; i++)
            {
                text.Append(i == range.Offset ? "" : ", ").Append(One(in keys, i, key)).Append('=').Append(One(in values, i, value));
            }

            return text.Append('}').ToString();
        }
    : null;

    private static TextGet? Struct(nint type)
    {
        var count = (int)DuckDbApi.StructCount(type);
        var (names, items) = (new string[count], new TextGet[count]);
        for (var i = 0; i < count; i++)
        {
            var name = DuckDbApi.StructName(type, (ulong)i);
            names[i] = Marshal.PtrToStringUTF8(name) ?? "";
            DuckDbApi.Free(name);
            if (Taken(DuckDbApi.StructItem(type, (ulong)i)) is not { } item)
            {
                return null;
            }

            items[i] = item;
        }

        return (in vector, row) =>
        {
            var text = new StringBuilder("{");
            for (var i = 0; i < count; i++)
            {
                var child = new Vector(DuckDbApi.StructChild(vector.Handle, (ulong)i));
                text.Append(i == 0 ? "'" : ", '").Append(names[i]).Append("': ").Append(One(in child, row, items[i]));
            }

            return text.Append('}').ToString();
        };
    }

    /// <summary>The same of a type that is the caller's.</summary>
    private static TextGet? Taken(nint type)
    {
        try
        {
            return Of(type);
        }
        finally
        {
            DuckDbApi.DestroyType(ref type);
        }
    }

    private static string Items(Vector items, ulong first, ulong count, TextGet item)
    {
        var text = new StringBuilder("[");
        for (var i = first; i < first + count; i++)
        {
            text.Append(i == first ? "" : ", ").Append(One(in items, i, item));
        }

        return text.Append(']').ToString();
    }

    private static string One(in Vector vector, ulong row, TextGet text) => vector.IsValid(row) ? text(in vector, row) : Null;

    /// <summary>DuckDB keeps the highest bit the other way round, so that its numbers have the order of the texts.</summary>
    private static string Uuid(UInt128 stored)
    {
        var text = (stored ^ (UInt128.One << 127)).ToString("x32", CultureInfo.InvariantCulture);
        return $"{text[..8]}-{text[8..12]}-{text[12..16]}-{text[16..20]}-{text[20..]}";
    }
}
