using System.Runtime.InteropServices;

namespace TraceCap.Exports.DuckDb;

/// <summary>DuckDB's types, by their numbers in duckdb.h.</summary>
internal enum DuckType
{
    Invalid,
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    UTinyInt,
    USmallInt,
    UInteger,
    UBigInt,
    Float,
    Double,
    Timestamp,
    Date,
    Time,
    Interval,
    HugeInt,
    Varchar,
    Blob,
    Decimal,
    TimestampS,
    TimestampMs,
    TimestampNs,
    Enum,
    List,
    Struct,
    Map,
    Uuid,
    Union,
    Bit,
    TimeTz,
    TimestampTz,
    UHugeInt,
    Array,
    Any,
    BigNum,
    SqlNull,
    StringLiteral,
    IntegerLiteral,
    TimeNs,
}

/// <summary><c>duckdb_result</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DuckResult
{
    private readonly ulong columns;
    private readonly ulong rows;
    private readonly ulong changed;
    private readonly nint names;
    private readonly nint message;
    private readonly nint data;
}

/// <summary><c>duckdb_string_t</c>: a text of up to twelve bytes in place; of a longer one its first four, and where it is.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal unsafe struct DuckString
{
    private const int MostInPlace = 12;
    private const int Prefix = 4;

    private uint length;
    private fixed byte bytes[MostInPlace];

    /// <summary>Whether a text of so many bytes is somewhere else.</summary>
    internal static bool IsLong(int length) => length > MostInPlace;

    /// <summary>Makes one.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="place">Where the same text is and stays, if it is long.</param>
    internal static DuckString Of(ReadOnlySpan<byte> text, byte* place)
    {
        var made = new DuckString { length = (uint)text.Length };
        if (!IsLong(text.Length))
        {
            text.CopyTo(new Span<byte>(made.bytes, MostInPlace));
            return made;
        }

        text[..Prefix].CopyTo(new Span<byte>(made.bytes, Prefix));
        *(byte**)(made.bytes + Prefix) = place;
        return made;
    }

    /// <summary>The text.</summary>
    internal static ReadOnlySpan<byte> Text(DuckString* at) => IsLong((int)at->length)
        ? new ReadOnlySpan<byte>(*(byte**)(at->bytes + Prefix), (int)at->length)
        : new ReadOnlySpan<byte>(at->bytes, (int)at->length);
}

/// <summary><c>duckdb_list_entry</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct DuckList
{
    internal readonly ulong Offset;
    internal readonly ulong Length;
}

/// <summary><c>duckdb_interval</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct DuckInterval
{
    internal readonly int Months;
    internal readonly int Days;
    internal readonly long Microseconds;
}
