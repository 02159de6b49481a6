using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Exports.Pcapng;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Tests.Pcapng;

/// <summary>What tshark and capinfos see in a file is what <c>lifetimes --json</c> has.</summary>
public sealed class PcapngTests
{
    // The columns of tshark, in the order in which Packet has them.
    private static readonly string[] columns =
    [
        "frame.time_epoch", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "tcp.len", "tcp.flags", "frame.interface_name",
        "ip.checksum.status", "tcp.checksum.status", "_ws.malformed", "tcp.analysis.flags", "frame.comment",
    ];

    public static TheoryData<string> Samples => ["traffic", "nginx", "lossy", "incident", "tcptracer-example"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Each_connection_is_one_of_tshark_with_its_times_and_bytes(string sample)
    {
        var file = ConnectionExport.Sample(sample);
        var output = new MemoryStream();
        var log = new Connections();
        ConnectionExport.To(log, null, file);
        ConnectionExport.To(new PcapngExporter(output), null, file);
        var streams = Packets(output.ToArray()).GroupBy(packet => packet.Stream).Select(Seen).ToArray();
        Assert.NotEmpty(streams);
        Assert.Equal(log.Expected.Order(StringComparer.Ordinal), streams.Order(StringComparer.Ordinal));
    }

    /// <summary>tshark's own table has each pair of endpoints once, with the time from its first to its last packet.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void The_table_of_conversations_has_all_endpoints(string sample)
    {
        var file = ConnectionExport.Sample(sample);
        var output = new MemoryStream();
        ConnectionExport.To(new PcapngExporter(output), null, file);
        var rows = Tshark(output.ToArray(), "-n", "-q", "-z", "conv,tcp").Split('\n').Where(line => line.Contains("<->", StringComparison.Ordinal)).ToArray();
        var ends = ConnectionExport.Json(null, file).Select(line => string.Join(" ", new[] { End(line, "local"), End(line, "peer") }.Order(StringComparer.Ordinal))).Distinct().ToArray();
        Assert.Equal(ends.Order(StringComparer.Ordinal), rows.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries) is var words
            ? string.Join(" ", new[] { words[0], words[2] }.Order(StringComparer.Ordinal)) : "").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Packets_are_sound_in_order_and_said_to_be_synthesised(string sample)
    {
        var output = new MemoryStream();
        ConnectionExport.To(new PcapngExporter(output), null, ConnectionExport.Sample(sample));
        var packets = Packets(output.ToArray());
        Assert.All(packets, packet =>
        {
            Assert.Equal("", packet.Malformed);
            Assert.Contains(packet.IpChecksum, new[] { "", "1" });
            // That of a packet which is not all there cannot be told.
            Assert.Equal(packet.Length > 0 ? "2" : "1", packet.TcpChecksum);
            Assert.StartsWith("synthesised: ", packet.Comment, StringComparison.Ordinal);
        });
        Assert.Equal(packets.Select(packet => packet.Time).Order(), packets.Select(packet => packet.Time));
        var info = Capinfos(output.ToArray());
        Assert.Contains("Strict time order:   True", info);
        Assert.Contains("nanoseconds (9)", info);
        Assert.Contains($"Number of packets:   {Count(packets.Count)}", info);
        Assert.Contains("Synthesised: no packet of this file was captured", info);
    }

    [Fact]
    public void What_was_lost_is_said_of_the_file_and_counted_for_its_interface()
    {
        var file = ConnectionExport.Sample("lossy");
        var output = new MemoryStream();
        var recording = ConnectionExport.To(new PcapngExporter(output), null, file).Single();
        var info = Capinfos(output.ToArray());
        Assert.Contains("Events were lost, so that connections may be wrong or missing", info);
        Assert.Contains(recording.LossCounters.Lost.ToString("N0", CultureInfo.InvariantCulture), info);
        Assert.Contains($"Number of stat entries = 1", info);
        var clean = new MemoryStream();
        ConnectionExport.To(new PcapngExporter(clean), null, ConnectionExport.Sample("traffic"));
        Assert.DoesNotContain("were lost", Capinfos(clean.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_hosts_are_several_interfaces()
    {
        var files = new[] { ConnectionExport.Sample("incident"), ConnectionExport.Sample("nginx") };
        var output = new MemoryStream();
        ConnectionExport.To(new PcapngExporter(output), null, files);
        Assert.Contains("Number of interfaces in file: 2", Capinfos(output.ToArray()));
    }

    [Fact]
    public void A_connection_within_the_host_is_there_once_also_if_only_some_are_wanted()
    {
        var file = ConnectionExport.Sample("nginx");
        foreach (var (asked, role) in new[] { ("", "client"), ("--min 1ns", "client"), ("--where \"role == client\"", "client"), ("--where \"role == server\"", "server") })
        {
            var output = new MemoryStream();
            ConnectionExport.To(new PcapngExporter(output), ConnectionFilter.Parse(asked), file);
            var expected = ConnectionExport.Json(ConnectionFilter.Parse($"--where \"role == {role}\""), file).Count;
            Assert.Equal((asked, expected), (asked, Packets(output.ToArray()).Count(packet => packet.Flags == 0x002)));
        }
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(4, 65_495)]
    [InlineData(4, 65_496)]
    [InlineData(4, 5_000_000_000)]
    [InlineData(6, 65_515)]
    [InlineData(6, 65_516)]
    [InlineData(6, 5_000_000_000)]
    public void Bytes_are_exact_also_of_more_than_a_packet_has_room_for(int version, ulong bytes)
    {
        var connection = Ends.Client("curl", "10.0.0.2", 80, 1_000_000_000, 2_000_000_000) with { BytesSent = bytes, BytesAcked = bytes + 1, BytesReceived = 7, State = 1 };
        if (version == 6)
        {
            connection = connection with { IpVersion = 6, LocalAddress = new Address(IPAddress.Parse("fd00::1")), PeerAddress = new Address(IPAddress.Parse("fd00::2")) };
        }

        var packets = Packets(Write(connection));
        Assert.All(packets, packet => Assert.Equal(("", ""), (packet.Malformed, packet.Analysis)));
        Assert.Single(packets.Select(packet => packet.Stream).Distinct());
        Assert.Equal(bytes, packets.Where(packet => packet.SourcePort == 40_000).Aggregate(0ul, (sum, packet) => sum + packet.Length));
        Assert.Equal(7ul, packets.Where(packet => packet.SourcePort == 80).Aggregate(0ul, (sum, packet) => sum + packet.Length));
    }

    [Fact]
    public void An_ipv4_mapped_connection_is_of_ipv4()
    {
        var connection = Ends.Client("curl", "10.0.0.2", 80, 1_000, 2_000) with
        {
            IpVersion = 6,
            LocalAddress = new Address(IPAddress.Parse("::ffff:10.0.0.1")),
            PeerAddress = new Address(IPAddress.Parse("::ffff:10.0.0.2")),
        };
        Assert.All(Packets(Write(connection)), packet => Assert.Contains(packet.Source, new[] { "10.0.0.1", "10.0.0.2" }));
    }

    [Fact]
    public void How_it_ended_shows_in_flags()
    {
        Assert.Equal("S SA A FA A", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000)));
        Assert.Equal("S SA A A", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000).StillOpen()));
        Assert.Equal("S RA", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000).FailedWith(111)));
        Assert.Equal("S", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000).FailedWith(110)));
        Assert.Equal("S SA A FA FA A", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000) with { HasEnd = true, EndedBy = TcpEnd.Closed, EndState = 5 }));
        Assert.Equal("S SA A FA FA A", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000) with { HasEnd = true, EndedBy = TcpEnd.Closed, EndState = 9 }));
        Assert.Equal("S SA A RA", FlagsOf(Ends.Client("a", "10.0.0.2", 80, 5_000, 5_000) with { HasEnd = true, EndedBy = TcpEnd.ResetSent, Ending = ConnectionEnding.Reset }));

        static string FlagsOf(Connection connection) => string.Join(' ', Packets(Write(connection)).Select(packet =>
            string.Concat("FSRPA".Where((_, bit) => (packet.Flags & (1 << bit)) != 0).OrderBy(letter => "SRFPA".IndexOf(letter, StringComparison.Ordinal)))));
    }

    [Fact]
    public void No_name_breaks_a_comment()
    {
        var connection = Ends.Client("curl", "10.0.0.2", 80, 1_000, 2_000);
        connection.Opener.Comm = new ThreadName(Encoding.Latin1.GetBytes("\xff\n\x1b[31m\""));
        Assert.All(Packets(Write(connection)), packet => Assert.EndsWith("; \ufffd\\u000a\\u001b[31m\" (pid 1, uid 0)", packet.Comment, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_a_file_as_well()
    {
        var output = new MemoryStream();
        ConnectionExport.To(new PcapngExporter(output), ConnectionFilter.Parse("--port 1"), ConnectionExport.Sample("traffic"));
        Assert.Contains("Number of packets:   0", Capinfos(output.ToArray()));
    }

    private static string Count(int number) => number >= 10_000 ? $"{number / 1000} k" : $"{number}";

    private static byte[] Write(params Connection[] connections)
    {
        var output = new MemoryStream();
        using var pipeline = new ConnectionPipeline(new PcapngExporter(output));
        pipeline.Take(connections, Ends.Recording);
        pipeline.End([Ends.Recording]);
        pipeline.End();
        return output.ToArray();
    }

    private static string Tshark(byte[] file, params string[] arguments) => ConnectionExport.Run("tshark", file, ["-r", "-", .. arguments]);

    private static string Capinfos(byte[] file)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            return ConnectionExport.Run("capinfos", [], path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<Packet> Packets(byte[] file) =>
        [.. Tshark(file, ["-n", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields", .. columns.SelectMany(column => new[] { "-e", column })]).Split('\n')[..^1].Select(Packet.Parse)];

    /// <summary>A stream as tshark has it, in a line.</summary>
    private static string Seen(IGrouping<int, Packet> stream)
    {
        var sides = stream.SelectMany(packet => new[] { (packet.Source, packet.SourcePort), (packet.Destination, packet.DestinationPort) }).Distinct().ToArray();
        Assert.InRange(sides.Length, 1, 2);
        return Line(
            stream.Min(packet => packet.Time), stream.Max(packet => packet.Time),
            sides.Select(side => (End: $"{side.Item1} {side.Item2}", Bytes: stream.Where(packet => (packet.Source, packet.SourcePort) == side).Aggregate(0ul, (sum, packet) => sum + packet.Length))));
    }

    private static string Line(ulong from, ulong to, IEnumerable<(string End, ulong Bytes)> sides) =>
        $"{from} {to} {string.Join(" <-> ", sides.OrderBy(side => side.End, StringComparer.Ordinal).Select(side => $"{side.End} {side.Bytes}"))}";

    private static string End(JsonElement line, string which)
    {
        var address = IPAddress.Parse(line.GetProperty($"network.{which}.address").GetString()!);
        return $"{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}:{line.GetProperty($"network.{which}.port")}";
    }

    private sealed record Packet(
        ulong Time, int Stream, string Source, int SourcePort, string Destination, int DestinationPort, ulong Length, int Flags, string Interface,
        string IpChecksum, string TcpChecksum, string Malformed, string Analysis, string Comment)
    {
        internal static Packet Parse(string line)
        {
            var parts = line.Split('\t');
            var time = parts[0].Split('.');
            return new Packet(
                (ulong.Parse(time[0], CultureInfo.InvariantCulture) * 1_000_000_000) + ulong.Parse(time[1], CultureInfo.InvariantCulture),
                Int(parts[1]), parts[2] + parts[3], Int(parts[4]), parts[5] + parts[6], Int(parts[7]), ulong.Parse(parts[8], CultureInfo.InvariantCulture),
                Convert.ToInt32(parts[9], 16), parts[10], parts[11], parts[12], parts[13], parts[14], parts[15]);
        }

        private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>What tshark is to see of connections.</summary>
    private sealed class Connections : IExporter
    {
        private readonly List<(ulong Start, string Local, string Peer, bool IsJoined, string Line)> rows = [];

        /// <summary>Of both ends within the host the one that began first.</summary>
        internal IEnumerable<string> Expected
        {
            get
            {
                var shown = new List<(string Local, string Peer)>();
                foreach (var row in rows.OrderBy(row => row.Start))
                {
                    if (!row.IsJoined || !shown.Remove((row.Peer, row.Local)))
                    {
                        shown.Add((row.Local, row.Peer));
                        yield return row.Line;
                    }
                }
            }
        }

        public ExportKinds Takes => ExportKinds.Connections;

        public void Begin(ExportInfo info)
        {
        }

        void IExporter.Connections(in ExportedConnections batch)
        {
            foreach (ref readonly var one in batch.Connections)
            {
                var start = one.Opened - (one is { Role: ConnectionRole.Client, IsPreexisting: false } && one.Ending != ConnectionEnding.Failed ? one.ConnectTime : 0);
                // Of a connect that nobody answered there is but its beginning.
                var end = one.IsConnecting || (one.Ending == ConnectionEnding.Failed && one.Error is not (104 or 111)) ? start : Math.Max(one.Ended, one.Opened);
                var (sent, received) = one.HasCounters && one.Ending != ConnectionEnding.Failed ? (one.PayloadSent, one.PayloadReceived) : (0, 0);
                var (local, peer) = ($"{Plain(one.LocalAddress, one.IpVersion)} {one.LocalPort}", $"{Plain(one.PeerAddress, one.IpVersion)} {one.PeerPort}");
                rows.Add((start, local, peer, one.IsJoined, Line(Wall(start, batch.Context), Wall(end, batch.Context), [(local, sent), (peer, received)])));
            }
        }

        public void End()
        {
        }

        private static ulong Wall(ulong time, ConnectionContext context) => time + (ulong)(context.WallOffset(time) ?? 0);

        private static IPAddress Plain(Address address, int version)
        {
            var plain = address.ToIPAddress(version);
            return plain.IsIPv4MappedToIPv6 ? plain.MapToIPv4() : plain;
        }
    }
}
