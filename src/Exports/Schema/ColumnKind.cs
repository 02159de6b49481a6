namespace TraceCap.Exports.Schema;

/// <summary>What a column has in each row, where there is a value. Each engine has one type for each kind.</summary>
internal enum ColumnKind
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A port.</summary>
    UInt16,

    /// <summary>A number that only tells things apart: a process, a user, a namespace.</summary>
    UInt32,

    /// <summary>The same of 64 bits.</summary>
    UInt64,

    /// <summary>A quantity, as large as it may be: a count, bytes, nanoseconds. It has a sign, for one subtracts such.</summary>
    Int64,

    /// <summary>An instant: nanoseconds since 1970, UTC.</summary>
    Timestamp,

    /// <summary>A day in UTC: days since 1970.</summary>
    Date,

    /// <summary>Text in UTF-8.</summary>
    Text,

    /// <summary>An address: text for engines that have no type for both families, and 16 bytes for those that do.</summary>
    Address,
}
