using System.Text;
using TraceCap.Analyzer.Import;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using static TraceCap.Analyzer.Tests.Import.Packets;

namespace TraceCap.Analyzer.Tests.Import;

public class ImportTests
{
    private const string Client = "10.1.0.1:40000";
    private const string Server = "10.2.0.1:443";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_has_its_handshake_its_bytes_and_its_end(bool isEthernet)
    {
        var file = new Packets(isEthernet)
            .Add(0, Client, Server, Syn, 1000)
            .Add(300, Server, Client, Syn | Ack, 5000, 1001)
            .Add(310, Client, Server, Ack, 1001, 5001)
            .Add(400, Client, Server, Ack, 1001, 5001, payload: 100)
            .Add(500, Client, Server, Ack, 1001, 5001, payload: 100)
            .Add(600, Server, Client, Ack, 5001, 1101, payload: 1000)
            .Add(700, Client, Server, Fin | Ack, 1101, 6001)
            .Add(800, Server, Client, Fin | Ack, 6001, 1102)
            .Add(900, Client, Server, Ack, 1102, 6002)
            .ToArray();

        var (events, _) = Import(file);

        Assert.Equal([TcpEventType.Connect, TcpEventType.Close, TcpEventType.Ended], events.Select(one => one.Type));
        Assert.Equal([300_000ul, 700_000, 900_000], events.Select(one => one.Timestamp - 1_700_000_000_000_000_000));
        Assert.All(events, one => Assert.Equal((1ul, 4, 40000, 443, 0u, ""), (one.Connection, one.IpVersion, one.LocalPort, one.PeerPort, one.Pid, one.Comm.ToString())));
        Assert.Equal(300_000ul, events[0].Duration);
        Assert.Equal((200ul, 102ul, 1001ul, 1u, 6u, 3u, 300u), (events[2].BytesSent, events[2].BytesAcked, events[2].BytesReceived, events[2].Retransmits, events[2].SegmentsSent, events[2].SegmentsReceived, events[2].SmoothedRtt));
        Assert.Equal(TcpEnd.Closed, TcpEnds.Of(in events[2]));
    }

    [Fact]
    public void A_reset_that_answers_a_SYN_is_a_failed_connect()
    {
        var (events, source) = Import(new Packets()
            .Add(0, Client, Server, Syn, 1000)
            .Add(250, Server, Client, Rst | Ack, 0, 1001)
            .Add(400, "10.1.0.1:40001", Server, Syn, 7)
            .ToArray());

        var failed = Assert.Single(events);
        Assert.Equal((TcpEventType.ConnectFailed, (ushort)111, 250_000ul), (failed.Type, failed.Error, failed.Duration));
        Assert.Equal(1, source.LeftOut["connects without an answer"]);
    }

    [Theory]
    [InlineData(true, TcpEnd.ResetReceived)]
    [InlineData(false, TcpEnd.ResetSent)]
    public void A_reset_ends_a_connection(bool fromServer, TcpEnd end)
    {
        const string v6 = "[2001:db8::1]:50000";
        const string other = "[2001:db8::2]:80";
        var (events, _) = Import(new Packets()
            .Add(0, v6, other, Syn, 1)
            .Add(100, other, v6, Syn | Ack, 1, 2)
            .Add(200, fromServer ? other : v6, fromServer ? v6 : other, Rst, 2)
            .Add(300, v6, other, Ack, 2, 2)
            .ToArray());

        Assert.Equal([TcpEventType.Connect, TcpEventType.Close, TcpEventType.Ended], events.Select(one => one.Type));
        Assert.All(events, one => Assert.Equal(6, one.IpVersion));
        Assert.Equal(end, TcpEnds.Of(in events[2]));
    }

    [Fact]
    public void A_connection_without_its_handshake_was_open_before_and_the_lower_port_is_the_servers()
    {
        var (events, _) = Import(new Packets()
            .Add(0, Server, Client, Ack, 9, 1, payload: 10)
            .Add(100, Server, Client, Fin | Ack, 19, 1)
            .Add(200, Client, Server, Fin | Ack, 1, 20)
            .Add(300, Server, Client, Ack, 20, 2)
            .ToArray());

        Assert.Equal([TcpEventType.Open, TcpEventType.Close, TcpEventType.Ended], events.Select(one => one.Type));
        Assert.All(events, one => Assert.Equal(40000, one.LocalPort));
    }

