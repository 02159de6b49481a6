using System.Text;
using TraceCap.Analyzer.Import;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Import;

/// <summary>What tcplife and ss printed, and what Zeek wrote.</summary>
public class ToolTextTests
{
    private const string ZeekHead = """
        #separator \x09
        #set_separator	,
        #empty_field	(empty)
        #unset_field	-
        #path	conn
        #open	2019-06-07-00-41-02
        #fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	service	duration	orig_bytes	resp_bytes	conn_state	local_orig	local_resp	missed_bytes	history	orig_pkts	orig_ip_bytes	resp_pkts	resp_ip_bytes	tunnel_parents
        #types	time	string	addr	port	addr	port	enum	string	interval	count	count	string	bool	bool	count	string	count	count	count	count	set[string]

        """;

    /// <summary>Something of each.</summary>
    internal static IEnumerable<byte[]> Some =>
    [
        .. new[]
        {
            "TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n0.000000  164   my prog    ::1             40001 ::1             443       3     5 85.20\n",
            "TIME(s),PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS\n0.500000,164,a,4,127.0.0.1,40001,127.0.0.2,443,3,5,85.20\n",
            "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nESTAB 0 0 1.1.1.1:1 1.1.1.1:2 users:((\"a\",pid=1,fd=5)) uid:1 sk:a\n",
            ZeekHead + "1.5\tC\t1.1.1.1\t1\t1.1.1.2\t80\ttcp\t-\t0.2\t77\t295\tSF\t-\t-\t0\tS\t6\t397\t4\t511\t-\n",
            "{\"ts\":1,\"id.orig_h\":\"1.1.1.1\",\"id.orig_p\":1,\"id.resp_h\":\"1.1.1.1\",\"id.resp_p\":2,\"proto\":\"tcp\",\"conn_state\":\"REJ\"}\n",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>The forms of the two tools' printf, with a name that has blanks.</summary>
    [Theory]
    [InlineData("TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n", "0.000000  164   my prog 1  127.0.0.1       40001 127.0.0.2       443       3     5 85.20\n", 1_000_000_000_000)]
    [InlineData("TIME     PID   COMM             IP LADDR                                   LPORT RADDR                                   RPORT  TX_KB  RX_KB MS\n", "00:00:07 164   my prog 1        4  127.0.0.1                               40001 127.0.0.2                               443        3      5 85.20\n", 1_007_000_000_000)]
    [InlineData("TIME(s),PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS\n", "0.500000,164,my prog 1,4,127.0.0.1,40001,127.0.0.2,443,3,5,85.20\n", 1_000_500_000_000)]
    [InlineData("TIME(s)  PID     COMM             LADDR           LPORT RADDR           RPORT TX_KB  RX_KB  MS\n", "00:00:07 164     my prog 1        127.0.0.1       40001 127.0.0.2       443   3.00   5.00   85.20\n", 1_007_000_000_000)]
    public void A_row_of_tcplife_is_a_connection(string head, string row, long time)
    {
        var (events, _) = ImportTests.Import(Encoding.ASCII.GetBytes(head + row));

        Assert.Equal([TcpEventType.Connect, TcpEventType.Close], events.Select(one => one.Type));
        Assert.Equal((ulong)time, events[1].Timestamp);
        Assert.Equal(85_200_000ul, events[1].Timestamp - events[0].Timestamp);
        Assert.All(events, one => Assert.Equal((164u, "my prog 1", 4, 40001, 443, "127.0.0.2"), (one.Pid, one.Comm.ToString(), one.IpVersion, one.LocalPort, one.PeerPort, one.PeerAddress.ToIPAddress(4).ToString())));
        Assert.Equal((3072ul, 5120ul), (events[1].BytesAcked, events[1].BytesReceived));
    }

    [Fact]
    public void What_tcplife_does_not_print_is_not_known()
    {
        var (events, _) = ImportTests.Import("TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n1.0 7 a ::1 443 ::1 40001 2 0 1.5\n"u8.ToArray());

        Assert.Equal([TcpEventType.Accept, TcpEventType.Close], events.Select(one => one.Type));
        Assert.True(events[1].Tells(events[1].BytesAcked));
        Assert.False(events[1].Tells(events[1].SegmentsSent) || events[1].Tells(events[1].SmoothedRtt));
    }

    /// <summary>They are printed when they end: the first to begin comes last.</summary>
    [Fact]
    public void Connections_that_ended_long_after_others_began_are_put_in_order_beyond_what_memory_is_for_it()
    {
        using var sorted = new EventSort(most: 10);
        var random = new Random(1);
        var times = Enumerable.Range(0, 1_005).Select(_ => (ulong)random.Next(100)).ToArray();
        for (var i = 0; i < times.Length; i++)
        {
            sorted.Add(new TcpEvent { Timestamp = times[i], Connection = (ulong)i });
        }

        Assert.Equal(times.Select((time, i) => (time, (ulong)i)).OrderBy(one => one.time), sorted.All().Select(one => (one.Timestamp, one.Connection)));
    }

    [Fact]
    public void A_snapshot_of_ss_is_what_was_open()
    {
        var (events, source) = ImportTests.Import(Encoding.ASCII.GetBytes("""
            State      Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process
            LISTEN     0      128             127.0.0.1:8080             0.0.0.0:*     users:(("python3",pid=14737,fd=3))
            ESTAB      3      0          127.0.0.1%lo:8080           127.0.0.1:51146 users:(("a,pid=1 b",pid=14737,fd=5),("other",pid=8,fd=5)) uid:1000 ino:51805015 sk:27a94fe cgroup:/ <->
            	 bbr wscale:10,10 rto:204 rtt:0.018/0.009
            FIN-WAIT-2 0      0               127.0.0.1:39340          127.0.0.1:8081
            CLOSE-WAIT 1      0      [::ffff:127.0.0.1]:8081  [::ffff:127.0.0.1]:39340 users:(("python3",pid=14737,fd=8))

            """));

        Assert.All(events, one => Assert.Equal(TcpEventType.Open, one.Type));
        Assert.Equal([1, 5, 8], events.Select(one => (int)one.State));
        Assert.Equal(("a,pid=1 b", 14737u, 1000u, 0x27a94feul, 8080), (events[0].Comm.ToString(), events[0].Pid, events[0].Uid, events[0].Connection, events[0].LocalPort));
        Assert.False(events[1].HasTask);
        Assert.Equal((6, TcpEventFlags.V4Mapped), (events[2].IpVersion, events[2].Flags));
        Assert.Equal(1, source.LeftOut["sockets in state LISTEN"]);
    }

    /// <summary>The first two are of Zeek's own documentation.</summary>
    [Fact]
    public void Rows_of_Zeek_are_connections_as_their_state_says()
    {
        var (events, source) = ImportTests.Import(Encoding.ASCII.GetBytes(ZeekHead + """
            1591367999.305988	CMdzit1AMNsmfAIiQc	192.168.4.76	36844	192.168.4.1	53	udp	dns	0.066852	62	141	SF	-	-	0	Dd	2	118	2	197	-
            1591367999.430166	C5bLoe2Mvxqhawzqqd	192.168.4.76	46378	31.3.245.133	80	tcp	http	0.254115	77	295	SF	-	-	0	ShADadFf	6	397	4	511	-
            1591367998.000000	C1	2001:db8::1	50000	2001:db8::2	443	tcp	-	9.000000	10	20	RSTR	-	-	0	ShADadr	3	-	4	-	-
            1591367998.500000	C2	10.0.0.1	50001	10.0.0.2	22	tcp	-	0.000100	0	0	REJ	-	-	0	Sr	1	40	1	40	-
            1591367998.600000	C3	10.0.0.1	50002	10.0.0.2	23	tcp	-	-	-	-	S0	-	-	0	S	1	40	0	0	-
            1591367998.700000	C4	10.0.0.1	50003	10.0.0.2	80	tcp	-	1.000000	5	6	RSTO	-	-	0	ShADadR	3	40	2	40	-
            1591367998.800000	C5	10.0.0.1	50004	10.0.0.2	80	tcp	-	-	-	-	S1	-	-	0	Sh	1	40	1	40	-
            #close	2019-06-07-00-41-02

            """));

        Assert.Equal("CFCCCXEXEXE", string.Concat(events.Select(one => (char)one.Type)));
        Assert.Equal(1_591_367_998_000_000_000ul, events[0].Timestamp);
        var ended = events.Where(one => one.Type == TcpEventType.Ended).ToDictionary(one => one.LocalPort);
        Assert.Equal((TcpEnd.Closed, 1_591_367_999_684_281_000ul, 77ul, 6u, 4u), (TcpEnds.Of(ended[46378]), ended[46378].Timestamp, ended[46378].BytesSent, ended[46378].SegmentsSent, ended[46378].SegmentsReceived));
        Assert.Equal((TcpEnd.ResetReceived, (byte)6), (TcpEnds.Of(ended[50000]), ended[50000].IpVersion));
        Assert.Equal(TcpEnd.ResetSent, TcpEnds.Of(ended[50003]));
        Assert.Equal((50001, 111, 100_000ul), (events[1].LocalPort, events[1].Error, events[1].Duration));
        Assert.Equal(1, source.LeftOut["connections that are not TCP"]);
        Assert.Equal(1, source.LeftOut["connects without an answer"]);
    }

    [Fact]
    public void Zeeks_JSON_says_the_same_as_its_columns()
    {
        var (columns, _) = ImportTests.Import(Encoding.ASCII.GetBytes(ZeekHead + "1591367999.430166\tC5bLoe2Mvxqhawzqqd\t192.168.4.76\t46378\t31.3.245.133\t80\ttcp\thttp\t0.254115\t77\t295\tSF\t-\t-\t0\tShADadFf\t6\t397\t4\t511\t-\n"));
        const string rest = """
            "uid":"C5bLoe2Mvxqhawzqqd","id.orig_h":"192.168.4.76","id.orig_p":46378,"id.resp_h":"31.3.245.133","id.resp_p":80,"proto":"tcp","service":"http","duration":0.254115,"orig_bytes":77,"resp_bytes":295,"conn_state":"SF","missed_bytes":0,"history":"ShADadFf","orig_pkts":6,"orig_ip_bytes":397,"resp_pkts":4,"resp_ip_bytes":511}
            """;

        Assert.Equal(columns, ImportTests.Import(Encoding.ASCII.GetBytes("{\"ts\":1591367999.430166," + rest)).Events);
        Assert.Equal(columns, ImportTests.Import(Encoding.ASCII.GetBytes("{\"ts\":\"2020-06-05T14:39:59.430166Z\"," + rest)).Events);
    }

    [Theory]
    [InlineData("line 1: there is no column of times", "PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n1 a 127.0.0.1 1 127.0.0.1 2 0 0 1.0\n")]
    [InlineData("line 2: MS is 'x'", "TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n0.0 1 a 127.0.0.1 1 127.0.0.1 2 0 0 x\n")]
    [InlineData("line 2: the addresses are not both", "TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n0.0 1 a 127.0.0.1 1 ::1 2 0 0 1.0\n")]
    [InlineData("line 2: MS is '127.0.0.1'", "TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n0.0 1 a 127.0.0.1\n")]
    [InlineData("line 2: Peer Address:Port is '1.1.1.1:https'; have ss print ports as numbers", "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nESTAB 0 0 1.1.1.1:1 1.1.1.1:https\n")]
    [InlineData("line 3: here begins another snapshot", "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nESTAB 0 0 1.1.1.1:1 1.1.1.1:2\nState Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n")]
    [InlineData("line 2: State is 'MOON'", "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nMOON 0 0 1.1.1.1:1 1.1.1.1:2\n")]
    [InlineData("line 2: this is Zeek's dns.log", "#separator \\x09\n#path\tdns\n")]
    [InlineData("line 2: expected #fields", "#separator \\x09\n1\t2\n")]
    [InlineData("line 1: conn_state is 'S9'", "{\"ts\":1,\"id.orig_h\":\"1.1.1.1\",\"id.orig_p\":1,\"id.resp_h\":\"1.1.1.1\",\"id.resp_p\":2,\"proto\":\"tcp\",\"conn_state\":\"S9\"}\n")]
    [InlineData("line 1: ts is 'x'", "{\"ts\":\"x\",\"id.orig_h\":\"1.1.1.1\",\"id.orig_p\":1,\"id.resp_h\":\"1.1.1.1\",\"id.resp_p\":2,\"proto\":\"tcp\",\"conn_state\":\"SF\"}\n")]
    public void What_is_no_row_is_told(string expected, string text)
    {
        var error = Assert.Throws<CaptureFormatException>(() => ImportTests.Import(Encoding.ASCII.GetBytes(text)));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Real connections, as dumpcap saw them: tests/reference/packets/capture.py says which.</summary>
    [Theory]
    [InlineData("handshake", "CXECXE", "closed closed")]
    [InlineData("reset", "CXECXEF", "reset_received reset_sent")]
    public void Packets_of_real_connections_tell_how_they_went(string name, string types, string ends)
    {
        var (events, source) = ImportTests.Import(File.ReadAllBytes(Repository.File($"tests/reference/packets/{name}.pcapng")));

        Assert.Equal(types, string.Concat(events.Select(one => (char)one.Type)));
        Assert.Equal(ends.Split(' '), events.Where(one => one.Type == TcpEventType.Ended).Select(one => TcpEnds.All.Single(end => end.End == TcpEnds.Of(in one)).Word));
        Assert.Empty(source.LeftOut);
        if (name == "handshake")
        {
            Assert.All(events.Where(one => one.Type == TcpEventType.Ended), one => Assert.Equal((3000ul, 3002ul, 501ul, 0u), (one.BytesSent, one.BytesAcked, one.BytesReceived, one.Retransmits)));
        }
    }
}
