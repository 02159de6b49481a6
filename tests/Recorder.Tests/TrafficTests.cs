using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>
/// The cases of tests/vm/traffic.py, recorded here, against what bcc's tcptracer printed of the same cases on Debian's
/// 6.1 kernel (<c>tcptracer -v -t</c>, tests/reference).
/// </summary>
[Collection(Live.Name)]
public sealed partial class TrafficTests
{
    private const int FirstPort = 20000;
    private const int PortsPerCase = 20;
    private const int Burst = 200;

    /// <summary>In the order of traffic.py, which gives each its ports.</summary>
    private static readonly string[] Cases =
    [
        "normal4", "normal6", "server_first", "killed", "refused4", "refused6", "not_accepted", "half_close", "linger0",
        "fork_child", "dup", "threads", "mapped_client", "mapped_server", "listen_close", "no_connect", "nonblock",
        "names", "old_close", "open_at_end", "burst", "netns",
    ];

    private static readonly Lazy<(List<TcpEvent> Events, List<JsonElement> Log)> Recorded =
        new(() => Record(copyReads: false));

    private static readonly Lazy<(List<TcpEvent> Events, List<JsonElement> Log)> RecordedForOlderKernels =
        new(() => Record(copyReads: true));

    /// <summary>The real tool loses rows in a burst; that case has a test of its own.</summary>
    public static TheoryData<string> ComparableCases => [.. Cases.Where(name => name != "burst")];

    [Theory]
    [MemberData(nameof(ComparableCases))]
    public void A_case_gives_the_rows_of_tcptracer(string name) => AssertRows(name, Recorded.Value.Events);

    [Theory]
    [MemberData(nameof(ComparableCases))]
    public void And_so_it_does_with_the_programs_for_kernels_before_6_2(string name) =>
        AssertRows(name, RecordedForOlderKernels.Value.Events);

    [Fact]
    public void A_client_of_a_mapped_address_has_a_connect()
    {
        var events = Recorded.Value.Events.Where(e => CaseOf(e.LocalPort, e.PeerPort) == "mapped_client").ToArray();

        Assert.Equal("CAXX", string.Concat(events.Select(e => (char)e.Type)));
        Assert.Equal(TcpEventFlags.V4Mapped, events[0].Flags);
        Assert.Equal(events[0].Connection, events[2].Connection);
    }

    [Fact]
    public void A_burst_is_recorded_to_the_last_event()
    {
        var types = Recorded.Value.Events.Where(e => CaseOf(e.LocalPort, e.PeerPort) == "burst")
            .CountBy(e => e.Type).ToDictionary();

        Assert.Equal(Burst, types[TcpEventType.Connect]);
        Assert.Equal(Burst, types[TcpEventType.Accept]);
        Assert.Equal(2 * Burst, types[TcpEventType.Close]);
    }

    [Fact]
    public void All_events_of_a_socket_carry_its_id_and_those_of_no_other_do()
    {
        // The kprobe and tracepoint probes alone give no id to sockets that are older than they.
        var ends = Recorded.Value.Events.Where(e => e.Connection != 0 || CaseOf(e.LocalPort, e.PeerPort) != "old_close")
            .GroupBy(e => e.Connection).Select(connection => (
            Types: string.Concat(connection.Select(e => (char)e.Type)),
            Sockets: connection.Select(e => (e.LocalAddress, e.LocalPort, e.PeerAddress, e.PeerPort)).Distinct().Count(),
            OpenedBefore: connection.All(e => CaseOf(e.LocalPort, e.PeerPort) == "old_close"),
            OpenAtEnd: connection.All(e => CaseOf(e.LocalPort, e.PeerPort) == "open_at_end")));

        Assert.All(ends, socket =>
        {
            Assert.Equal(1, socket.Sockets);
            Assert.Matches(socket.OpenedBefore ? "^X$" : socket.OpenAtEnd ? "^[CA]$" : "^([CA]X|F)$", socket.Types);
        });
    }

    [Fact]
    public void Connects_and_accepts_are_of_the_thread_that_made_them() =>
        Assert.All(LoggedSteps("connect", "accept"), step => Assert.Single(Recorded.Value.Events, step.Is));

    [Fact]
    public void Closes_are_of_the_thread_that_made_them()
    {
        // These have no step in the log that ends the connection.
        string[] elsewhere = ["killed", "burst", "fork_child"];
        var steps = LoggedSteps("close").ToArray();
        var closes = Recorded.Value.Events.Where(e =>
            e.Type == TcpEventType.Close && !elsewhere.Contains(CaseOf(e.LocalPort, e.PeerPort)));

        Assert.All(closes, close => Assert.Contains(steps, step => step.Is(close)));
    }

    private static void AssertRows(string name, List<TcpEvent> events)
    {
        // tcptracer has no failed connects, and misses the connect of a client that uses an IPv4-mapped address.
        var shown = events.Where(e => e.Type != TcpEventType.ConnectFailed
            && (e.Type != TcpEventType.Connect || !e.Flags.HasFlag(TcpEventFlags.V4Mapped)));
        var recorded = shown.Select(e => new Row(
            e.Timestamp, (char)e.Type, e.Pid, e.Comm.ToString(), e.IpVersion,
            e.LocalAddress.ToIPAddress(e.IpVersion).ToString(), e.PeerAddress.ToIPAddress(e.IpVersion).ToString(),
            e.LocalPort, e.PeerPort, e.Netns));

        Assert.Equal(Normalize(ReadTcptracer(), name), Normalize(recorded, name));
    }

