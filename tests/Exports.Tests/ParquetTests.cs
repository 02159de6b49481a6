using System.Globalization;
using DuckDB.NET.Data;
using Parquet;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Parquet;
using TraceCap.Exports.Partitions;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Exports.Tests;

/// <summary>Parquet files, read back by DuckDB and by Parquet.Net, neither of which knows what has written them.</summary>
public sealed class ParquetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private readonly DuckDBConnection connection = new("DataSource=:memory:");

    public ParquetTests() => connection.Open();

    public void Dispose()
    {
        connection.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("traffic", false)]
    [InlineData("lossy", false)]
    [InlineData("tcptracer-example", false)]
    [InlineData("traffic", true)]
    [InlineData("nginx", true)]
    [InlineData("incident", true)]
    public void DuckDB_reads_each_value_that_JSON_has(string sample, bool areConnections)
    {
        var kind = areConnections ? ExportKinds.Connections : ExportKinds.Events;
        var path = Write("all.parquet", Exported.Of("parquet", kind, sample));
        var expected = Exported.Rows(kind, sample);
        var rows = Query($"select {string.Join(", ", Columns(kind).Select(Selected))} from '{path}'");
        Assert.Equal(expected.Count, rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            var known = Columns(kind).Select((column, at) => (column.Name, Value: rows[row][at]))
                .Where(cell => cell.Value is not null && cell.Name is not (Column.Capture or Column.Date)).ToDictionary(cell => cell.Name, cell => cell.Value!);
            Assert.Equal(expected[row].OrderBy(cell => cell.Key), known.OrderBy(cell => cell.Key));
        }
    }

    [Fact]
    public void DuckDB_sees_the_types_of_the_columns()
    {
        var path = Write("types.parquet", Exported.Of("parquet", ExportKinds.Events, "traffic"));
        var types = Query($"describe select * from '{path}'").ToDictionary(row => row[0]!, row => row[1]!);
        Assert.Equal("TIMESTAMP_NS", types["time"]);
        Assert.Equal("DATE", types["date"]);
        Assert.Equal("USMALLINT", types["network_peer_port"]);
        Assert.Equal("UINTEGER", types["process_pid"]);
        Assert.Equal("UBIGINT", types["connection_id"]);
        Assert.Equal("BIGINT", types["connect_ns"]);
        Assert.Equal("VARCHAR", types["network_peer_address"]);
        Assert.Equal("capture", Query($"select distinct 'capture' from '{path}' where capture = 'traffic' and date = time::date")[0][0]);
    }

    /// <summary>Statistics let a reader pass over row groups: wrong ones lose rows.</summary>
    [Fact]
    public void Statistics_are_those_of_the_values()
    {
        var path = Write("statistics.parquet", Exported.Of("parquet", ExportKinds.Connections, "traffic"));
        var columns = Columns(ExportKinds.Connections).Where(column => column.Kind is not ColumnKind.Boolean and not ColumnKind.Timestamp).ToArray();
        var told = Query($"select path_in_schema, stats_min_value, stats_max_value, stats_null_count from parquet_metadata('{path}')").ToDictionary(row => row[0]!);
        var real = Query($"select {string.Join(", ", columns.Select(column => $"min({column.Name}), max({column.Name}), count(*) - count({column.Name})"))} from '{path}'")[0];
        Assert.Contains(columns, column => told[column.Name][1] is not null);
        for (var i = 0; i < columns.Length; i++)
        {
            var (name, least, greatest, unknown) = (columns[i].Name, real[3 * i], real[(3 * i) + 1], real[(3 * i) + 2]);
            Assert.Equal((name, unknown), (name, told[name][3]));
            Assert.True(told[name][1] is null || (told[name][1] == least && told[name][2] == greatest), $"{name}: {told[name][1]} to {told[name][2]}, not {least} to {greatest}");
        }
    }

    [Fact]
    public void Metadata_says_where_it_comes_from_and_what_is_lost()
    {
        var path = Write("metadata.parquet", Exported.Of("parquet", ExportKinds.Events, "lossy"));
        var told = Query($"select decode(key), decode(value) from parquet_kv_metadata('{path}')").ToDictionary(row => row[0]!, row => row[1]!);
        Assert.Equal("278", told["tracecap.lost"]);
        Assert.Equal("278", told["tracecap.ring_full"]);
        Assert.Equal("events", told["tracecap.table"]);
        Assert.NotEmpty(told["tracecap.host"]);
        Assert.NotEmpty(told["tracecap.kernel"]);
        Assert.Equal("test", Query($"select created_by from parquet_file_metadata('{path}')")[0][0]);
    }

    [Fact]
    public async Task Parquet_Net_reads_the_same()
    {
        var expected = Exported.Rows(ExportKinds.Events, "traffic");
        using var stream = new MemoryStream(Exported.Of("parquet", ExportKinds.Events, "traffic"));
        await using var reader = await ParquetReader.CreateAsync(stream);
        Assert.Equal(EventColumns.Table.Columns.Select(column => column.Of.Name), reader.Schema.DataFields.Select(field => field.Name));
        Assert.Equal(1, reader.RowGroupCount);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(expected.Count, group.RowCount);
        var bytes = new long?[expected.Count];
        await group.ReadAsync<long>(reader.Schema.DataFields.Single(field => field.Name == "sent_bytes"), bytes);
        Assert.Equal(expected.Select(row => row.TryGetValue("sent_bytes", out var sent) ? long.Parse(sent, CultureInfo.InvariantCulture) : (long?)null), bytes);
    }

    /// <summary>Many rows: several row groups, dictionaries of any size, runs and packed bits of any width, columns that are empty.</summary>
    [Fact]
    public void Any_rows_come_back()
    {
        var random = new Random(7);
        var events = new TcpEvent[(2 * ColumnExporter.RowsTogether) + 77];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new TcpEvent
            {
                Timestamp = (ulong)(i * 1001L),
                Type = i % 3 == 0 ? TcpEventType.Close : TcpEventType.Connect,
                IpVersion = 4,
                LocalAddress = new Address([10, 0, 0, 1]),
                PeerAddress = new Address([10, (byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(i < 1000 ? 1 : 256)]),
                PeerPort = (ushort)random.Next(ushort.MaxValue),
                Pid = (uint)random.Next(1, 20_000),
                Tid = (uint)i + 1,
                Uid = i / 5000 % 2 == 0 ? uint.MaxValue : 0,
                Connection = ulong.MaxValue - (ulong)i,
                BytesSent = (ulong)random.NextInt64(),
                Comm = new ThreadName("x"u8),
            };
        }

        var path = Path.Combine(folder, "many.parquet");
        using (var output = File.Create(path))
        {
            var exporter = new ParquetExporter(output, ExportKinds.Events, new ExportOptions { Source = new ExportSource { Capture = "many" } });
            exporter.Begin(new ExportInfo(ExportKinds.Events));
            exporter.Events(new ExportedEvents(events, new EventContext()));
            exporter.End();
        }

        Assert.Equal("3", Query($"select num_row_groups from parquet_file_metadata('{path}')")[0][0]);
        Assert.Equal([$"{events.Length}", "0"], Query($"select count(*)::varchar, count(time)::varchar from '{path}'")[0]);
        var rows = Query($"select monotonic_ns, event_name, network_peer_address, network_peer_port, process_pid, user_id, connection_id, sent_bytes from '{path}'");
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var e = ref events[i];
            Assert.Equal(
                [
                    $"{e.Timestamp}", e.Type == TcpEventType.Close ? "tcp.close" : "tcp.connect", FieldValue.Of(in e.PeerAddress, 4).AddressText(), $"{e.PeerPort}", $"{e.Pid}", $"{e.Uid}", $"{e.Connection}",
                    e.Type == TcpEventType.Close ? $"{e.BytesSent}" : null,
                ],
                rows[i]);
        }
    }

    [Fact]
    public void An_export_of_nothing_is_a_table_of_no_rows()
    {
        using var output = new MemoryStream();
        var exporter = new ParquetExporter(output, ExportKinds.Events, new ExportOptions());
        exporter.Begin(new ExportInfo(ExportKinds.Events));
        exporter.End();
        var path = Write("empty.parquet", output.ToArray());
        Assert.Equal("0", Query($"select count(*)::varchar from '{path}' where time is null")[0][0]);
    }

    [Fact]
    public void Partitions_are_read_as_host_and_date()
    {
        var streams = new List<FileStream>();
        var options = new ExportOptions();
        using var partitions = new ParquetPartitions(ExportKinds.Events, options);
        var exporter = new PartitionedExporter(ExportKinds.Events, name =>
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            streams.Add(File.Create(Path.Combine(folder, name, "part.parquet")));
            return partitions.Write(streams[^1]);
        });
        Exported.Run(exporter, ExportKinds.Events, options.Source, "traffic", "tcptracer-example", "incident");
        streams.ForEach(stream => stream.Dispose());
        var expected = Exported.Rows(ExportKinds.Events, "traffic", "tcptracer-example", "incident");
        Assert.True(streams.Count > 1);
        var hosts = Query($"select host, count(*)::varchar from read_parquet('{folder}/*/*/*.parquet', hive_partitioning = true) group by 1 order by 1 nulls last").ToDictionary(row => row[0] ?? "", row => row[1]!);
        Assert.Equal(
            expected.GroupBy(row => row.GetValueOrDefault(Column.Host, "")).ToDictionary(host => host.Key, host => host.Count().ToString(CultureInfo.InvariantCulture)),
            hosts);
        Assert.Equal("0", Query($"select count(*)::varchar from read_parquet('{folder}/*/*/*.parquet', hive_partitioning = true) where date <> time::date")[0][0]);
    }

    /// <summary>A row group of each of many hosts, one after another: what one has used, the next one uses.</summary>
    [Fact]
    public void Many_hosts_take_no_more_memory_than_few()
    {
        var events = new TcpEvent[ColumnExporter.RowsTogether];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4, Sequence = (ulong)i, Connection = (ulong)i, Duration = (ulong)i };
        }

        var options = new ExportOptions { EventFields = EventFields.Set.Parse("sequence,connection.id,connect"), Source = new ExportSource { Capture = "many" } };
        using var partitions = new ParquetPartitions(ExportKinds.Events, options);
        var exporter = new PartitionedExporter(ExportKinds.Events, _ => partitions.Write(Stream.Null));
        exporter.Begin(new ExportInfo(ExportKinds.Events));
        Add(hosts: 4);
        var few = GC.GetTotalMemory(forceFullCollection: true);
        Add(hosts: 32);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, few + (16 << 20));
        exporter.End();

        void Add(int hosts)
        {
            for (var number = 0; number < hosts; number++)
            {
                exporter.Events(new ExportedEvents(events, new EventContext { Header = new CaptureHeader { Host = $"{hosts}-{number}" }, Clock = new ClockAnchor(0, 0, 0) }));
            }
        }
    }

    /// <summary>A host may be called anything.</summary>
    [Theory]
    [InlineData("web-1.example", "host=web-1.example/date=1970-01-02")]
    [InlineData("../../etc/x y=%", "host=..%2F..%2Fetc%2Fx%20y%3D%25/date=1970-01-02")]
    [InlineData(null, "host=__HIVE_DEFAULT_PARTITION__/date=1970-01-02")]
    public void No_host_leads_out_of_the_folder(string? host, string expected) => Assert.Equal(expected, PartitionedExporter.FolderOf(host, 1));

    private static IEnumerable<Column> Columns(ExportKinds kind) =>
        kind == ExportKinds.Events ? EventColumns.Table.Columns.Select(column => column.Of) : ConnectionColumns.Table.Columns.Select(column => column.Of);

    private static string Selected(Column column) => column.Kind == ColumnKind.Timestamp ? $"epoch_ns({column.Name})" : column.Name;

    private List<string?[]> Query(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"select columns(*)::varchar from ({sql})";
        if (sql.StartsWith("describe", StringComparison.Ordinal))
        {
            command.CommandText = sql;
        }

        using var reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(at => reader.IsDBNull(at) ? null : reader.GetValue(at).ToString())]);
        }

        return rows;
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