    [Fact]
    public void Ports_that_are_used_again_are_another_connection()
    {
        var packets = new Packets();
        for (var i = 0; i < 3; i++)
        {
            packets.Add(i * 1000, Client, Server, Syn, 100u * (uint)(i + 1)).Add((i * 1000) + 100, Server, Client, Syn | Ack, 1, (100u * (uint)(i + 1)) + 1);
        }

        var (events, _) = Import(packets.ToArray());

        Assert.Equal([1ul, 2, 3], events.Select(one => one.Connection));
        Assert.All(events, one => Assert.Equal(TcpEventType.Connect, one.Type));
    }

    [Fact]
    public void Both_byte_orders_and_resolutions_are_the_same()
    {
        var file = new Packets().Add(1, Client, Server, Syn, 1000).Add(250, Server, Client, Syn | Ack, 0, 1001).ToArray();
        var (expected, _) = Import(file);
        var big = file.ToArray();
        var nano = file.ToArray();
        Reverse(big, 0, 4, 8, 12, 16, 20);
        big.AsSpan(4, 2).Reverse();
        nano[0] = 0x4D;
        nano[1] = 0x3C;
        for (var at = 24; at < file.Length; at += 16 + BitConverter.ToInt32(file, at + 8))
        {
            Reverse(big, at, at + 4, at + 8, at + 12);
            BitConverter.TryWriteBytes(nano.AsSpan(at + 4), BitConverter.ToUInt32(file, at + 4) * 1000);
        }

        Assert.Equal(expected, Import(big).Events);
        Assert.Equal(expected, Import(nano).Events);

        static void Reverse(byte[] bytes, params int[] places)
        {
            foreach (var at in places)
            {
                bytes.AsSpan(at, 4).Reverse();
            }
        }
    }

    [Theory]
    [InlineData("replay-t.txt")]
    [InlineData("replay-v-t.txt")]
    [InlineData("libbpf-t.txt")]
    public void What_tcptracer_printed_is_read_row_by_row(string name)
    {
        var (events, _) = Import(File.ReadAllBytes(Repository.File($"samples/captures/tcptracer-example/{name}")));

        Assert.Equal("CCXAXXAX", string.Concat(events.Select(one => (char)one.Type)));
        Assert.Equal(["telnet", "curl", "telnet", "nc", "curl", "nc", "nc", "nc"], events.Select(one => one.Comm.ToString()));
        Assert.Equal([0ul, 3546, 4294, 5000, 6000, 6500, 7250, 9000], events.Select(one => (one.Timestamp - events[0].Timestamp) / 1_000_000));
        Assert.Equal("10.202.210.1", events[^1].LocalAddress.ToIPAddress(4).ToString());
        Assert.Equal((8080, 59160, 28978u), (events[^1].LocalPort, events[^1].PeerPort, events[^1].Pid));
    }

    /// <summary>Rows of the real tools, but for those that a thread's name with a line break makes.</summary>
    [Theory]
    [InlineData("6.1/bcc-tcptracer-t.out")]
    [InlineData("6.1/bcc-tcptracer-v-t.out")]
    [InlineData("6.1/libbpf-tcptracer-t.out")]
    [InlineData("6.12/libbpf-tcptracer-t.out")]
    public void Rows_of_the_real_tools_are_read(string name)
    {
        var lines = File.ReadAllLines(Repository.File($"tests/reference/{name}"), Encoding.Latin1);
        var read = 0;
        var head = lines.TakeWhile(line => !line.StartsWith("TIME", StringComparison.Ordinal)).Append(lines.First(line => line.StartsWith("TIME", StringComparison.Ordinal))).ToArray();
        foreach (var row in lines.Skip(head.Length))
        {
            try
            {
                read += TcptracerText.Read(new ImportSource(new MemoryStream(Encoding.Latin1.GetBytes(string.Join('\n', head.Append(row)))))).Count();
            }
            catch (CaptureFormatException)
            {
            }
        }

        Assert.InRange(read, (lines.Length - head.Length) * 95 / 100, lines.Length - head.Length);
    }

