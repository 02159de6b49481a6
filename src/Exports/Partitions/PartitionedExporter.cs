using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Exports.Partitions;

/// <summary>Hands each host's and day's rows to an exporter of their own, whose file lies in folders of Hive's names: DuckDB, ClickHouse and
/// Spark read host and day from these.</summary>
/// <param name="kind">Events or connections.</param>
/// <param name="create">Makes an exporter of the rows that go into a folder, such as <c>host=web-1/date=2026-11-27</c>.</param>
internal sealed class PartitionedExporter(ExportKinds kind, Func<string, ColumnExporter> create) : IExporter
{
    /// <summary>What Hive calls the folder of what has no value.</summary>
    private const string Unknown = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>As many rows may wait in all partitions together.</summary>
    private const int MostWaiting = 2 * ColumnExporter.RowsTogether;

    private static readonly EventGet hostOfEvent = Of(EventColumns.Table, Column.Host);
    private static readonly EventGet dayOfEvent = Of(EventColumns.Table, Column.Date);
    private static readonly ConnectionGet hostOfConnection = Of(ConnectionColumns.Table, Column.Host);
    private static readonly ConnectionGet dayOfConnection = Of(ConnectionColumns.Table, Column.Date);

    private readonly Dictionary<Key, ColumnExporter> partitions = [];
    private ExportInfo? info;

    /// <inheritdoc />
    public ExportKinds Takes => kind;

    /// <inheritdoc />
    public void Begin(ExportInfo info) => this.info = info;

    /// <inheritdoc />
    public void Events(in ExportedEvents batch)
    {
        for (var rest = batch.Events; !rest.IsEmpty;)
        {
            var key = KeyOf(in rest[0], batch.Context);
            var length = 1;
            while (length < rest.Length && KeyOf(in rest[length], batch.Context) == key)
            {
                length++;
            }

            Of(key).Events(new ExportedEvents(rest[..length], batch.Context));
            rest = rest[length..];
        }

        WriteIfTooMany();
    }

    /// <inheritdoc />
    public void Connections(in ExportedConnections batch)
    {
        for (var rest = batch.Connections; !rest.IsEmpty;)
        {
            var key = KeyOf(in rest[0], batch.Context);
            var length = 1;
            while (length < rest.Length && KeyOf(in rest[length], batch.Context) == key)
            {
                length++;
            }

            Of(key).Connections(new ExportedConnections(rest[..length], batch.Context));
            rest = rest[length..];
        }

        WriteIfTooMany();
    }

    /// <inheritdoc />
    public void End()
    {
        foreach (var partition in partitions.Values)
        {
            partition.End();
        }
    }

    /// <summary>The folder of a host and a day. A host may be called anything: what a path or Hive takes for something else is written as
    /// <c>%2F</c>.</summary>
    internal static string FolderOf(string? host, int? day)
    {
        var escaped = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(host ?? ""))
        {
            escaped.Append(char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' or (byte)'.' ? (char)one : $"%{one:X2}");
        }

        var date = day is { } known
            ? DateOnly.FromDayNumber(Math.Min(known + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber, DateOnly.MaxValue.DayNumber)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : Unknown;
        return $"{Column.Host}={(escaped.Length > 0 ? escaped : Unknown)}/{Column.Date}={date}";
    }

    private static Key KeyOf(in TcpEvent e, EventContext context) => new(hostOfEvent(in e, context).Name as string, Day(dayOfEvent(in e, context)));

    private static Key KeyOf(in Connection connection, ConnectionContext context) =>
        new(hostOfConnection(in connection, context).Name as string, Day(dayOfConnection(in connection, context)));

    private static TGet Of<TGet>(ColumnTable<TGet> table, string column)
        where TGet : Delegate => table.Columns[table.Find(column)].Get!;

    private static int? Day(in FieldValue day) => day.IsKnown ? (int)day.Number : null;

    private ColumnExporter Of(Key key)
    {
        if (!partitions.TryGetValue(key, out var partition))
        {
            partition = create(FolderOf(key.Host, key.Day));
            partition.Begin(info!);
            partitions.Add(key, partition);
        }

        return partition;
    }

    /// <summary>Many hosts and days at once take no more memory than few.</summary>
    private void WriteIfTooMany()
    {
        if (partitions.Values.Sum(partition => partition.Waiting) > MostWaiting)
        {
            partitions.Values.MaxBy(partition => partition.Waiting)!.WriteWaiting();
        }
    }

    private readonly record struct Key(string? Host, int? Day);
}
