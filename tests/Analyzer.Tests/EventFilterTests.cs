using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests;

public sealed class EventFilterTests
{
    private static readonly TcpEvent connect = Event("10.1.2.3", "192.168.0.9") with
    {
        Timestamp = 100,
        Type = TcpEventType.Connect,
        LocalPort = 40000,
        PeerPort = 443,
        Pid = 164,
        Uid = 1000,
        Comm = new ThreadName("curl"),
        Netns = 4026531840,
    };

    [Fact]
    public void Without_conditions_all_events_pass() => AnyEvent.Any.Sample(e => new EventFilter().Matches(in e));

    [Fact]
    public void A_list_that_was_never_made_is_an_empty_one()
    {
        var filter = new EventFilter { Pids = default, Ports = default, Addresses = default };
        Assert.True(filter.IsAll && filter.Matches(in connect));
        var connections = new ConnectionFilter { LocalPorts = default, PeerPorts = default };
        Assert.True(connections.IsAny && connections.Matches(new Connection(), filter, null));
    }

    [Fact]
    public void Each_condition_lets_through_what_meets_it_and_nothing_else()
    {
        AssertOnly(new() { Pids = [1, 164] }, connect, connect with { Pid = 165 });
        AssertOnly(new() { Uids = [1000, 1001] }, connect, connect with { Uid = 0 });
        AssertOnly(new() { Uids = [0] }, connect with { Uid = 0 }, connect);
        AssertOnly(new() { NetworkNamespaces = [4026531840] }, connect, connect with { Netns = 1 });
        AssertOnly(new() { IpVersion = 4 }, connect, connect with { IpVersion = 6 });
        AssertOnly(new() { From = 100 }, connect, connect with { Timestamp = 99 });
        AssertOnly(new() { To = 100 }, connect with { Timestamp = 99 }, connect);
        AssertOnly(new() { Comm = new ThreadName("curl") }, connect, connect with { Comm = new ThreadName("curl2") });
        AssertOnly(new() { Ports = [443] }, connect, connect with { PeerPort = 80 });
        AssertOnly(new() { Ports = [1, 40000] }, connect, connect with { LocalPort = 2 });
        AssertOnly(new() { Types = EventTypeSet.Parse("XC") }, connect, connect with { Type = TcpEventType.Accept });
        AssertOnly(new() { Addresses = [AddressPrefix.Parse("10.0.0.0/8")] },
            connect, Event("11.1.2.3", "192.168.0.9"));
        AssertOnly(new() { Addresses = [AddressPrefix.Parse("::1"), AddressPrefix.Parse("192.168.0.9")] },
            connect, Event("10.1.2.3", "192.168.0.8"));
    }

    [Fact]
    public void All_conditions_must_be_met()
    {
        var filter = new EventFilter { Pids = [164], Ports = [443] };
        Assert.True(filter.Matches(in connect));
        Assert.False(filter.Matches(connect with { Pid = 1 }));
        Assert.False(filter.Matches(connect with { PeerPort = 1 }));
    }

    [Theory]
    [InlineData(TcpEventType.Connect, TcpEventFlags.None, true)]
    [InlineData(TcpEventType.Connect, TcpEventFlags.V4Mapped, false)]
    [InlineData(TcpEventType.Connect, TcpEventFlags.V4Mapped | TcpEventFlags.Mptcp, false)]
    [InlineData(TcpEventType.Connect, TcpEventFlags.Mptcp, true)]
    [InlineData(TcpEventType.Accept, TcpEventFlags.V4Mapped, true)]
    [InlineData(TcpEventType.Accept, TcpEventFlags.IoUring, true)]
    [InlineData(TcpEventType.Close, TcpEventFlags.V4Mapped, true)]
    [InlineData(TcpEventType.Close, TcpEventFlags.Mptcp, false)]
    [InlineData(TcpEventType.Accept, TcpEventFlags.Mptcp, true)]
    [InlineData(TcpEventType.ConnectFailed, TcpEventFlags.None, false)]
    [InlineData(TcpEventType.Open, TcpEventFlags.None, false)]
    [InlineData(TcpEventType.Ended, TcpEventFlags.FinReceived, false)]
    [InlineData(TcpEventType.Accept, TcpEventFlags.ResetBeforeAccept, false)]
    [InlineData(TcpEventType.Close, TcpEventFlags.ConnectFailed, true)]
    public void Compat_lets_through_what_tcptracer_shows(TcpEventType type, TcpEventFlags flags, bool shown) =>
        Assert.Equal(shown, new EventFilter { Compat = true }.Matches(connect with { Type = type, Flags = flags }));

    [Theory]
    [InlineData(TcpEventType.Connect, TcpEventFlags.V4Mapped, true)]
    [InlineData(TcpEventType.Accept, TcpEventFlags.ResetBeforeAccept, true)]
    [InlineData(TcpEventType.Close, TcpEventFlags.Mptcp, true)]
    [InlineData(TcpEventType.Close, TcpEventFlags.ConnectFailed, false)]
    [InlineData(TcpEventType.ConnectFailed, TcpEventFlags.None, false)]
    [InlineData(TcpEventType.Open, TcpEventFlags.None, false)]
    [InlineData(TcpEventType.Ended, TcpEventFlags.FinReceived, false)]
    [InlineData((TcpEventType)'Z', TcpEventFlags.None, false)]
    public void The_plain_table_has_what_connections_did(TcpEventType type, TcpEventFlags flags, bool shown)
    {
        var filter = new EventFilter { Plain = true };
        Assert.False(filter.IsAll);
        Assert.Equal(shown, filter.Matches(connect with { Type = type, Flags = flags }));
    }

