using System.Globalization;
using System.IO.Hashing;

namespace TraceCap.Exports.ClickHouse;

/// <summary>Rows of a capture, a table and a day that are inserted at once: all of them, or none. The same capture gives the same
/// batches whenever it is shipped.</summary>
/// <param name="table">The table.</param>
internal sealed class Batch(FleetTable table)
{
    /// <summary>Rows of a batch, but for the last one of a day.</summary>
    internal const int MostRows = 1 << 16;

    /// <summary>The table.</summary>
    internal FleetTable Table => table;

    /// <summary>The day in UTC, since 1970.</summary>
    internal int Day { get; private set; }

    /// <summary>The number of its first row.</summary>
    internal ulong First { get; private set; }

    /// <summary>How many rows it has.</summary>
    internal int Rows { get; private set; }

    /// <summary>The earliest of its rows, nanoseconds since 1970.</summary>
    internal ulong From { get; private set; }

    /// <summary>The latest of its rows.</summary>
    internal ulong To { get; private set; }

    /// <summary>The rows.</summary>
    internal RowBuffer Bytes { get; } = new();

    /// <summary>Whether no more rows are for it.</summary>
    internal bool IsFull => Rows == MostRows;

    /// <summary>By which the server knows the batch when it is sent again: the rows, by their numbers and by what is in them.</summary>
    internal string TokenOf(CaptureIdentity capture) => string.Create(
        CultureInfo.InvariantCulture, $"{capture.Id:N}/{table.Name}/{Day}/{First}/{XxHash128.HashToUInt128(Bytes.Written.Span):x32}");

    /// <summary>Begins anew.</summary>
    /// <param name="day">The day in UTC, since 1970.</param>
    /// <param name="first">The number of its first row.</param>
    internal void Begin(int day, ulong first)
    {
        (Day, First, Rows, From, To) = (day, first, 0, ulong.MaxValue, 0);
        Bytes.Clear();
    }

    /// <summary>A row was written.</summary>
    /// <param name="time">When it is, nanoseconds since 1970.</param>
    internal void EndRow(ulong time)
    {
        Rows++;
        (From, To) = (Math.Min(From, time), Math.Max(To, time));
    }
}
