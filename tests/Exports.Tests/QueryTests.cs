using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Exports.DuckDb;
using TraceCap.Exports.Schema;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.Tests;

/// <summary>SQL over captures, against the same question asked of the captures by hand.</summary>
public sealed class QueryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Samples => ["traffic", "nginx", "lossy", "incident", "tcptracer-example"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Each_column_of_events_is_what_its_field_is(string sample) => CheckColumns(SampleCaptures.Path(sample));

    /// <summary>There a task of one number may be of several hosts.</summary>
    [Fact]
    public void Each_column_of_a_merged_capture_is_what_its_field_is()
    {
        var path = Path.Combine(folder, "merged.tcap");
        using (var output = File.Create(path))
        {
            string[] samples = ["nginx", "incident", "traffic", "ends"];
            Assert.True(new CaptureMerge([.. samples.Select(sample => new MergeInput(sample, () => SampleCaptures.Open(sample)))], "test", () => new MemoryStream()).Run(output));
        }

        CheckColumns(path);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Connections_are_what_their_fields_are(string sample)
    {
        using var file = SampleCaptures.Open(sample);
        var sink = new Collected(SampleCaptures.Path(sample));
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        feed.Read(new EventStream(CaptureReader.Open(file)));
        feed.End();
        using var session = new QuerySession(SampleCaptures.Path(sample));
        Assert.Equal(sink.Rows, session.Rows("SELECT * FROM connections"));
        Assert.Equal(sink.Rows.Count.ToString(CultureInfo.InvariantCulture), session.One("SELECT count(*) FROM connections"));
    }

    [Theory]
    [InlineData("type => 'C'", "event_name = 'tcp.connect'")]
    [InlineData("port => 18080", "network_local_port = 18080 OR network_peer_port = 18080")]
    [InlineData("port => [18080, 9]", "network_local_port IN (9, 18080) OR network_peer_port IN (9, 18080)")]
    [InlineData("port => 1", "false")]
    [InlineData("addr => '127.0.0.0/8'", "network_local_address LIKE '127.%' OR network_peer_address LIKE '127.%'")]
    [InlineData("comm => 'wrk'", "thread_name = 'wrk'")]
    [InlineData("uid => 0", "user_id = 0")]
    [InlineData("\"from\" => 0.1, \"to\" => 0.2", "monotonic_ns BETWEEN b + 100000000 AND b + 199999999")]
    [InlineData("\"from\" => TIMESTAMP '2000-01-01 00:00:00'", "true")]
    public void Arguments_choose_what_conditions_choose(string arguments, string condition)
    {
        using var session = new QuerySession(SampleCaptures.Path("nginx"));
        using var file = SampleCaptures.Open("nginx");
        var reader = new CaptureReader(file);
        while (reader.Read() && reader.Known.Begin is null)
        {
            // Where time begins is told by the first blocks.
        }

        condition = condition.Replace("b +", $"{reader.Known.Begin} +", StringComparison.Ordinal);
        Assert.Equal(session.One($"SELECT count(*) FROM events WHERE {condition}"), session.One($"SELECT count(*) FROM events({arguments})"));
        Assert.Equal(
            session.Rows($"SELECT sequence, cpu_logical_number FROM events WHERE {condition} ORDER BY ALL"),
            session.Rows($"SELECT sequence, cpu_logical_number FROM events({arguments}) ORDER BY ALL"));
    }

    [Theory]
    [InlineData("events(type => 'Q')", "'Q'")]
    [InlineData("events(port => 'x')", "'x'")]
    [InlineData("connections(min => 'soon')", "'soon'")]
    [InlineData("events('none.tcap')", "none.tcap")]
    [InlineData("events('*.none')", "*.none: no file matches")]
    [InlineData("'none.tcap'", "none.tcap")]
    public void What_is_wrong_is_said(string table, string what)
    {
        using var session = new QuerySession(SampleCaptures.Path("nginx"));
        var error = Assert.ThrowsAny<Exception>(() => session.One($"SELECT count(*) FROM {table}"));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_captures_a_table_says_that_none_is_named()
    {
        using var session = new QuerySession();
        foreach (var table in new[] { "events()", "events", "Connections", "captures AS c", "(SELECT * FROM losses)" })
        {
            var error = Assert.Throws<SqlException>(() => session.One($"SELECT count(*) FROM {table}"));
            Assert.Contains("no capture is named; name one here, such as ", error.Message, StringComparison.Ordinal);
            Assert.True(error.IsUsage);
        }

        Assert.Equal("8", session.One($"SELECT count(*) FROM '{SampleCaptures.Path("tcptracer-example")}'"));
        Assert.Equal("4", session.One($"SELECT count(*) FROM connections(['{SampleCaptures.Path("tcptracer-example")}'])"));
    }

    [Fact]
    public void A_hundred_captures_are_read_at_once()
    {
        var bytes = File.ReadAllBytes(SampleCaptures.Path("traffic"));
        for (var i = 0; i < 100; i++)
        {
            File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"host{i % 7}")).FullName, $"{i}.tcap"), bytes);
        }

        using var one = new QuerySession(SampleCaptures.Path("traffic"));
        using var all = new QuerySession(Path.Combine(folder, "**", "*.tcap"));
        const string Question = "SELECT event_name, count(*), sum(sent_bytes), count(DISTINCT thread_name) FROM events GROUP BY ALL ORDER BY ALL";
        Assert.Equal(
            one.Rows(Question).Select(row => new[] { row[0], Times100(row[1]), Times100(row[2]), row[3] }),
            all.Rows(Question));
        Assert.Equal("100", all.One("SELECT count(DISTINCT capture) FROM events"));
        Assert.Equal(100, all.Ended.Select(ended => ended.Name).Distinct().Count());
        Assert.Equal("100", all.One("SELECT count(*) FROM captures"));

        static string? Times100(string? number) => number is null ? null : (Int128.Parse(number, CultureInfo.InvariantCulture) * 100).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What is open when a recording ends is handed on when the next capture begins, and is of the one before.</summary>
    [Fact]
    public void Connections_are_of_the_capture_that_they_end_in()
    {
        // Each of another boot: of one boot, a connection is of the last capture that has something of it.
        string[] samples = ["nginx", "tcptracer-example", "ends"];
        using var all = new QuerySession([.. samples.Select(SampleCaptures.Path)]);
        var counted = all.Rows("SELECT capture, count(*), count(*) FILTER (WHERE ending = 'open') FROM connections GROUP BY ALL ORDER BY ALL");
        Assert.Equal(
            samples.Order(StringComparer.Ordinal).Select(sample =>
            {
                using var one = new QuerySession(SampleCaptures.Path(sample));
                return one.Rows("SELECT capture, count(*), count(*) FILTER (WHERE ending = 'open') FROM connections GROUP BY ALL")[0];
            }),
            counted);
    }

    [Fact]
    public void What_is_cut_off_or_damaged_is_told_and_is_in_losses()
    {
        var bytes = File.ReadAllBytes(SampleCaptures.Path("nginx"));
        var cut = Path.Combine(folder, "cut.tcap");
        File.WriteAllBytes(cut, bytes[..(bytes.Length * 3 / 4)]);
        var damaged = Path.Combine(folder, "damaged.tcap");
        var middle = MiddleOfFirstChunk(bytes);
        bytes[middle] ^= 0xff;
        File.WriteAllBytes(damaged, bytes);

        using var session = new QuerySession(cut, damaged);
        var counts = session.Rows("SELECT capture, count(*) FROM events GROUP BY ALL");
        Assert.Equal(2, counts.Length);
        Assert.All(counts, row => Assert.Equal(Events(row[0]!), int.Parse(row[1]!, CultureInfo.InvariantCulture)));
        Assert.Contains(session.Ended, ended => ended.Name == cut && ended.Truncated == 1);
        Assert.Contains(session.Ended, ended => ended.Name == damaged && ended.Damage > 0);
        Assert.Equal("1", session.One($"SELECT count(*) FROM losses('{damaged}') WHERE damaged"));
    }

    [Fact]
    public async Task A_query_that_runs_can_be_ended()
    {
        using var session = new QuerySession(SampleCaptures.Path("nginx"));
        var begun = new ManualResetEventSlim();
        var ending = Task.Run(() =>
        {
            begun.Wait(TestContext.Current.CancellationToken);
            session.Sql.Interrupt();
        }, TestContext.Current.CancellationToken);
        using (var result = session.Sql.Run("SELECT a.sequence FROM events a, events b, events c, events d"))
        {
            Assert.Throws<OperationCanceledException>(() =>
            {
                foreach (var _ in result!.Table.Rows)
                {
                    begun.Set();
                }
            });
        }

        await ending;
        Assert.Equal("1", session.One("SELECT 1"));
    }

    /// <summary>Each column alone, so that nothing but its own parts is decoded; then all at once, and those that a filter lets through.</summary>
    private static void CheckColumns(string path)
    {
        var expected = EventColumns.Table.Columns.Select(_ => new List<string?>()).ToArray();
        var isChosen = new List<bool>();
        using var file = File.OpenRead(path);
        var reader = new CaptureReader(file);
        while (reader.Read())
        {
            for (var events = reader.Events; !events.IsEmpty;)
            {
                var context = reader.Known.TakeRun(ref events, out var run);
                foreach (ref readonly var one in run)
                {
                    isChosen.Add(one.Type is TcpEventType.Connect or TcpEventType.Close);
                    for (var i = 0; i < expected.Length; i++)
                    {
                        var column = EventColumns.Table.Columns[i];
                        var value = column.Get is { } get ? get(in one, context) : FieldValue.Of(path);
                        expected[i].Add(column.Of.Has(in value) ? Text(column.Of, in value) : null);
                    }
                }
            }
        }

        using var session = new QuerySession(path);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Order(StringComparer.Ordinal), session.Rows($"SELECT {EventColumns.Table.Columns[i].Of.Name} FROM events").Select(row => row[0]).Order(StringComparer.Ordinal));
        }

        var rows = Enumerable.Range(0, isChosen.Count).Select(row => string.Join('|', expected.Select(column => column[row] ?? "NULL"))).ToArray();
        Assert.Equal(rows.Order(StringComparer.Ordinal), Sorted("events"));
        Assert.Equal(rows.Where((_, row) => isChosen[row]).Order(StringComparer.Ordinal), Sorted("events(type => 'CX')"));

        // Several threads read, so the order is none.
        IEnumerable<string> Sorted(string table) =>
            session.Rows($"SELECT * FROM {table}").Select(row => string.Join('|', row.Select(value => value ?? "NULL"))).Order(StringComparer.Ordinal);
    }

    private static string Text(Column column, in FieldValue value) => column.Kind switch
    {
        ColumnKind.Date => SqlTime.Day((long)value.Number),
        ColumnKind.Int64 => Math.Min(value.Number, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => column.Type.Text(in value),
    };

    private static int MiddleOfFirstChunk(byte[] capture)
    {
        var blocks = new BlockReader(new MemoryStream(capture));
        while (blocks.Read() && blocks.Header.Kind != BlockKind.Chunk)
        {
            // A chunk comes.
        }

        return (int)blocks.Offset + (blocks.Length / 2);
    }

    private static int Events(string path)
    {
        using var file = File.OpenRead(path);
        var reader = new CaptureReader(file);
        var events = 0;
        while (reader.Read())
        {
            events += reader.Events.Length;
        }

        return events;
    }

    private sealed class Collected(string capture) : IConnectionSink
    {
        private ConnectionContext? context;

        internal List<string?[]> Rows { get; } = [];

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            context = ConnectionContext.Of(recording, context);
            foreach (ref readonly var one in connections)
            {
                var row = new string?[ConnectionColumns.Table.Columns.Count];
                for (var i = 0; i < row.Length; i++)
                {
                    var column = ConnectionColumns.Table.Columns[i];
                    var value = column.Get is { } get ? get(in one, context) : FieldValue.Of(capture);
                    row[i] = column.Of.Has(in value) ? Text(column.Of, in value) : null;
                }

                Rows.Add(row);
            }
        }
    }
}
