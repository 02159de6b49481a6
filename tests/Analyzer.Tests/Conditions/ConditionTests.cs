using System.Net;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests.Conditions;

/// <summary>The language of docs/conditions.md.</summary>
public sealed class ConditionTests
{
    private const ulong Second = 1_000_000_000;

    private static readonly TcpEvent connect = new()
    {
        Timestamp = 10 * Second,
        Type = TcpEventType.Connect,
        IpVersion = 4,
        LocalAddress = new Address(IPAddress.Parse("10.0.0.1")),
        LocalPort = 40_000,
        PeerAddress = new Address(IPAddress.Parse("10.0.0.2")),
        PeerPort = 443,
        Pid = 7,
        Uid = 1000,
        Comm = new ThreadName("my app"),
        Duration = 1_500_000,
        Cgroup = 1,
    };

    private static readonly EventContext context = Context();

    [Theory]
    [InlineData("pid == 7", true)]
    [InlineData("pid = 7", true)]
    [InlineData("pid=7", true)]
    [InlineData("pid==8||pid==7&&uid==1000", true)]
    [InlineData("process.pid == 7", true)]
    [InlineData("pid != 7", false)]
    [InlineData("pid < 8 and pid > 6", true)]
    [InlineData("pid <= 6 or pid >= 8", false)]
    [InlineData("pid == 8 or pid == 9 and pid == 7 or uid == 1000", true)]
    [InlineData("(pid == 8 or pid == 7) and uid == 0", false)]
    [InlineData("pid == 7 or pid == 8 and uid == 0", true)]
    [InlineData("not pid == 8", true)]
    [InlineData("not not pid == 7", true)]
    [InlineData("not pid == 7 or uid == 1000", true)]
    [InlineData("not (pid == 7 or uid == 1000)", false)]
    [InlineData("!(pid == 7) || uid == 1000 && pid == 7", true)]
    [InlineData("NOT pid == 8 AND uid IN {0,1000}", true)]
    [InlineData("port == 443", true)]
    [InlineData("port == 40000", true)]
    [InlineData("port != 443", false)]
    [InlineData("port in {80,443,8000-8100}", true)]
    [InlineData("port in 400-450", true)]
    [InlineData("port not in {80, 8000-8100}", true)]
    [InlineData("peer.port == 40000", false)]
    [InlineData("peer == 10.0.0.2", true)]
    [InlineData("peer == ::ffff:10.0.0.2", true)]
    [InlineData("peer in 10.0.0.0/8", true)]
    [InlineData("peer in {192.168.0.0/16, 10.0.0.2}", true)]
    [InlineData("peer not in 10.0.0.0/30", false)]
    [InlineData("peer in fd00::/8", false)]
    [InlineData("addr == 10.0.0.1", true)]
    [InlineData("addr != 10.0.0.1", false)]
    [InlineData("peer =~ \"10.*\"", true)]
    [InlineData("peer =~ 10.0.?.[1-3]", true)]
    [InlineData("peer !~ 10.*", false)]
    [InlineData("process == \"my app\"", true)]
    [InlineData("process == \"\"", false)]
    [InlineData("process == \"my\\x20app\"", true)]
    [InlineData("comm =~ \"my *\"", true)]
    [InlineData("comm =~ *APP", false)]
    [InlineData("type == C", true)]
    [InlineData("type == connect", true)]
    [InlineData("type == tcp.connect", true)]
    [InlineData("event.name in {A,X}", false)]
    [InlineData("ip == ipv4", true)]
    [InlineData("connect > 1ms", true)]
    [InlineData("connect == 1.5ms", true)]
    [InlineData("connect in 1ms-2ms", true)]
    [InlineData("connect_ns <= 1499us", false)]
    [InlineData("time >= 5", true)]
    [InlineData("time < 5s", false)]
    [InlineData("time >= 10000000000ns", true)]
    [InlineData("time >= 1970-01-01T00:01:40Z", true)]
    [InlineData("time < 1970-01-01T00:01:40Z", false)]
    [InlineData("unit == web", true)]
    [InlineData("unit == system.slice", true)]
    [InlineData("cgroup == /system.slice", true)]
    [InlineData("cgroup =~ */web.*", true)]
    [InlineData("unit", true)]
    [InlineData("container", false)]
    [InlineData("not container and unit", true)]
    [InlineData("host == box", true)]
    public void A_condition_holds_of_an_event_or_does_not(string text, bool holds) =>
        Assert.Equal(holds, EventCondition.Parse(text).Holds(in connect, context));

