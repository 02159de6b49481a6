using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CsCheck;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests;

public sealed class EventJsonTests
{
    private const string Minimal = """
        "monotonic_ns":"5","event.name":"tcp.open","network.local.address":"10.0.0.1","network.local.port":1,"network.peer.address":"10.0.0.2","network.peer.port":2
        """;

    private static readonly TcpEvent connect = new()
    {
        Timestamp = 1_234_567_890_123,
        Type = TcpEventType.Connect,
        IpVersion = 4,
        LocalAddress = new Address([10, 0, 0, 1]),
        PeerAddress = new Address([10, 0, 0, 2]),
        LocalPort = 40000,
        PeerPort = 443,
        Connection = 18_446_744_073_709_551_615,
        Pid = 164,
        Tid = 165,
        Uid = 4_294_967_295,
        Comm = new ThreadName("curl"),
        Netns = 4026531840,
        Mntns = 4026531841,
        Cgroup = 77,
        Cpu = 3,
        Sequence = 12,
        Duration = 1_500_000,
    };

    [Fact]
    public void A_connect_tells_how_long_it_took() => Assert.Equal(
        """
        {"monotonic_ns":"1234567890123","event.name":"tcp.connect","network.type":"ipv4","network.local.address":"10.0.0.1","network.local.port":40000,"network.peer.address":"10.0.0.2","network.peer.port":443,"connection.id":"18446744073709551615","process.pid":164,"thread.id":165,"thread.name":"curl","user.id":4294967295,"linux.netns":4026531840,"linux.mntns":4026531841,"linux.cgroup.id":"77","cpu.logical_number":3,"sequence":"12","connect_ns":1500000}

        """,
        Json(connect));

    [Fact]
    public void A_close_tells_what_was_sent_and_from_which_state() => Assert.EndsWith(
        """
        "network.peer.port":443,"network.connection.state":"close_wait","connection.id":"18446744073709551615","process.pid":164,"thread.id":165,"thread.name":"curl","user.id":4294967295,"linux.netns":4026531840,"linux.mntns":4026531841,"linux.cgroup.id":"77","cpu.logical_number":3,"sequence":"12","sent_bytes":0,"acked_bytes":1,"received_bytes":2,"sent_segments":3,"received_segments":4,"retransmits":5,"smoothed_rtt_us":6}

        """,
        Json(connect with
        {
            Type = TcpEventType.Close,
            State = 8,
            Duration = 0,
            BytesAcked = 1,
            BytesReceived = 2,
            SegmentsSent = 3,
            SegmentsReceived = 4,
            Retransmits = 5,
            SmoothedRtt = 6,
        }));

    [Fact]
    public void An_end_tells_how_it_ended_and_nothing_of_a_task()
    {
        var end = connect with
        {
            Type = TcpEventType.Ended,
            State = 8,
            Error = 32,
            Flags = TcpEventFlags.FinReceived,
            Duration = 0,
            BytesSent = 7,
            NetnsId = 18_446_744_073_709_551_615,
            Pid = 0,
            Tid = 0,
            Uid = 0,
            Comm = default,
            Mntns = 0,
            Cgroup = 0,
        };
        Assert.Equal(
            """
            {"monotonic_ns":"1234567890123","event.name":"tcp.ended","network.type":"ipv4","network.local.address":"10.0.0.1","network.local.port":40000,"network.peer.address":"10.0.0.2","network.peer.port":443,"network.connection.state":"close_wait","connection.id":"18446744073709551615","linux.netns":4026531840,"linux.netns.id":"18446744073709551615","cpu.logical_number":3,"sequence":"12","flags":["fin_received"],"tcp.end":"reset_received","error.number":32,"error.type":"EPIPE","sent_bytes":7,"acked_bytes":0,"received_bytes":0,"sent_segments":0,"received_segments":0,"retransmits":0,"smoothed_rtt_us":0}

            """,
            Json(end));
        AssertSame(end, Parse(Json(end)));
    }

