using System.Buffers;
using System.Text;
using CsCheck;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests;

/// <summary>What the real tools do not have, and what their outputs do not show.</summary>
public sealed class TcptracerTableTests
{
    private static readonly TcpEvent connect = new()
    {
        Timestamp = 9_000_000_000,
        Type = TcpEventType.Connect,
        IpVersion = 4,
        LocalAddress = new Address([10, 0, 0, 1]),
        PeerAddress = new Address([10, 0, 0, 2]),
        LocalPort = 40000,
        PeerPort = 443,
        Pid = 164,
        Uid = 1000,
        Comm = new ThreadName("curl"),
        Netns = 4026531840,
    };

    [Fact]
    public void The_bcc_table_takes_a_user_column_in_front_of_the_type() => Assert.Equal(
        """
        Tracing TCP established connections. Ctrl-C to end.
        TIME(s)  UID    T  PID    COMM             IP SADDR            DADDR            SPORT  DPORT 
        0.000    1000   C  164    curl             4  10.0.0.1         10.0.0.2         40000  443   
        0.000    4294967295 C  164    curl             4  10.0.0.1         10.0.0.2         40000  443   

        """,
        Table.Print(new() { Timestamps = true, Uid = true }, [connect, connect with { Uid = uint.MaxValue }]));

    [Fact]
    public void Failed_and_open_connections_have_rows_in_all_forms()
    {
        TcpEvent[] events =
            [connect with { Type = TcpEventType.Open }, connect with { Type = TcpEventType.ConnectFailed, Error = 111 }];
        Assert.Equal(
            """
            O  164    curl             4  10.0.0.1         10.0.0.2         40000  443   
            F  164    curl             4  10.0.0.1         10.0.0.2         40000  443    ECONNREFUSED

            """,
            Table.Print(new(), events, header: false));
        Assert.Equal(
            """
            open         164    curl             4  10.0.0.1         10.0.0.2         40000  443    4026531840
            failed       164    curl             4  10.0.0.1         10.0.0.2         40000  443    4026531840 ECONNREFUSED

            """,
            Table.Print(new() { Verbose = true }, events, header: false));
        Assert.Equal(
            """
            O 164    curl         4  10.0.0.1         10.0.0.2         40000 443 
            F 164    curl         4  10.0.0.1         10.0.0.2         40000 443  ECONNREFUSED

            """,
            Table.Print(new() { Style = TableStyle.Libbpf }, events, header: false));
    }

    [Fact]
    public void An_end_says_how_it_ended_and_the_close_of_what_failed_that_it_is_one()
    {
        var end = connect with { Type = TcpEventType.Ended, Pid = 0, Comm = default };
        TcpEvent[] events =
        [
            end with { State = 9, Flags = TcpEventFlags.FinReceived },
            end with { State = 1 },
            end with { State = 1, Error = 104 },
            end with { State = 1, Error = 113 },
            end with { State = 5 },
            end with { State = 7 },
            connect with { Type = TcpEventType.Close, Flags = TcpEventFlags.ConnectFailed },
        ];
        Assert.Equal(
            """
            E  0                       4  10.0.0.1         10.0.0.2         40000  443    closed
            E  0                       4  10.0.0.1         10.0.0.2         40000  443    reset_sent
            E  0                       4  10.0.0.1         10.0.0.2         40000  443    reset_received
            E  0                       4  10.0.0.1         10.0.0.2         40000  443    timed_out EHOSTUNREACH
            E  0                       4  10.0.0.1         10.0.0.2         40000  443    half_closed
            E  0                       4  10.0.0.1         10.0.0.2         40000  443   
            X  164    curl             4  10.0.0.1         10.0.0.2         40000  443    connect_failed

            """,
            Table.Print(new(), events, header: false));
        Assert.Equal(
            """
            ended        0                       4  10.0.0.1         10.0.0.2         40000  443    4026531840 closed

            """,
            Table.Print(new() { Verbose = true }, events[..1], header: false));
        Assert.Equal(
            """
            E 0                   4  10.0.0.1         10.0.0.2         40000 443  closed

            """,
            Table.Print(new() { Style = TableStyle.Libbpf }, events[..1], header: false));
    }

    [Fact]
    public void Rows_of_the_tools_have_nothing_behind_them() => Assert.Equal(
        """
        X  164    curl             4  10.0.0.1         10.0.0.2         40000  443   

        """,
        Table.Print(new() { Compat = true }, [connect with { Type = TcpEventType.Close, Flags = TcpEventFlags.ConnectFailed }], header: false));