    [Fact]
    public void Sets_of_types_are_read_in_any_order()
    {
        Assert.Equal(EventTypeSet.Parse("CAXFOE"), EventTypeSet.Parse("EOFXAC"));
        Assert.Equal(EventTypeSet.Tcptracer, EventTypeSet.Parse("XAACX"));
        Assert.Equal("CAX", EventTypeSet.Tcptracer.ToString());
        var all = Enumerable.Range(0, 256).Where(type => EventTypeSet.Parse("cAXFOe").Contains((TcpEventType)type));
        Assert.Equal("ACEFOX", string.Concat(all.Select(type => (char)type)));
    }

    [Theory]
    [InlineData("", "no type of event is given; expected letters of CAXFOE")]
    [InlineData("CB", "'B' in 'CB' is no type of event; expected letters of CAXFOE")]
    [InlineData("cz", "'z' in 'cz' is no type of event; expected letters of CAXFOE")]
    public void Other_letters_are_told(string letters, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => EventTypeSet.Parse(letters)).Message);

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "a00::", false)]
    [InlineData("0.0.0.0/0", "1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::ffff:1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("1.2.3.4/31", "1.2.3.5", true)]
    [InlineData("1.2.3.4", "1.2.3.5", false)]
    [InlineData("1.2.3.4", "1.2.3.4", true)]
    [InlineData("fd00::/8", "fdff::1", true)]
    [InlineData("fd00::/8", "fe00::", false)]
    [InlineData("::/0", "::1", true)]
    [InlineData("::/0", "::ffff:1.2.3.4", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("::ffff:0.0.0.0/96", "::ffff:1.2.3.4", true)]
    [InlineData("::ffff:0.0.0.0/96", "1.2.3.4", true)]
    [InlineData("::fffe:0:0/95", "1.2.3.4", false)]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4", true)]
    [InlineData("::ffff:1.2.3.4", "::ffff:1.2.3.4", true)]
    [InlineData("::ffff:1.2.3.0/120", "1.2.4.0", false)]
    [InlineData("[::1]", "::1", true)]
    [InlineData("[fd00::]/8", "fdff::1", true)]
    [InlineData("[::ffff:1.2.3.4]", "1.2.3.4", true)]
    [InlineData("::ffff:1.2.3.4/127", "1.2.3.6", false)]
    [InlineData("::/95", "1.2.3.4", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "::2", false)]
    public void A_range_holds_its_addresses(string range, string address, bool held)
    {
        Assert.True(InetText.TryParse(address, out var parsed, out var ipVersion));
        Assert.Equal(held, AddressPrefix.Parse(range).Contains(in parsed, ipVersion));
    }

    [Theory]
    [InlineData("10.0.0/8", "'10.0.0/8' is no address; expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8")]
    [InlineData("[10.0.0.1]", "'[10.0.0.1]' is no address; expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8")]
    [InlineData("[::1", "'[::1' is no address; expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8")]
    [InlineData("", "'' is no address; expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8")]
    [InlineData("10.0.0.0/33", "'33' in '10.0.0.0/33' is no prefix length; expected 0 to 32")]
    [InlineData("10.0.0.0/", "'' in '10.0.0.0/' is no prefix length; expected 0 to 32")]
    [InlineData("::/129", "'129' in '::/129' is no prefix length; expected 0 to 128")]
    [InlineData("::/-1", "'-1' in '::/-1' is no prefix length; expected 0 to 128")]
    [InlineData("10.1.2.3/8", "'10.1.2.3/8' has bits set behind its length; expected 10.0.0.0/8")]
    [InlineData("fd00::1/8", "'fd00::1/8' has bits set behind its length; expected fd00::/8")]
    public void What_is_no_range_is_told(string range, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => AddressPrefix.Parse(range)).Message);

    [Fact]
    public void A_range_holds_an_address_exactly_if_their_first_bits_agree() => Gen
        .Select(Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.Int[0, 128], Gen.Int[0, 127])
        .Sample((bytes, length, flipped) =>
        {
            var bits = 8 * bytes.Length;
            (length, flipped) = (length % (bits + 1), flipped % bits);
            var version = bits == 32 ? 4 : 6;
            var network = bytes.Select((b, i) => (byte)(b & (0xff00 >> Math.Clamp(length - (8 * i), 0, 8)))).ToArray();
            var prefix = AddressPrefix.Parse($"{new Address(network).ToIPAddress(version)}/{length}");
            Assert.Equal(prefix, AddressPrefix.Parse(prefix.ToString()));
            Assert.True(prefix.Contains(new Address(bytes), version));

            bytes[flipped / 8] ^= (byte)(0x80 >> (flipped % 8));
            Assert.Equal(flipped >= length, prefix.Contains(new Address(bytes), version));
        }, iter: 20_000);

    private static TcpEvent Event(string local, string peer)
    {
        Assert.True(InetText.TryParse(local, out var localAddress, out var ipVersion));
        Assert.True(InetText.TryParse(peer, out var peerAddress, out _));
        return new() { IpVersion = (byte)ipVersion, LocalAddress = localAddress, PeerAddress = peerAddress };
    }

    private static void AssertOnly(EventFilter filter, TcpEvent passes, TcpEvent fails)
    {
        Assert.True(filter.Matches(in passes));
        Assert.False(filter.Matches(in fails));
    }
}