    [Theory]
    [InlineData("line 2: there is no column of times", "Tracing TCP established connections. Ctrl-C to end.\nT  PID    COMM             IP SADDR            DADDR            SPORT  DPORT \n")]
    [InlineData("line 2: IP is '5'", "TIME(s)  T  PID    COMM             IP SADDR            DADDR            SPORT  DPORT \n0.1 C 1 a 5 1.2.3.4 1.2.3.4 1 2\n")]
    [InlineData("line 2: the addresses are not both", "TIME(s)  T  PID    COMM             IP SADDR            DADDR            SPORT  DPORT \n0.1 C 1 a 6 1.2.3.4 ::1 1 2\n")]
    [InlineData("line 2: DPORT is 'a'", "TIME(s)  T  PID    COMM             IP SADDR            DADDR            SPORT  DPORT \n0.1 C 1 a\n")]
    public void What_is_no_row_is_told(string expected, string text)
    {
        var error = Assert.Throws<CaptureFormatException>(() => Import(Encoding.ASCII.GetBytes(text)));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>However a file is cut or changed, it is read as far as it goes, or refused, and what is made of it is sound.</summary>
    [Fact]
    public void Hostile_files_are_read_as_far_as_they_go_or_refused()
    {
        byte[][] files =
        [
            new Packets()
                .Add(0, Client, Server, Syn, 1000).Add(300, Server, Client, Syn | Ack, 5000, 1001).Add(400, Client, Server, Ack, 1001, 5001, payload: 9)
                .Add(700, Client, Server, Fin | Ack, 1010, 5001).Add(800, Server, Client, Fin | Ack, 5001, 1011).Add(900, Client, Server, Ack, 1011, 5002).ToArray(),
            File.ReadAllBytes(Repository.File("samples/captures/tcptracer-example/replay-v-t.txt")),
            Pcapng(),
            .. ToolTextTests.Some,
        ];
        var tries = 0;
        foreach (var file in files)
        {
            for (var length = 0; length < file.Length; length++)
            {
                Try(file[..length]);
            }

            for (var seed = 0; seed < 300; seed++)
            {
                var random = new Random(seed);
                var changed = file.ToArray();
                for (var times = random.Next(1, 5); times > 0; times--)
                {
                    changed[random.Next(changed.Length)] = (byte)random.Next(256);
                }

                Try(changed);
            }
        }

        void Try(byte[] file)
        {
            try
            {
                // Reading is what may go wrong; some are written and verified as well.
                if (tries++ % 50 == 0)
                {
                    Import(file);
                }
                else
                {
                    _ = ImportFormat.All.First(one => one.Looks(file)).Read(new ImportSource(new MemoryStream(file))).Count();
                }
            }
            catch (CaptureFormatException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    [Fact]
    public void Pcapng_has_the_same_packets()
    {
        var (events, source) = Import(Pcapng());
        Assert.Equal([TcpEventType.ConnectFailed], events.Select(one => one.Type));
        Assert.Equal(1_700_000_000_000_000_250ul, events[0].Timestamp);
        Assert.Null(source.Truncated);
    }

    [Fact]
    public void A_file_that_ends_within_a_packet_is_truncated()
    {
        var file = new Packets().Add(0, Client, Server, Syn, 1000).Add(250, Server, Client, Syn | Ack, 0, 1001).ToArray();
        var (events, source) = Import(file[..^1]);
        Assert.Empty(events);
        Assert.StartsWith("truncated within what begins at byte", source.Truncated, StringComparison.Ordinal);
    }

    /// <summary>One interface in nanoseconds, a SYN and the reset that answers it, and blocks that say nothing of packets.</summary>
    private static byte[] Pcapng()
    {
        var packets = new Packets().Add(0, Client, Server, Syn, 1000).Add(0, Server, Client, Rst | Ack, 0, 1001).ToArray();
        var file = new MemoryStream();
        Block(0x0A0D0D0A, [.. BitConverter.GetBytes(0x1A2B3C4D), 1, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 8)]);
        Block(1, [101, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        Block(5, new byte[12]);
        for (var i = 0; i < 2; i++)
        {
            var packet = packets.AsSpan(24 + (i * 56) + 16, 40).ToArray();
            var time = 1_700_000_000_000_000_000ul + (ulong)(i * 250);
            Block(6, [.. new byte[4], .. BitConverter.GetBytes((uint)(time >> 32)), .. BitConverter.GetBytes((uint)time), 40, 0, 0, 0, 40, 0, 0, 0, .. packet]);
        }

        return file.ToArray();

        void Block(uint type, byte[] body)
        {
            var length = BitConverter.GetBytes((uint)body.Length + 12);
            file.Write([.. BitConverter.GetBytes(type), .. length, .. body, .. length]);
        }
    }

    internal static (TcpEvent[] Events, ImportSource Source) Import(byte[] file)
    {
        var source = new ImportSource(new MemoryStream(file));
        var format = ImportFormat.All.First(one => one.Looks(file));
        var capture = new MemoryStream();
        EventImport.Run(source, format, capture, "test", "", format.HasEnds ?? false);
        Assert.Empty(CaptureVerifier.Verify(new MemoryStream(capture.ToArray())).Problems.Entries);
        var reader = new CaptureReader(new MemoryStream(capture.ToArray()));
        var events = new List<TcpEvent>();
        while (reader.Read())
        {
            events.AddRange(reader.Events);
        }

        return ([.. events], source);
    }
}
