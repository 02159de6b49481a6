using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.Schema;

/// <summary>A typed column of a table. Parquet, Arrow, DuckDB and ClickHouse have it under the same name.</summary>
/// <param name="Name">Needs no quotes in SQL.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Type">How a field has them.</param>
/// <param name="Doc">What it is, in one line.</param>
internal record Column(string Name, ColumnKind Kind, FieldType Type, string Doc)
{
    /// <summary>What the column with the name of the capture is called.</summary>
    public const string Capture = "capture";

    /// <summary>What the column of the host is called. It is the first key of a partition.</summary>
    public const string Host = "host";

    /// <summary>What the column of the day is called. It is the second key of a partition.</summary>
    public const string Date = "date";

    private const ulong NanosecondsPerDay = 86_400_000_000_000;

    /// <summary>Whether a value may be unknown.</summary>
    public bool IsNullable { get; init; } = true;

    /// <summary>Whether it is text of which even a fleet has few different ones.</summary>
    public bool HasFewValues { get; init; }

    /// <summary>The column that a field becomes.</summary>
    /// <param name="field">Its dots become underscores; <c>host.name</c> is <see cref="Host"/>.</param>
    internal static Column Of(Field field) => Of(field == CommonFields.Host ? Host : field.Name.Replace('.', '_'), field.Type, field.Doc);

    /// <summary>A column of no field.</summary>
    internal static Column Of(string name, FieldType type, string doc) => new(name, KindOf(type), type, doc)
    {
        HasFewValues = KindOf(type) == ColumnKind.Text && type != FieldTypes.Endpoint,
    };

    /// <summary>The column of days that belongs to one of instants.</summary>
    internal static Column DateOf(Field instant) => new(Date, ColumnKind.Date, FieldTypes.Number, $"the day in UTC of {instant.Name}");

    /// <summary>The day of an instant; not known if the instant is not.</summary>
    internal static FieldValue DayOf(in FieldValue instant) =>
        FieldValue.If(instant is { IsKnown: true, Kind: 1 }, instant.Bits <= ulong.MaxValue ? (ulong)instant.Bits / NanosecondsPerDay : (ulong)(instant.Bits / NanosecondsPerDay));

    /// <summary>Whether a value that a field has is there in this column as well.</summary>
    internal bool Has(in FieldValue value) => value.IsKnown && (Kind < ColumnKind.Timestamp || HasOne(in value));

    private bool HasOne(in FieldValue value) => Kind switch
    {
        // Nanoseconds since 1970 in 63 bits go to the year 2262.
        ColumnKind.Timestamp => value.Kind == 1 && value.Bits <= long.MaxValue,
        ColumnKind.Text => Type.Has(in value),
        _ => true,
    };

    private static ColumnKind KindOf(FieldType type) =>
        type == FieldTypes.Flag ? ColumnKind.Boolean
        : type == FieldTypes.Port ? ColumnKind.UInt16
        : type == FieldTypes.Number ? ColumnKind.UInt32
        : type == FieldTypes.Id || type == FieldTypes.Monotonic ? ColumnKind.UInt64
        : type == FieldTypes.Instant ? ColumnKind.Timestamp
        : type == FieldTypes.Address ? ColumnKind.Address
        : type is NumberType ? ColumnKind.Int64
        : ColumnKind.Text;
}

/// <summary>A column, and how it is read.</summary>
/// <typeparam name="TGet">A delegate that reads a value of a row.</typeparam>
/// <param name="Of">The column.</param>
/// <param name="Get">Reads its value; null if that is the name of the capture.</param>
internal sealed record BoundColumn<TGet>(Column Of, TGet? Get)
    where TGet : Delegate;