    [Fact]
    public void A_process_in_a_container_has_both_of_its_numbers() => Assert.Contains(
        """
        "process.pid":164,"container.pid":1,"thread.id":165,"thread.name":"curl","user.id":4294967295,"linux.netns":4026531840,"linux.mntns":4026531841,"linux.pidns":4026532500,"linux.cgroup.id":"77"
        """,
        Json(connect with { ContainerPid = 1, Pidns = 4_026_532_500 }), StringComparison.Ordinal);

    [Fact]
    public void An_accept_tells_how_long_it_waited() => Assert.EndsWith(
        """
        "sequence":"12","flags":["reset_before_accept"],"accept_ns":1500000}

        """,
        Json(connect with { Type = TcpEventType.Accept, Flags = TcpEventFlags.ResetBeforeAccept }));

    [Fact]
    public void A_failed_connect_tells_why() => Assert.EndsWith(
        """
        "sequence":"12","connect_ns":1500000,"error.number":111,"error.type":"ECONNREFUSED"}

        """,
        Json(connect with { Type = TcpEventType.ConnectFailed, Error = 111 }));

    [Fact]
    public void What_belongs_to_a_type_is_there_even_if_it_is_0_unless_that_is_not_known()
    {
        static string Names(TcpEventType type, byte state = 0)
        {
            using var document = JsonDocument.Parse(Json(connect with { Type = type, Duration = 0, State = state }));
            return string.Join(' ', document.RootElement.EnumerateObject().Select(property => property.Name).Skip(state == 0 ? 17 : 18));
        }

        Assert.Equal("", Names(TcpEventType.Connect));
        Assert.Equal("error.number error.type", Names(TcpEventType.ConnectFailed));
        Assert.Equal("", Names(TcpEventType.Accept));
        Assert.Equal("", Names(TcpEventType.Open));
        Assert.Equal(
            "sent_bytes acked_bytes received_bytes sent_segments received_segments retransmits smoothed_rtt_us",
            Names(TcpEventType.Close, state: 1));
        // A recorded close has a state; what another tool printed has not, and no counters that it did not print.
        Assert.Equal("", Names(TcpEventType.Close));
    }