    private static (List<TcpEvent> Events, List<JsonElement> Log) Record(bool copyReads)
    {
        Live.SkipUnlessAllowed();
        var log = Path.GetTempFileName();
        using var cgroup = new TestCgroup();
        using var traffic = cgroup.Start(
            "python3", Repository.File("tests/vm/traffic.py"), "--wait", "--netns", "--burst", $"{Burst}", "--log", log);
        Assert.Equal("ready", traffic.StandardOutput.ReadLine());
        List<TcpEvent> events;
        // As tcptracer filters: also the closes of what was open before.
        using var map = new TestMap(cgroup.Id);
        using (var probes = Live.Attach(new ProbeOptions { CopyReads = copyReads, CgroupMap = map.Path, FilterEachEvent = true }))
        {
            traffic.StandardInput.WriteLine();
            Assert.Equal("done", traffic.StandardOutput.ReadLine());
            events = cgroup.Own(Live.Drain(probes));
            Assert.Equal(0ul, probes.LossCounters.Read().RingFull);
        }

        traffic.StandardInput.WriteLine();
        traffic.WaitForExit();
        Assert.Equal(0, traffic.ExitCode);
        var lines = File.ReadLines(log).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        File.Delete(log);
        return (events, lines);
    }

    private static IEnumerable<Row> ReadTcptracer()
    {
        // A name may hold blanks, line breaks or nothing at all, so only the columns around it can be relied on.
        var text = File.ReadAllText(Repository.File("tests/reference/6.1/bcc-tcptracer-v-t.out"));
        return TcptracerRow().Matches(text).Select(row => new Row(
            ulong.Parse(row.Groups[1].Value), char.ToUpperInvariant(row.Groups[2].Value == "close" ? 'X' : row.Groups[2].Value[0]),
            uint.Parse(row.Groups[3].Value), row.Groups[4].Value, byte.Parse(row.Groups[5].Value),
            row.Groups[6].Value.Trim('[', ']'), row.Groups[7].Value.Trim('[', ']'),
            ushort.Parse(row.Groups[8].Value), ushort.Parse(row.Groups[9].Value), uint.Parse(row.Groups[10].Value)));
    }

    [GeneratedRegex(@"^(\d+) +(connect|accept|close) +(\d[\d ]{5}) (.{0,16}?) +([46])  ?(\S+) +(\S+) +(\d+) +(\d+) +(\d+) *$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex TcptracerRow();

    /// <summary>
    /// The rows of one case in the order of time, without what differs from run to run: processes and network namespaces
    /// become the number of their first appearance, and a port that the kernel chose a star.
    /// </summary>
    private static string[] Normalize(IEnumerable<Row> rows, string name)
    {
        var processes = new List<uint>();
        var namespaces = new List<uint>();
        return [.. from row in rows
                   where CaseOf(row.LocalPort, row.PeerPort) == name
                   orderby row.Time
                   select $"{row.Type} p{Number(processes, row.Pid)} '{row.Comm.TrimEnd()}' {row.Ip} "
                       + $"{row.Local}:{Port(row.LocalPort)} {row.Peer}:{Port(row.PeerPort)} n{Number(namespaces, row.Netns)}"];

        static int Number(List<uint> seen, uint value)
        {
            if (!seen.Contains(value))
            {
                seen.Add(value);
            }

            return seen.IndexOf(value);
        }

        static string Port(ushort port) => IsCasePort(port) ? $"{port}" : "*";
    }

    private static bool IsCasePort(ushort port) => port >= FirstPort && port < FirstPort + (Cases.Length * PortsPerCase);

    private static string? CaseOf(ushort local, ushort peer) =>
        IsCasePort(local) ? Cases[(local - FirstPort) / PortsPerCase]
        : IsCasePort(peer) ? Cases[(peer - FirstPort) / PortsPerCase]
        : null;

    /// <summary>What the processes of the traffic said that they did, where it succeeded.</summary>
    private static IEnumerable<Step> LoggedSteps(params string[] operations) =>
        from line in Recorded.Value.Log
        let operation = line.GetProperty("op").GetString()
        where operations.Contains(operation) && !line.TryGetProperty("error", out _)
        where line.GetProperty("case").GetString() != "old-close" || operation == "close"
        select new Step(
            operation switch { "connect" => TcpEventType.Connect, "accept" => TcpEventType.Accept, _ => TcpEventType.Close },
            line.GetProperty("pid").GetUInt32(), line.GetProperty("tid").GetUInt32(),
            line.GetProperty("comm").GetString()!, End(line.GetProperty("local")), End(line.GetProperty("remote")));

    /// <summary>A socket that its peer has reset does not tell its ends any more.</summary>
    private static string? End(JsonElement end) =>
        end.ValueKind == JsonValueKind.Null ? null : $"{end[0].GetString()}:{end[1].GetInt32()}";

    private static string End(in TcpEvent e, Address address, ushort port) => $"{address.ToIPAddress(e.IpVersion)}:{port}";

    private sealed record Row(
        ulong Time, char Type, uint Pid, string Comm, byte Ip, string Local, string Peer, ushort LocalPort,
        ushort PeerPort, uint Netns);

    private sealed record Step(TcpEventType Type, uint Pid, uint Tid, string Comm, string? Local, string? Peer)
    {
        /// <summary>The log has names byte by byte.</summary>
        internal bool Is(TcpEvent e) =>
            (e.Type, e.Pid, e.Tid, Encoding.Latin1.GetString(e.Comm.Bytes)) == (Type, Pid, Tid, Comm)
            && (Local is null || End(e, e.LocalAddress, e.LocalPort) == Local)
            && (Peer is null || End(e, e.PeerAddress, e.PeerPort) == Peer);
    }
}
