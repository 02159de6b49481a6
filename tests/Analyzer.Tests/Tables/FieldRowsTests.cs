using System.Text;
using System.Text.Json;
using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Tests.Tables;

/// <summary>The fields of events and connections, in tables.</summary>
public sealed class FieldRowsTests
{
    public static TheoryData<string> Captures => [.. Directory.GetFiles(Repository.File("samples/captures"), "*.tcap")];

    [Fact]
    public void Every_field_of_any_event_can_be_read_and_written() => AnyEvent.Any.Sample(e =>
    {
        foreach (var field in EventFields.Set.All)
        {
            AssertReadable(field.Field, field.Get(in e, new EventContext()));
        }
    });

    [Fact]
    public void Every_field_of_any_connection_can_be_read_and_written() => Gen.Select(AnyEvent.Valid, Gen.Enum<ConnectionEnding>(), Gen.Enum<ConnectionRole>(), Gen.Bool).Sample(
        (e, ending, role, has) =>
        {
            var task = new EventTask { Pid = e.Pid, Tid = e.Tid, Uid = e.Uid, Cgroup = e.Cgroup, Mntns = e.Mntns, Comm = e.Comm };
            var connection = new Connection
            {
                Id = e.Connection,
                Opened = e.Timestamp,
                Ended = e.Duration,
                Ending = ending,
                Role = role,
                HasOpener = has,
                HasCloser = !has,
                IsJoined = has,
                Opener = task,
                Closer = task,
                PeerOwner = task,
                LocalAddress = e.LocalAddress,
                PeerAddress = e.PeerAddress,
                IpVersion = e.IpVersion,
                State = e.State,
                Error = e.Error,
                BytesSent = e.BytesSent,
                BytesAcked = e.BytesAcked,
                BytesReceived = e.BytesReceived,
            };
            foreach (var field in ConnectionFields.Set.All)
            {
                AssertReadable(field.Field, field.Get(in connection, ConnectionContext.Of(Ends.Recording)));
            }
        });

    /// <summary>What <c>--json</c> says under a name, a table says under it too.</summary>
    [Theory]
    [MemberData(nameof(Captures))]
    public void A_field_has_the_value_that_json_has(string capture)
    {
        foreach (var kind in new[] { ExportKinds.Events, ExportKinds.Connections })
        {
            var all = new ExportOptions { EventFields = EventFields.Set.All, ConnectionFields = ConnectionFields.Set.All };
            var (lines, rows) = (Objects(Print(kind, "ndjson", capture)), Objects(Print(kind, "ndjson", capture, all)));
            Assert.Equal(lines.Count, rows.Count);
            Assert.NotEmpty(lines);
            // Fields that are not in JSON have names that are not there.
            foreach (var (line, row) in lines.Zip(rows))
            {
                // A number of no meaning is absent from tables; what a recording has of its host JSON has of merged ones only.
                Assert.All(line, one => Assert.True(
                    one.Value == "0" || (one.Key.EndsWith("thread.name.bytes", StringComparison.Ordinal) && !row.ContainsKey(one.Key)) || (row.TryGetValue(one.Key, out var value) && value == one.Value),
                    $"{one.Key}: {one.Value} is {row.GetValueOrDefault(one.Key)}"));
            }
        }
    }

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("table")]
    [InlineData("markdown")]
    public void Several_threads_write_what_one_does(string format)
    {
        var capture = Repository.File("samples/captures/nginx.tcap");
        var chosen = new ExportOptions { EventFields = EventFields.Set.Parse("monotonic,type,comm,peer,retransmits") };
        Assert.Equal(Print(ExportKinds.Events, format, capture, chosen), Print(ExportKinds.Events, format, capture, chosen, threads: 4));
        Assert.Equal(Print(ExportKinds.Events, format, capture), Print(ExportKinds.Events, format, capture, threads: 4));
    }

    [Fact]
    public void An_array_of_json_is_closed_even_if_there_is_nothing_in_it()
    {
        var capture = Repository.File("samples/captures/traffic.tcap");
        var nothing = new CaptureFilter(new EventFilter { Pids = [1] });
        Assert.Equal("[\n]\n", Print(ExportKinds.Events, "json", capture, filter: nothing));
        using var events = JsonDocument.Parse(Print(ExportKinds.Events, "json", capture));
        using var connections = JsonDocument.Parse(Print(ExportKinds.Connections, "json", capture));
        Assert.Equal(Objects(Print(ExportKinds.Events, "ndjson", capture)).Count, events.RootElement.GetArrayLength());
        Assert.Equal(Objects(Print(ExportKinds.Connections, "ndjson", capture)).Count, connections.RootElement.GetArrayLength());
    }

    [Theory]
    [InlineData("nam", "there is no field 'nam' of events; tracecap fields lists those there are")]
    [InlineData("time,retransmit", "there is no field 'retransmit'; did you mean retransmits?")]
    [InlineData("addr", "'addr' stands for several fields; expected one of local, peer")]
    [InlineData("", "there is no field '' of events; tracecap fields lists those there are")]
    public void What_is_no_field_is_told(string names, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => EventFields.Set.Parse(names)).Message);

    private static void AssertReadable(Field field, FieldValue value)
    {
        if (!value.IsKnown || !field.Type.Has(in value))
        {
            return;
        }

        var text = field.Type.Text(in value);
        var room = new byte[4096];
        Assert.True(field.Type.TryWrite(room, in value, out var length));
        Assert.Equal(text, Encoding.UTF8.GetString(room, 0, length));
        Assert.False(length > 0 && field.Type.TryWrite(room.AsSpan(0, 0), in value, out _));
        // Control characters, and those that change the direction of text.
        Assert.DoesNotContain(field.Type.TextForPeople(in value), letter => char.IsControl(letter) || letter is '\u2028' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
        var key = field.Type.KeyOf(in value);
        Assert.Equal(text, field.Type.Text(in key));
        Assert.Equal(0, field.Type.Compare(in value, in value));
    }

    private static string Print(ExportKinds kind, string format, string capture, ExportOptions? options = null, int threads = 1, CaptureFilter? filter = null)
    {
        using var text = new MemoryStream();
        var exporter = ExportFormat.Of(kind, format).Create(text, options ?? new ExportOptions());
        using var file = File.OpenRead(capture);
        if (kind == ExportKinds.Events)
        {
            using var events = new EventPipeline(exporter, filter ?? CaptureFilter.All);
            events.Run(new EventStream(CaptureReader.Open(file)), _ => { }, threads);
        }
        else
        {
            using var connections = new ConnectionPipeline(exporter);
            ConnectionFeed.ReadAll(file, connections);
            connections.End();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static List<Dictionary<string, string>> Objects(string lines) =>
    [
        .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var one = JsonDocument.Parse(line);
            return one.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ToString());
        }),
    ];
}
