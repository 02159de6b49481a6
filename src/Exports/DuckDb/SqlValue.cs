using System.Runtime.InteropServices;

namespace TraceCap.Exports.DuckDb;

/// <summary>Values that SQL gives as arguments.</summary>
internal static class SqlValue
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>The texts of a value: one, or those of a list.</summary>
    /// <param name="value">Is destroyed; it may be none.</param>
    /// <returns>Null if there is no value, or it is NULL.</returns>
    internal static IReadOnlyList<string>? Take(nint value)
    {
        if (value == 0)
        {
            return null;
        }

        try
        {
            if (DuckDbApi.IsNull(value))
            {
                return null;
            }

            // The type belongs to the value.
            var type = DuckDbApi.TypeId(DuckDbApi.ValueType(value));
            if (type is not (DuckType.List or DuckType.Array))
            {
                return [type == DuckType.Interval ? Duration(DuckDbApi.ValueInterval(value)) : Text(value, type)];
            }

            var items = new List<string>();
            for (var i = 0ul; i < DuckDbApi.ValueItems(value); i++)
            {
                items.AddRange(Take(DuckDbApi.ValueItem(value, i)) ?? []);
            }

            return items;
        }
        finally
        {
            DuckDbApi.DestroyValue(ref value);
        }
    }

    /// <summary>As options take durations.</summary>
    /// <exception cref="FormatException">It is of months, which have no length of their own.</exception>
    private static string Duration(DuckInterval interval) => interval.Months == 0
        ? FormattableString.Invariant($"{(interval.Days * (Int128)MicrosecondsPerDay) + interval.Microseconds}us")
        : throw new FormatException("an interval of months or years has no fixed length; expected days, hours or less");

    private static string Text(nint value, DuckType type)
    {
        var memory = DuckDbApi.ValueText(value);
        var text = Marshal.PtrToStringUTF8(memory) ?? "";
        DuckDbApi.Free(memory);
        // An instant of SQL is one of UTC.
        return type is DuckType.Timestamp or DuckType.TimestampNs or DuckType.TimestampMs or DuckType.TimestampS ? text.Replace(' ', 'T') + "Z" : text;
    }
}