    [Fact]
    public void Flags_are_a_list_and_an_accept_has_no_duration() => Assert.EndsWith(
        """
        "network.type":"ipv6","network.local.address":"::ffff:10.0.0.1","network.local.port":40000,"network.peer.address":"::1","network.peer.port":443,"connection.id":"18446744073709551615","process.pid":164,"thread.id":165,"thread.name":"curl","user.id":4294967295,"linux.netns":4026531840,"linux.mntns":4026531841,"linux.cgroup.id":"77","cpu.logical_number":3,"sequence":"12","flags":["v4_mapped","io_uring"]}

        """,
        Json(connect with
        {
            Type = TcpEventType.Accept,
            IpVersion = 6,
            Duration = 0,
            Flags = TcpEventFlags.V4Mapped | TcpEventFlags.IoUring,
            LocalAddress = new Address([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1]),
            PeerAddress = new Address([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        }));

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'"', (byte)'\\', 10, 0xc3, 0xa9 }, """
        "thread.name":"a\u0022\u005c\u000aé",
        """)]
    [InlineData(new byte[] { 0xe2, 0x80, 0xae }, """
        "thread.name":"\u202e",
        """)]
    [InlineData(new byte[] { (byte)'x', 0xff, 0xfe }, """
        "thread.name.bytes":"78fffe","thread.name":"x��",
        """)]
    [InlineData(new byte[] { (byte)'s', (byte)'i', (byte)'x', (byte)'t', (byte)'e', (byte)'e', (byte)'n', 32, (byte)'b', (byte)'y', (byte)'t', (byte)'e', (byte)'s', 32, (byte)'i', (byte)'t' }, """
        "thread.name":"sixteen bytes it",
        """)]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, """
        "thread.name.bytes":"ffffffffffffffffffffffffffffffff","thread.name":"����������������",
        """)]
    public void Names_are_text_and_their_bytes_are_kept(byte[] name, string expected)
    {
        var named = connect with { Comm = new ThreadName(name) };
        Assert.Contains(expected, Json(named), StringComparison.Ordinal);
        AssertSame(named, Parse(Json(named)));
    }

    [Theory]
    [InlineData(0, """{"time":"1970-01-01T00:20:34.567890123Z","monotonic_ns":""")]
    [InlineData(1_800_000_000_000_000_000, """{"time":"2027-01-15T08:20:34.567890123Z","monotonic_ns":""")]
    [InlineData(-1_234_567_890_123, """{"time":"1970-01-01T00:00:00.000000000Z","monotonic_ns":""")]
    [InlineData(-1_234_567_890_124, """{"monotonic_ns":""")]
    [InlineData(long.MaxValue, """{"time":"2262-04-12T00:07:51.422665930Z","monotonic_ns":""")]
    public void The_time_of_day_has_nanoseconds(long realtimeOffset, string expected) =>
        Assert.StartsWith(expected, Json(connect, realtimeOffset));

    [Fact]
    public void Every_event_comes_back_from_its_line() => Gen
        .Select(AnyEvent.Valid, Gen.Long.Nullable())
        .Sample((e, offset) =>
        {
            var line = Json(e, offset);
            Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
            AssertSame(e, Parse(line));
        }, iter: 50_000);

    [Fact]
    public void So_does_one_of_an_unknown_kind() =>
        AnyEvent.Any.Sample(e => AssertSame(e, Parse(Json(e))), iter: 20_000);

    [Fact]
    public void Properties_may_stand_in_any_order() => Gen.Select(AnyEvent.Valid, Gen.Int).Sample((e, seed) =>
    {
        using var document = JsonDocument.Parse(Json(e));
        var properties = document.RootElement.EnumerateObject()
            .Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}").ToArray();
        new Random(seed).Shuffle(properties);
        AssertSame(e, Parse($"{{{string.Join(", ", properties)}}}"));
    }, iter: 10_000);

    [Fact]
    public void By_hand_a_few_properties_are_enough()
    {
        var e = Parse($$"""{ {{Minimal}}, "error.type": "EHOSTUNREACH", "linux.netns": "7" }""");
        Assert.Equal(
            (5ul, TcpEventType.Open, 4, 113, 7u),
            (e.Timestamp, e.Type, (int)e.IpVersion, (int)e.Error, e.Netns));
    }

    [Fact]
    public void What_earlier_versions_wrote_is_read()
    {
        var e = Parse($$"""
            { {{Minimal}}, "duration_ns": "1", "bytes_sent": "2", "bytes_acked": "3", "bytes_received": "4", "segments_sent": 5, "segments_received": 6 }
            """);
        Assert.Equal((1ul, 2ul, 3ul, 4ul, 5u, 6u), (e.Duration, e.BytesSent, e.BytesAcked, e.BytesReceived, e.SegmentsSent, e.SegmentsReceived));
        foreach (var word in new[] { "given_up", "aborted" })
        {
            Assert.Equal(0, Parse($$"""{ {{Minimal}}, "error.number": 0, "error.type": "{{word}}" }""").Error);
        }
    }

    [Theory]
    [InlineData("", "not JSON: ")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON: ")]
    [InlineData("{}", "monotonic_ns is missing")]
    [InlineData("{\"monotonic_ns\":\"5\",\"event.name\":\"tcp.open\"}", "network.local.address is missing")]
    [InlineData("{*} {}", "not JSON: ")]
    [InlineData("{*,\"process.pid\":1,\"process.pid\":1}", "process.pid is there twice")]
    [InlineData("{*,\"connect_ns\":1,\"duration_ns\":1}", "duration_ns is there twice")]
    [InlineData("{*,\"process.pd\":1}", "process.pd is not a property of an event")]
    [InlineData("{*,\"process.pid\":-1}", "process.pid is -1; expected a whole number from 0 to 4294967295")]
    [InlineData("{*,\"process.pid\":4294967296}", "process.pid is 4294967296; expected a whole number from 0 to 4294967295")]
    [InlineData("{*,\"process.pid\":1.5}", "process.pid is 1.5; expected a whole number from 0 to 4294967295")]
    [InlineData("{*,\"process.pid\":[1]}", "process.pid is a list; expected a whole number from 0 to 4294967295")]
    [InlineData("{*,\"sequence\":\"1e3\"}", "sequence is \"1e3\"; expected a whole number from 0 to 18446744073709551615")]
    [InlineData("{*,\"network.connection.state\":\"open\"}", "network.connection.state is \"open\"; expected one of established, ")]
    [InlineData("{*,\"network.connection.state\":7}", "network.connection.state is 7; expected one of established, ")]
    [InlineData("{*,\"network.connection.state\":\"256\"}", "network.connection.state is \"256\"; expected one of established, ")]
    [InlineData("{*,\"network.type\":\"ipv6\"}", "network.type is not that of the addresses before it")]
    [InlineData("{\"network.local.address\":\"localhost\"}", "network.local.address is \"localhost\"; expected an IPv4 or IPv6 address")]
    [InlineData("{\"network.type\":\"ipv6\",\"network.local.address\":\"1.2.3.4\"}", "network.local.address is \"1.2.3.4\"; expected an IPv6 address, as in the rest of the event")]
    [InlineData("{\"network.local.address\":\"1.2.3.4\",\"network.peer.address\":\"::1\"}", "network.peer.address is \"::1\"; expected an IPv4 address, as in the rest of the event")]
    [InlineData("{*,\"flags\":\"mptcp\"}", "flags is \"mptcp\"; expected a list of v4_mapped, io_uring, compat_task, mptcp")]
    [InlineData("{*,\"flags\":[\"fast\"]}", "flags is \"fast\"; expected a list of v4_mapped, io_uring, compat_task, mptcp")]
    [InlineData("{*,\"thread.name\":\"seventeen bytes !\"}", "thread.name is \"seventeen bytes !\"; expected at most 16 bytes of text without NUL")]
    [InlineData("{*,\"thread.name\":\"\\u0000\"}", "thread.name is \"\0\"; expected at most 16 bytes of text without NUL")]
    [InlineData("{*,\"thread.name\":\"\\ud800\"}", "not JSON: ")]
    [InlineData("{*,\"thread.name.bytes\":\"6\"}", "thread.name.bytes is \"6\"; expected at most 16 bytes other than 00, in hexadecimal")]
    [InlineData("{*,\"thread.name.bytes\":\"6100\"}", "thread.name.bytes is \"6100\"; expected at most 16 bytes other than 00, in hexadecimal")]
    [InlineData("{*,\"thread.name.bytes\":\"61\",\"thread.name\":\"b\"}", "thread.name is \"b\"; expected \"a\", which its bytes are")]
    [InlineData("{*,\"connect_ns\":1,\"accept_ns\":2}", "connect_ns and accept_ns are of different durations")]
    [InlineData("{*,\"tcp.end\":1}", "tcp.end is 1; expected one of closed, reset_sent, ")]
    [InlineData("{*,\"error.number\":1,\"error.type\":\"ENOENT\"}", "error.number and error.type are of different errors")]
    [InlineData("{*,\"time\":5}", "time is not a string")]
    public void What_is_wrong_is_told(string json, string message) => Assert.StartsWith(
        message,
        Assert.Throws<CaptureFormatException>(
            () => Parse(json.Replace("*", Minimal, StringComparison.Ordinal))).Message);

    [Fact]
    public void A_file_is_read_line_by_line()
    {
        var second = connect with { Timestamp = 7 };
        var events = ReadAll($"{Json(connect)}\r\n\n  \n{Json(second).TrimEnd()}").ToArray();
        Assert.Equal(2, events.Length);
        AssertSame(connect, events[0]);
        AssertSame(second, events[1]);
    }

    [Fact]
    public void Errors_in_a_file_tell_the_line() => Assert.Equal(
        "line 3: process.pid is true; expected a whole number from 0 to 4294967295",
        Assert.Throws<CaptureFormatException>(() =>
            ReadAll($"{Json(connect)}\n{{{Minimal},\"process.pid\":true}}").ToArray()).Message);

    [Fact]
    public void What_is_not_JSON_is_told_by_its_line_and_byte() => Assert.Equal(
        "line 3: not JSON: 'h' is an invalid start of a value, at byte 1",
        Assert.Throws<CaptureFormatException>(() => ReadAll($"{Json(connect)}\nhello").ToArray()).Message);

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        AssertSame(connect, Assert.Single(ReadAll("\ufeff" + Json(connect))));
        Assert.Throws<CaptureFormatException>(() => ReadAll(Json(connect) + "\ufeff" + Json(connect)).ToArray());
    }

    [Fact]
    public void Times_tell_the_wall_clock_and_where_it_steps()
    {
        var clocks = new ClockTable.Builder();
        var lines = string.Concat(new long[] { 5, 5, -3, -3, 5 }.Select((offset, at) => Json(connect with { Timestamp = 100 + (ulong)at }, offset)));
        Assert.Equal(5, EventJson.ReadAll(new MemoryStream(Encoding.UTF8.GetBytes(lines)), clocks: clocks).Count());

        Assert.Equal([(100ul, 5L), (102ul, -3L), (104ul, 5L)], clocks.Clocks.Anchors.Select(anchor => (anchor.Monotonic, anchor.WallOffset)));
    }

    [Fact]
    public void A_time_that_is_none_is_told() => Assert.Equal(
        "line 1: time is \"today\"; expected one such as 2026-01-31T23:59:59.123456789Z, from 1970 to 2554",
        Assert.Throws<CaptureFormatException>(() => EventJson.ReadAll(
            new MemoryStream(Encoding.UTF8.GetBytes($"{{{Minimal},\"time\":\"today\"}}")), clocks: new ClockTable.Builder()).ToArray()).Message);

    [Fact]
    public void Damaged_lines_give_an_event_or_the_one_error() => Gen
        .Select(AnyEvent.Valid, Gen.Int[0, 2000], Gen.OneOf(Gen.Byte, Gen.OneOf("{}[]\",:\\u0"u8.ToArray())), Gen.Bool)
        .Sample((e, at, by, cut) =>
        {
            var line = Encoding.UTF8.GetBytes(Json(e));
            at %= line.Length;
            line[at] = by;
            try
            {
                EventJson.Parse(cut ? line.AsSpan(0, at) : line);
            }
            catch (CaptureFormatException)
            {
            }
        }, iter: 30_000);

    /// <summary>What is remembered of a thread is not taken for that of another one, whatever tells them apart.</summary>
    [Fact]
    public void Threads_are_not_mistaken_for_each_other() => Gen.Select(AnyEvent.Valid, AnyEvent.Valid, Gen.Int[0, 9]).Sample((e, other, part) =>
    {
        var changed = e;
        switch (part)
        {
            case 0: changed.Pid = other.Pid; break;
            case 1: changed.ContainerPid = other.ContainerPid; break;
            case 2: changed.Tid = other.Tid; break;
            case 3: changed.Comm = other.Comm; break;
            case 4: changed.Uid = other.Uid; break;
            case 5: changed.Netns = other.Netns; break;
            case 6: changed.NetnsId = other.NetnsId; break;
            case 7: changed.Mntns = other.Mntns; break;
            case 8: changed.Pidns = other.Pidns; break;
            default: changed.Cgroup = other.Cgroup; break;
        }

        var texts = new ThreadTexts();
        var fresh = new byte[2048];
        foreach (var one in new[] { e, changed, e })
        {
            Assert.Equal(Encoding.UTF8.GetString(fresh.AsSpan(0, EventJsonFields.Write(fresh, EventJsonFields.Thread, in one))), Encoding.UTF8.GetString(texts.Of(in one)));
        }
    }, iter: 20_000);

    private static string Json(TcpEvent e, long? realtimeOffset = null)
    {
        var output = new ExactBuffer();
        EventJson.Write(output, in e, realtimeOffset);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static TcpEvent Parse(string json) => EventJson.Parse(Encoding.UTF8.GetBytes(json));

    private static IEnumerable<TcpEvent> ReadAll(string text) =>
        EventJson.ReadAll(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static void AssertSame(TcpEvent expected, TcpEvent actual) => Assert.Equal(Bytes(expected), Bytes(actual));

    private static byte[] Bytes(TcpEvent e) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref e, 1)).ToArray();
}
