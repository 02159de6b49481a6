using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests.Exporters;

/// <summary>What an event and its connection both have is the same text in both.</summary>
public sealed class JsonAlikeTests
{
    private const string Hostile = "/system.slice/a\"<b>é\u202e.service";

    private static readonly byte[] name = [(byte)'a', 0xff, (byte)'"', 0x1b, 0xe2, 0x80, 0xae, (byte)'<'];

    private static readonly TcpEvent connect = new()
    {
        Timestamp = 10,
        Type = TcpEventType.Connect,
        Connection = (1ul << MergedHost.ConnectionShift) + 7,
        IpVersion = 6,
        LocalAddress = new Address([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        LocalPort = 40_000,
        PeerPort = 443,
        Pid = 3,
        Tid = 4,
        Uid = 5,
        Comm = new ThreadName(name),
        Netns = 6,
        Mntns = 7,
        Cgroup = 8,
        Duration = 9,
    };

    [Fact]
    public void A_connect_is_told_alike()
    {
        var failed = connect with { Type = TcpEventType.ConnectFailed };
        Assert.Equal(
            [
                "connect_ns", "connection.id", "host.name", "linux.cgroup.id", "linux.cgroup.path", "linux.mntns", "linux.netns", "linux.netns.name",
                "network.local.address", "network.local.port", "network.peer.address", "network.peer.port", "network.type", "process.pid",
                "systemd.unit", "thread.id", "thread.name", "thread.name.bytes", "user.id",
            ],
            AssertAlike(connect).Order(StringComparer.Ordinal));
        Assert.Superset(new HashSet<string> { "error.number", "error.type" }, AssertAlike(failed));
        Assert.Superset(new HashSet<string> { "error.number", "error.type" }, AssertAlike(failed with { Error = 111 }));
    }

    [Fact]
    public void So_is_a_close() => Assert.Superset(
        new HashSet<string>
        {
            "network.connection.state", "sent_bytes", "acked_bytes", "received_bytes", "sent_segments", "received_segments", "retransmits", "smoothed_rtt_us",
        },
        AssertAlike(connect with
        {
            Type = TcpEventType.Close,
            State = 8,
            Duration = 0,
            BytesSent = 10,
            BytesAcked = 11,
            BytesReceived = 1ul << 60,
            SegmentsSent = 12,
            SegmentsReceived = 13,
            Retransmits = 14,
            SmoothedRtt = 15,
        }));

    [Fact]
    public void Of_merged_hosts_each_event_and_each_connection_names_its_own()
    {
        Assert.Equal("\"b\"", Line(ExportKinds.Events, connect)["host.name"]);
        Assert.Equal("\"b\"", Line(ExportKinds.Connections, connect)["host.name"]);
        var first = connect with { Connection = 7 };
        Assert.Equal("\"a\"", Line(ExportKinds.Events, first)["host.name"]);
        Assert.Equal("\"a\"", Line(ExportKinds.Connections, first)["host.name"]);
        var unknown = connect with { Connection = 0 };
        Assert.DoesNotContain("host.name", Line(ExportKinds.Events, unknown));
        Assert.DoesNotContain("host.name", Line(ExportKinds.Connections, unknown));
    }

    /// <summary>What both have in common, which is the same.</summary>
    private static HashSet<string> AssertAlike(TcpEvent e)
    {
        var (one, connection) = (Line(ExportKinds.Events, e), Line(ExportKinds.Connections, e));
        var both = one.Keys.Intersect(connection.Keys).ToHashSet();
        Assert.Equal(both.Select(key => (key, one[key])), both.Select(key => (key, connection[key])));
        return both;
    }

    private static Dictionary<string, string> Line(ExportKinds kind, TcpEvent e)
    {
        using var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader
        {
            Host = "a, b",
            Hosts = [new MergedHost("a", "", "", "", 0), new MergedHost("b", "", "", "", 0)],
        });
        ushort host = e.Connection >> MergedHost.ConnectionShift == 1 ? (ushort)1 : (ushort)0;
        writer.WriteContext(new CaptureContext { Cgroups = [new NamedId(8, Hostile, host)], NetworkNamespaces = [new NamedId(6, "blue<é", host)] });
        writer.Append(in e);
        writer.Complete("end of test", null);
        capture.Position = 0;

        using var text = new MemoryStream();
        var exporter = ExportFormat.Of(kind, "ndjson").Create(text, new ExportOptions());
        if (kind == ExportKinds.Events)
        {
            using var events = new EventPipeline(exporter, new CaptureFilter(new EventFilter()));
            events.Run(new EventStream(CaptureReader.Open(capture)), _ => { });
        }
        else
        {
            using var connections = new ConnectionPipeline(exporter);
            ConnectionFeed.ReadAll(capture, connections);
        }

        var line = Assert.Single(Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return JsonDocument.Parse(line).RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetRawText());
    }
}
