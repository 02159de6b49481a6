using System.Buffers;
using System.Net;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Lifetimes;

/// <summary>The rows were printed by the format strings of bcc's tcplife.</summary>
public sealed class LifetimeTableTests
{
    private static readonly LifetimeOptions plain = new();
    private static readonly LifetimeOptions wide = new() { Wide = true };

    private static readonly Connection curl = Make(4321, "curl", 4, "192.168.1.2", 51234, "93.184.216.34", 443, 2049, 1048577, 123_456);
    private static readonly Connection pool = Make(7, "ThreadPool-work", 6, "2001:db8::1", 65535, "::ffff:10.0.0.1", 8080, 1023, 5_000_000_000, 1_005);
    private static readonly Connection odd = Make(4194304, "a,\"b\"", 4, "1.1.1.1", 1, "255.255.255.255", 2, 0, 0, 999_995);
    private static readonly Connection formula = Make(8, "=1+1\"", 4, "1.1.1.1", 1, "2.2.2.2", 2, 0, 0, 1_125);
    private static readonly Connection text = Make(1, "é漢字nginx", 4, "1.1.1.1", 1, "2.2.2.2", 2, 0, 0, 1_125);

    public static TheoryData<object, string, string> Rows => new()
    {
        { plain, nameof(curl), "4321  curl       192.168.1.2     51234 93.184.216.34   443       2  1024 123.46" },
        { wide, nameof(curl), "4321  curl             4  192.168.1.2                             51234 93.184.216.34                           443        2   1024 123.46" },
        { plain with { Width = 79 }, nameof(curl), "4321  curl       93.184.216.34   443       2  1024 123.46" },
        { plain with { Width = 57 }, nameof(curl), "4321  curl       93.184.216.34   443   123.46" },
        { plain with { Width = 40 }, nameof(curl), "curl       93.184.216.34   443   123.46" },
        { plain, nameof(pool), "7     ThreadPool 2001:db8::1     65535 ::ffff:10.0.0.1 8080      0 4882812 1.00" },
        { wide, nameof(pool), "7     ThreadPool-work  6  2001:db8::1                             65535 ::ffff:10.0.0.1                         8080       0 4882812 1.00" },
        { plain, nameof(odd), "4194304 a,\"b\"      1.1.1.1         1     255.255.255.255 2         0     0 1000.00" },
        { wide, nameof(odd), "4194304 a,\"b\"            4  1.1.1.1                                 1     255.255.255.255                         2          0      0 1000.00" },
        { plain, nameof(text), "1     é漢字nginx   1.1.1.1         1     2.2.2.2         2         0     0 1.12" },
        { wide, nameof(text), "1     é漢字nginx         4  1.1.1.1                                 1     2.2.2.2                                 2          0      0 1.12" },
    };

    public static TheoryData<string, string> CsvRows => new()
    {
        { nameof(curl), "4321,curl,4,192.168.1.2,51234,93.184.216.34,443,2,1024,123.46,closed" },
        { nameof(formula), "8,\"'=1+1\"\"\",4,1.1.1.1,1,2.2.2.2,2,0,0,1.12,closed" },
        { nameof(pool), "7,ThreadPool-work,6,2001:db8::1,65535,::ffff:10.0.0.1,8080,0,4882812,1.00,closed" },
        // Here tcplife's row would have more columns than its header.
        { nameof(odd), "4194304,\"a,\"\"b\"\"\",4,1.1.1.1,1,255.255.255.255,2,0,0,1000.00,closed" },
    };

    [Theory]
    [MemberData(nameof(CsvRows))]
    public void A_row_as_CSV_is_that_of_tcplife_and_its_end(string connection, string row) =>
        Assert.Equal(row + "\n", Print(new LifetimeCsv(plain), Ends.Recording, Named(connection)));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_is_that_of_tcplife(object options, string connection, string row) => Assert.Equal(
        row + "\n",
        Print((LifetimeOptions)options, Named(connection)));

    [Fact]
    public void The_headers_are_those_of_tcplife()
    {
        Assert.Equal(
            "TIME     TIME(s)   PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n",
            Header(new LifetimeTable(plain with { Clock = new ClockStyle(), Timestamps = true })));
        Assert.Equal(
            "PID   COMM             IP LADDR                                   LPORT RADDR                                   RPORT  TX_KB  RX_KB MS\n",
            Header(new LifetimeTable(wide)));
        Assert.Equal("TIME,TIME(s),PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS,END\n", Header(new LifetimeCsv(plain with { Clock = new ClockStyle(), Timestamps = true })));
    }