    [Theory]
    [InlineData(TableStyle.Bcc)]
    [InlineData(TableStyle.Libbpf)]
    public void An_event_from_before_the_first_row_has_a_negative_time(object style)
    {
        var rows = Table.Print(
            new() { Style = (TableStyle)style, Timestamps = true },
            [connect, connect with { Timestamp = connect.Timestamp - 1_250_400_000 }],
            header: false).Split('\n');
        Assert.StartsWith("0.000    C ", rows[0]);
        Assert.StartsWith("-1.250   C ", rows[1]);
    }

    [Fact]
    public void An_unknown_type_shows_as_in_the_tools()
    {
        TcpEvent[] events = [connect with { Type = (TcpEventType)'\n' }];
        Assert.StartsWith("U  164 ", Table.Print(new(), events, header: false));
        Assert.StartsWith("unknown      164 ", Table.Print(new() { Verbose = true }, events, header: false));
        Assert.StartsWith("- 164 ", Table.Print(new() { Style = TableStyle.Libbpf }, events, header: false));
    }

    [Fact]
    public void Every_event_is_one_row_in_the_room_that_was_asked_for() => Gen
        .Select(AnyEvent.Any, Gen.Enum<TableStyle>(), Gen.Bool, Gen.Bool, Gen.Bool)
        .Sample((e, style, timestamps, verbose, uid) =>
        {
            var options = new TableOptions { Style = style, Timestamps = timestamps, Verbose = verbose, Uid = uid };
            var row = Table.Print(options, [default, e], header: false);
            return row.Count(c => c == '\n') == 2 && row.EndsWith('\n');
        }, iter: 50_000);

    [Fact]
    public void Rows_allocate_nothing()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        foreach (var style in Enum.GetValues<TableStyle>())
        {
            var table = new TcptracerTable(new() { Style = style, Timestamps = true, Verbose = true, Uid = true });
            var context = new EventContext();
            table.WriteRow(output, in connect, context);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                table.WriteRow(output, in connect, context);
            }

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Numbers_are_written_as_everywhere()
    {
        var numbers = Gen.OneOf(Gen.ULong, Gen.UInt.Select(number => (ulong)number), Gen.ULong[0, 1_100_000], Gen.Select(Gen.Int[0, 19], Gen.ULong[0, 2], (power, off) => unchecked((ulong)Math.Pow(10, power) + off - 1)));
        numbers.Sample(number =>
        {
            Span<byte> text = stackalloc byte[64];
            Assert.Equal(FormattableString.Invariant($"{number}"), Encoding.ASCII.GetString(text[..Utf8Text.Write(text, number)]));
            Assert.Equal(FormattableString.Invariant($"{(uint)number}"), Encoding.ASCII.GetString(text[..Utf8Text.Write(text, (uint)number)]));
            Assert.Equal(FormattableString.Invariant($"{(long)number}"), Encoding.ASCII.GetString(text[..Utf8Text.Write(text, (long)number)]));
            Assert.Equal(FormattableString.Invariant($"\"{number}\""), Encoding.ASCII.GetString(text[..Utf8Text.WriteQuoted(text, number)]));
            Assert.Equal(FormattableString.Invariant($"{number / 1000}.{number % 1000:D3}"), Encoding.ASCII.GetString(text[..Utf8Text.WriteThousandths(text, number)]));
        });
    }

    [Fact]
    public void Times_are_those_of_a_double_that_is_printed()
    {
        // Anywhere, and around the ties between two milliseconds; beyond 13 days as well.
        var elapsed = Gen.OneOf(Gen.Long[0, 2_000_000_000_000_000], Gen.Select(Gen.Long[0, 2_000_000_000], Gen.Long[-2, 2], (ms, off) => (ms * 1_000_000) + 500_000 + off));
        elapsed.Sample(ns =>
        {
            Span<byte> text = stackalloc byte[64];
            var expected = Encoding.ASCII.GetString(text[..Utf8Text.WriteFixed(text, ns / 1e9, 3)]);
            var e = new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4 };
            var rows = Table.Print(new TableOptions { Timestamps = true }, [e, e with { Timestamp = (ulong)ns }], header: false).Split('\n');
            Assert.StartsWith(expected.PadRight(9) + "C ", rows[1], StringComparison.Ordinal);
        });
    }
}