    /// <summary>A comparison with what is absent does not hold, and so its opposite does.</summary>
    [Theory]
    [InlineData("retransmits == 0", false)]
    [InlineData("retransmits > 0", false)]
    [InlineData("retransmits <= 5", false)]
    [InlineData("retransmits != 0", true)]
    [InlineData("not retransmits == 0", true)]
    [InlineData("errno in {ECONNREFUSED,ETIMEDOUT}", false)]
    [InlineData("errno not in {ECONNREFUSED,ETIMEDOUT}", true)]
    [InlineData("errno =~ E*", false)]
    [InlineData("errno !~ E*", true)]
    [InlineData("errno", false)]
    [InlineData("netns", false)]
    public void Of_what_is_absent_no_comparison_holds(string text, bool holds) =>
        Assert.Equal(holds, EventCondition.Parse(text).Holds(in connect, context));

    [Theory]
    [InlineData("service == 10.0.0.2:443", true)]
    [InlineData("service in 10.0.0.0/8", true)]
    [InlineData("service =~ *:443", true)]
    [InlineData("port == 443", true)]
    [InlineData("port == 40000", false)]
    [InlineData("role == client and ending == closed", true)]
    [InlineData("lifetime >= 2s", true)]
    [InlineData("lifetime < 2s", false)]
    [InlineData("opened >= 1 and ended <= 4", true)]
    [InlineData("bytes >= 1KiB", true)]
    [InlineData("sent == 2048", true)]
    [InlineData("rtt in 300us-1ms", true)]
    [InlineData("rtt == 0.3ms", true)]
    [InlineData("preexisting", false)]
    [InlineData("not preexisting and not joined", true)]
    [InlineData("uncertain == false", true)]
    [InlineData("closer.pid == 0", true)]
    [InlineData("peer.process == curl", false)]
    [InlineData("errno == aborted", false)]
    public void A_condition_holds_of_a_connection_or_does_not(string text, bool holds)
    {
        var connection = Ends.Client("a", "10.0.0.2", 443, Second, 2 * Second) with { BytesSent = 2048, BytesAcked = 2049, BytesReceived = 9, SmoothedRtt = 300 };
        Assert.Equal(holds, ConnectionCondition.Parse(text).Holds(in connection, ConnectionContext.Of(Ends.Recording)));
    }