    [Fact]
    public void Times_count_from_the_first_row_and_are_those_of_the_end()
    {
        var recording = new RecordedSpan { Start = 0, WallOffset = 1_700_000_000_000_000_000 };
        var later = curl with { Ended = curl.Ended + 1_500_000_999 };
        var rows = Print(plain with { Clock = new ClockStyle(), Timestamps = true }, recording, curl, later).Split('\n');
        Assert.StartsWith("22:13:20 0.000000  4321", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("22:13:21 1.500000  4321", rows[1], StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Endings => new()
    {
        { nameof(ConnectionEnding.Open), "     -     - 123.46 open" },
        { "Open?", "     -     - 123.46 open?" },
        { nameof(ConnectionEnding.Reset), "     2  1024 123.46 reset" },
        { nameof(ConnectionEnding.Failed), "     2  1024 123.46 failed ECONNREFUSED" },
        { "Aborted", "     2  1024 123.46 failed aborted" },
        { nameof(ConnectionEnding.Unseen), "     -     - 123.46 unseen" },
        { "Preexisting", "     2  1024 123.46 pre-existing closed" },
        { "Preexisting?", "     2  1024 123.46 pre-existing? closed" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void What_tcplife_would_not_have_printed_is_marked(string ending, string end)
    {
        var connection = ending switch
        {
            "Open?" => curl with { Ending = ConnectionEnding.Open, HasCloser = false, IsUncertain = true },
            "Preexisting" => curl with { IsPreexisting = true },
            "Preexisting?" => curl with { IsPreexisting = true, IsUncertain = true },
            "Aborted" => curl with { Ending = ConnectionEnding.Failed, HasCloser = false },
            _ when Enum.Parse<ConnectionEnding>(ending) is var parsed => curl with { Ending = parsed, HasCloser = parsed == ConnectionEnding.Reset, Error = 111 },
            _ => throw new ArgumentException(ending),
        };
        Assert.EndsWith(end + "\n", Print(plain, connection), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_cannot_forge_a_row()
    {
        var forged = curl;
        forged.Opener.Comm = new ThreadName("a\nb,\u001b[2J\\");
        Assert.StartsWith(@"4321  a\nb,\x1b[ 192.168.1.2 ", Print(plain, forged), StringComparison.Ordinal);
        Assert.StartsWith(@"4321,""a\nb,\x1b[2J\\"",4,", Print(new LifetimeCsv(plain), Ends.Recording, forged), StringComparison.Ordinal);
        forged.Opener.Comm = new ThreadName("12345678\u001b");
        Assert.StartsWith("4321  12345678   192.168.1.2 ", Print(plain, forged), StringComparison.Ordinal);
        forged.Opener.Comm = new ThreadName("a\nb,\u001b[2J\\");
        Assert.StartsWith("4321,\"a\nb,\u001b[2J\\\",4,", Print(new LifetimeCsv(plain with { Raw = true }), Ends.Recording, forged), StringComparison.Ordinal);
    }

    [Fact]
    public void The_owner_is_who_opened_it_and_only_if_nobody_saw_that_who_closed_it()
    {
        Assert.Equal(4321u, curl.Owner.Pid);
        Assert.Equal(99u, (curl with { HasOpener = false }).Owner.Pid);
    }

    private static Connection Make(
        uint pid, string comm, byte ipVersion, string local, ushort localPort, string peer, ushort peerPort, ulong sent, ulong received, ulong microseconds) => new()
        {
            Ending = ConnectionEnding.Closed,
            HasOpener = true,
            HasCloser = true,
            State = Connection.StateEstablished,
            Opener = new EventTask { Pid = pid, Comm = new ThreadName(comm) },
            Closer = new EventTask { Pid = 99, Comm = new ThreadName("closer") },
            IpVersion = ipVersion,
            LocalAddress = new Address(IPAddress.Parse(local)),
            LocalPort = localPort,
            PeerAddress = new Address(IPAddress.Parse(peer)),
            PeerPort = peerPort,
            BytesAcked = sent,
            BytesReceived = received,
            Opened = 1_000,
            Ended = 1_000 + (microseconds * 1_000),
        };

    private static Connection Named(string name) => name switch
    {
        nameof(curl) => curl,
        nameof(pool) => pool,
        nameof(odd) => odd,
        nameof(formula) => formula,
        _ => text,
    };

    private static string Header(IConnectionRows rows)
    {
        var output = new ArrayBufferWriter<byte>();
        rows.WriteHeader(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Print(LifetimeOptions options, Connection connection) => Print(options, Ends.Recording, connection);

    private static string Print(LifetimeOptions options, RecordedSpan recording, params Connection[] connections) =>
        Print(new LifetimeTable(options), recording, connections);

    private static string Print(IConnectionRows rows, RecordedSpan recording, params Connection[] connections)
    {
        var output = new ExactBuffer();
        foreach (ref readonly var connection in connections.AsSpan())
        {
            rows.WriteRow(output, in connection, ConnectionContext.Of(recording));
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