    [Theory]
    [InlineData("", 0, 1, "the name of a field, such as peer or lifetime, is expected")]
    [InlineData("   ", 3, 1, "the name of a field, such as peer or lifetime, is expected")]
    [InlineData("pdi == 7", 0, 3, "there is no field 'pdi'; did you mean pid?")]
    [InlineData("elephant == 7", 0, 8, "there is no field 'elephant'; tracecap fields lists those of events")]
    [InlineData("lifetime > 1s", 0, 8, "lifetime is known of connections, not of events; tracecap fields lists both")]
    [InlineData("pid 7", 4, 1, "one of == != < <= > >= =~ in is expected")]
    [InlineData("pid ==", 6, 1, "a value of pid: a whole number is expected")]
    [InlineData("pid == x", 7, 1, "pid: a whole number is expected")]
    [InlineData("pid == 7 8", 9, 1, "and, or or the end is expected; a value with blanks stands in double quotes")]
    [InlineData("process == my app", 14, 3, "and, or or the end is expected; a value with blanks stands in double quotes")]
    [InlineData("process == \"my app", 11, 7, "a closing \" is missing")]
    [InlineData("process > a", 0, 10, "process has no order; == != =~ or in is expected")]
    [InlineData("(pid == 7", 0, 1, "a ) is missing")]
    [InlineData("pid == 7)", 8, 1, "there is no ( for this )")]
    [InlineData("pid == 7 and", 12, 1, "the name of a field, such as peer or lifetime, is expected")]
    [InlineData("not", 3, 1, "the name of a field, such as peer or lifetime, is expected")]
    [InlineData("port in {80,443", 15, 1, "a comma or } is expected")]
    [InlineData("port in {80,}", 12, 1, "a port from 0 to 65535")]
    [InlineData("port in {80,70000}", 12, 5, "port.local: ")]
    [InlineData("port in 90-80", 8, 5, "")]
    [InlineData("pid not 7", 8, 1, "in is expected, as in 'port not in {80,443}'")]
    [InlineData("peer == 10.0.0.0/8", 8, 10, "peer: an address is expected; a range stands behind 'in', as in 10.0.0.0/8")]
    [InlineData("peer in 10.0.0.1/8", 8, 10, "peer: '10.0.0.1/8' has bits set behind its length")]
    [InlineData("connect > 5", 10, 1, "connect: a time with its unit, such as 50us, 5ms or 1.5s")]
    [InlineData("type == conect", 8, 6, "event: one of tcp.accept, tcp.connect, ")]
    [InlineData("state == ECONNREFUSED", 9, 12, "state: ")]
    [InlineData("time > yesterday", 7, 9, "time: ")]
    public void An_error_points_at_the_characters_that_are_wrong(string text, int offset, int length, string reason)
    {
        var error = Assert.Throws<ConditionFormatException>(() => EventCondition.Parse(text));
        var lines = error.Message.Split('\n');
        Assert.Equal((offset, "  " + new string(' ', offset) + new string('^', length)), (error.Offset, lines[2]));
        Assert.Equal($"  {text}", lines[1]);
        Assert.StartsWith(reason.StartsWith("port.local", StringComparison.Ordinal) ? "" : reason, lines[0], StringComparison.Ordinal);
        Assert.False(EventCondition.TryParse(text, null, out _));
    }

    [Theory]
    [InlineData("type == C", "type is known of events, not of connections; tracecap fields lists both")]
    [InlineData("ending == ECONNREFUSED", "ending: one of open, closed, reset, failed, unseen is expected; did you mean errno == ECONNREFUSED?")]
    public void An_error_says_where_a_name_belongs(string text, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<ConditionFormatException>(() => ConnectionCondition.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Conditions_are_options_of_filters_too()
    {
        var filter = CaptureFilter.Parse("--where \"pid == 7 and peer in 10.0.0.0/8\" -p 7");
        Assert.True(filter.Resolve(context).Matches(in connect));
        Assert.Equal(filter.ToString(), CaptureFilter.Parse(filter.ToString()).ToString());
        var connections = ConnectionFilter.Parse("--where lifetime>1s --min 1ms");
        Assert.Equal(connections.ToString(), ConnectionFilter.Parse(connections.ToString()).ToString());
        Assert.Equal(ConnectionCondition.Parse("lifetime>1s"), connections.Where);
        Assert.Throws<ConditionFormatException>(() => CaptureFilter.Parse("--where pdi==7"));
    }

    private static EventContext Context()
    {
        var names = new CaptureNames.Builder();
        names.Add(new CaptureContext { Cgroups = [new NamedId(1, "/system.slice/web.service")] });
        return new EventContext
        {
            Begin = 5 * Second,
            Header = new CaptureHeader { Host = "box" },
            Names = names.Names,
            Clock = new ClockAnchor(10 * Second, 10 * Second, 100 * Second),
        };
    }
}
