using System.Net;
using System.Net.Sockets;
using System.Text;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests.Library;

public sealed class CaptureTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private const ulong Begin = 100 * Second;

    private static readonly DateTimeOffset start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Samples => [.. Directory.GetFiles(Repository.File("samples/captures"), "*.tcap")];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The records are what the sink is given, and each way of reading gives the same ones.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Every_way_gives_the_same_connections(string path)
    {
        using var file = File.OpenRead(path);
        var expected = ConnectionList.Read(file);
        await using var capture = Capture.Open(path);
        var records = capture.Connections().ToList();
        Assert.Equal(expected.Count, records.Count);
        Assert.All(expected.Zip(records), pair =>
        {
            var (connection, record) = pair;
            Assert.Equal(connection.Id, record.Id ?? 0);
            Assert.Equal((connection.Role, connection.Ending, connection.IsPreexisting, connection.IsDoubtful, connection.IsSecondEnd), (record.Role, record.Ending, record.IsPreexisting, record.IsUncertain, record.IsSecondSocket));
            Assert.Equal((connection.LocalPort, connection.PeerPort), ((ushort)record.Local.Port, (ushort)record.Peer.Port));
            Assert.Equal((long)(connection.Lifetime / 100), record.Lifetime.Ticks);
            Assert.Equal(connection.HasCounters, record.Counters is not null);
            Assert.Equal(connection.HasCounters ? (long)connection.PayloadSent : null, record.PayloadSent);
            Assert.Equal(connection.HasOpener ? connection.Opener.Comm.ToString() : null, connection.HasOpener ? record.Process?.ThreadName : null);
            Assert.Equal(connection.IsJoined ? connection.PeerOwner.Pid : null, record.PeerProcess?.Id);
            Assert.Equal(connection.HasError ? Errno.NameOf(connection.AnyError) : null, record.ErrorName);
            Assert.NotEqual("", record.ToString());
        });

        var later = new List<TcpConnection>();
        await foreach (var one in capture.ConnectionsAsync(token: TestContext.Current.CancellationToken))
        {
            later.Add(one);
        }

        Assert.Equal(records, later);
        using var stream = new MemoryStream(File.ReadAllBytes(path));
        using var streamed = Capture.Open(stream);
        Assert.Equal(records, streamed.Connections());
        Assert.Equal(records, streamed.Connections());
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_way_gives_the_same_events(string path)
    {
        using var capture = Capture.Open(path);
        var timestamps = new List<ulong>();
        var times = new List<DateTimeOffset?>();
        foreach (var batch in capture.Batches())
        {
            foreach (ref readonly var e in batch)
            {
                timestamps.Add(e.Timestamp);
                times.Add(batch.TimeOf(in e));
            }
        }

        var events = capture.Events().ToList();
        Assert.Equal(timestamps, events.Select(one => one.Timestamp));
        Assert.Equal(times, events.Select(one => one.Time));
        Assert.Equal(capture.Info.Events, events.Count);
        Assert.Equal(capture.Info.EventsByType, events.GroupBy(one => one.Type).ToDictionary(type => type.Key, type => (long)type.Count()));

        var filter = CaptureFilter.Parse("--type AC --from 0.1 --to 1.5");
        var some = 0;
        foreach (var batch in capture.Batches(filter))
        {
            some += batch.Events.Length;
        }

        Assert.Equal(capture.Events(filter).Count(), some);
        using var lines = new MemoryStream();
        capture.ExportEvents(lines, filter: filter);
        Assert.Equal(some, lines.ToArray().Count(one => one == '\n'));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Verifying_tells_what_the_footers_tell_and_that_nothing_is_damaged(string path)
    {
        using var capture = Capture.Open(path);
        Assert.Null(capture.Info.IsDamaged);
        Assert.False(capture.Verify(TestContext.Current.CancellationToken).IsDamaged);
        Assert.Equal(capture.Info.ToString(), capture.Verify(TestContext.Current.CancellationToken).ToString());
        Assert.Equal(capture.Info.Lost, capture.Verify(TestContext.Current.CancellationToken).Lost);
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event()
    {
        using var stream = new MemoryStream();
        Write(stream, new CaptureHeader { Start = Anchor(0) }, [.. Enumerable.Range(0, 200_000).Select(i => Connect(i * 0.001, (ushort)(i % 60_000)))]);
        using var capture = Capture.Open(stream);
        Count();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(200_000, Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40 * 200_000);

        int Count()
        {
            var count = 0;
            foreach (var batch in capture.Batches())
            {
                count += batch.Events.Length;
            }

            return count;
        }
    }

    [Fact]
    public void A_connection_says_what_is_known_and_null_for_what_is_not()
    {
        using var capture = Make([Connect(1, 5000), Close(1.25, 5000), Failed(2, 5001, 111), Failed(2.5, 5002, 0), Open(0, 5003)]);
        var connections = capture.Connections().ToList();
        var closed = Assert.Single(connections, connection => connection.Ending == ConnectionEnding.Closed);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5000), closed.Local);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 80), closed.Peer);
        Assert.Equal((start.AddSeconds(1), start.AddSeconds(1.25)), (closed.Opened, closed.Ended));
        Assert.Equal(TimeSpan.FromSeconds(0.25), closed.Lifetime);
        Assert.True(closed.IsLifetimeKnown);
        Assert.Equal(TimeSpan.FromMilliseconds(2), closed.ConnectTime);
        Assert.Equal(("client", 7u), (closed.Process!.ThreadName, closed.Process.Id));
        Assert.Equal("client", closed.Closer!.ThreadName);
        Assert.Null(closed.PeerProcess);
        Assert.Equal((100, TimeSpan.FromMicroseconds(300)), (closed.Counters!.BytesSent, closed.Counters.SmoothedRtt));
        Assert.Equal((null, null), (closed.Error, closed.ErrorName));
        Assert.Equal("client (7) 127.0.0.1:5000 -> 10.0.0.2:80: closed after 250 ms, 100 B sent, 200 B received", closed.ToString());

        var refused = Assert.Single(connections, connection => connection.ErrorName == "ECONNREFUSED");
        Assert.Equal(SocketError.ConnectionRefused, refused.Error);
        Assert.Equal((null, null), (refused.Counters, refused.PayloadSent));
        Assert.Equal(SocketError.OperationAborted, Assert.Single(connections, connection => connection.Local.Port == 5002).Error);

        var open = Assert.Single(connections, connection => connection.Ending == ConnectionEnding.Open);
        Assert.Equal((null, null, null), (open.Opened, open.Ended, open.ConnectTime));
        Assert.True(open is { IsPreexisting: true, IsLifetimeKnown: false, Role: ConnectionRole.Unknown });
    }

    [Fact]
    public void Without_a_wall_clock_times_are_null()
    {
        using var stream = new MemoryStream();
        Write(stream, new CaptureHeader(), [Connect(1, 5000), Close(2, 5000)]);
        using var capture = Capture.Open(stream);
        Assert.All(capture.Connections(), connection => Assert.Equal((null, null), (connection.Opened, connection.Ended)));
        Assert.All(capture.Events(), one => Assert.Null(one.Time));
        Assert.Equal((null, null, null), (capture.Info.Start, capture.Info.Host, capture.Info.Kernel));
    }

    [Fact]
    public void A_failed_check_has_a_message_for_a_log()
    {
        using var capture = Make([Connect(1, 5000), Close(1.25, 5000), Failed(2, 5001, 111)]);
        Assert.True(capture.Check("failed == 1", "opened == 1").ThrowIfFailed().Holds);
        var report = capture.Check("failed == 0", "opened == 1");
        Assert.Equal(Verdict.Fails, report.Verdict);
        var error = Assert.Throws<CheckFailedException>(report.ThrowIfFailed);
        Assert.Same(report, error.Report);
        Assert.Equal("made.tcap: 1 of 2 expectations are met\n  FAILED  failed == 0: 1\n  ok      opened == 1: 1", error.Message);
    }

    [Fact]
    public void What_cannot_be_told_fails_unless_losses_are_allowed()
    {
        using var capture = Make([Connect(1, 5000), Close(1.25, 5000)], lost: 3);
        var report = capture.Check("failed == 0");
        Assert.Equal(Verdict.Unknown, report.Verdict);
        Assert.Contains("UNKNOWN failed == 0: 0 seen, possible 0 to 3: ", Assert.Throws<CheckFailedException>(report.ThrowIfFailed).Message, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(report.Results).Reason);
        Assert.True(capture.Check(["failed == 0"], filter: null, allowLoss: true).Holds);
        Assert.Equal((3, false), (capture.Info.Lost, capture.Info.IsComplete));
    }

    [Fact]
    public void A_comparison_fails_if_what_must_not_be_is()
    {
        using var before = Make([Connect(1, 5000), Close(1.25, 5000)], "before.tcap");
        using var after = Make([Connect(1, 5000), Close(1.25, 5000), Failed(2, 5001, 111)], "after.tcap");
        var diff = Capture.Compare(before, after);
        Assert.Equal("failed: 0 -> 1", diff.Metrics.Single(metric => metric.Name == "failed").ToString().Split(',')[0]);
        Assert.True(diff.FailIf("lifetime.p50 > +20%").Holds);
        var error = Assert.Throws<CheckFailedException>(() => diff.FailIf("failed > +0", "closed < -1").ThrowIfFailed());
        Assert.Equal("before.tcap -> after.tcap: 1 of 2 expectations are met\n  FAILED  not failed > +0: 0 -> 1\n  ok      not closed < -1: 1 -> 1", error.Message);
    }

    [Fact]
    public void Captures_of_one_boot_are_one_recording_in_whatever_order_they_are_named()
    {
        var first = WriteFile("first.tcap", [Connect(1, 5000)], 0);
        var second = WriteFile("second.tcap", [Close(11, 5000)], 10);
        using var capture = Capture.OpenAll(second, first);
        var connection = Assert.Single(capture.Connections());
        Assert.Equal((ConnectionEnding.Closed, TimeSpan.FromSeconds(10)), (connection.Ending, connection.Lifetime));
        Assert.Equal([TcpEventType.Connect, TcpEventType.Close], capture.Events().Select(one => one.Type));
        Assert.Equal((2, start, start.AddSeconds(13)), (capture.Info.Events, capture.Info.Start, capture.Info.End));
        Assert.Equal("shop", Assert.Single(capture.Info.Hosts).Name);
    }

    [Fact]
    public void Intervals_have_the_time_of_day()
    {
        using var capture = Make([Connect(1, 5000), Close(2.5, 5000)]);
        var intervals = capture.Churn(TimeSpan.FromSeconds(1));
        Assert.Equal([start, start.AddSeconds(1), start.AddSeconds(2), start.AddSeconds(3)], intervals.Select(interval => interval.Start!.Value));
        Assert.Equal([0, 1, 0, 0], intervals.Select(interval => interval.Opened));
        Assert.Equal([0, 1, 0, 0], intervals.Select(interval => interval.Active));
        Assert.Throws<ArgumentOutOfRangeException>(() => capture.Churn(TimeSpan.Zero));
    }

    [Fact]
    public void A_truncated_and_a_damaged_capture_say_so()
    {
        var path = WriteFile("whole.tcap", [Connect(1, 5000), Close(1.25, 5000)], 0);
        var bytes = File.ReadAllBytes(path);
        var footer = bytes.AsSpan().LastIndexOf(BlockHeader.Magic);
        using (var cut = Capture.Open(new MemoryStream(bytes[..footer])))
        {
            Assert.True(cut.Info.IsTruncated);
            Assert.EndsWith("truncated", cut.Info.ToString(), StringComparison.Ordinal);
        }

        // The chunk stands between the header block and the footer.
        bytes[footer - 5] ^= 0xff;
        using var damaged = Capture.Open(new MemoryStream(bytes));
        Assert.True(damaged.Verify(TestContext.Current.CancellationToken).IsDamaged);
    }

    [Fact]
    public void What_is_no_capture_is_refused_by_name()
    {
        var path = Path.Combine(folder, "text.tcap");
        File.WriteAllText(path, "not a capture");
        Assert.StartsWith($"{path}: not a capture", Assert.Throws<CaptureFormatException>(() => Capture.Open(path)).Message, StringComparison.Ordinal);
        Assert.Throws<CaptureFormatException>(() => Capture.Open(new MemoryStream(Encoding.UTF8.GetBytes("not a capture"))));
        Assert.Throws<FileNotFoundException>(() => Capture.Open(Path.Combine(folder, "none.tcap")));
        Assert.Throws<ArgumentException>(() => Capture.OpenAll());
    }

    [Fact]
    public void A_stream_is_read_by_one_at_a_time_and_a_pipe_once()
    {
        var bytes = File.ReadAllBytes(WriteFile("made.tcap", [Connect(1, 5000), Close(1.25, 5000)], 0));
        using (var capture = Capture.Open(new MemoryStream(bytes)))
        {
            using var events = capture.Events().GetEnumerator();
            Assert.True(events.MoveNext());
            Assert.Throws<InvalidOperationException>(() => capture.Summarize());
            events.Dispose();
            Assert.Equal(1, capture.Summarize().All.Closed);
        }

        using var pipe = Capture.Open(new Pipe(bytes));
        Assert.Single(pipe.Connections());
        Assert.Throws<InvalidOperationException>(() => pipe.Connections().Count());
    }

    [Fact]
    public void Disposing_closes_a_stream_unless_it_is_to_stay_open()
    {
        var bytes = File.ReadAllBytes(WriteFile("made.tcap", [Connect(1, 5000)], 0));
        var (mine, its) = (new MemoryStream(bytes), new MemoryStream(bytes));
        Capture.Open(mine, leaveOpen: true).Dispose();
        var capture = Capture.Open(its);
        capture.Dispose();
        Assert.Equal((true, false), (mine.CanRead, its.CanRead));
        Assert.Throws<ObjectDisposedException>(() => capture.Info);
    }

    [Fact]
    public async Task A_cancelled_reading_ends()
    {
        using var capture = Make([Connect(1, 5000), Close(1.25, 5000)]);
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => capture.Verify(cancelled));
        Assert.Throws<OperationCanceledException>(() => capture.Connections(token: cancelled).Count());
        Assert.Throws<OperationCanceledException>(() => capture.Events(token: cancelled).Count());
        Assert.Throws<OperationCanceledException>(() => capture.Summarize(token: cancelled));
        Assert.Throws<OperationCanceledException>(() => capture.Check(["failed == 0"], null, token: cancelled));
        Assert.Throws<OperationCanceledException>(() => Capture.Compare(capture, capture, token: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in capture.ConnectionsAsync(token: cancelled))
            {
                Assert.Fail("something was read");
            }
        });
    }

    [Fact]
    public void An_unknown_format_is_refused_with_those_that_there_are()
    {
        using var capture = Make([Connect(1, 5000)]);
        Assert.Contains("bcc, libbpf, table, csv, tsv, json, ndjson, markdown", Assert.Throws<ArgumentException>(() => capture.ExportEvents(Stream.Null, "xml")).Message, StringComparison.Ordinal);
        Assert.Contains("tcplife, table, csv, tsv, json, ndjson, markdown", Assert.Throws<ArgumentException>(() => capture.ExportConnections(Stream.Null, "xml")).Message, StringComparison.Ordinal);
    }

    private static ClockAnchor Anchor(ulong seconds) =>
        new(Begin + (seconds * Second), Begin + (seconds * Second), (ulong)(start - DateTimeOffset.UnixEpoch).Ticks * 100 + (seconds * Second));

    private static TcpEvent Connect(double seconds, ushort port) => Event(TcpEventType.Connect, seconds, port) with { Duration = 2_000_000 };

    private static TcpEvent Open(double seconds, ushort port) => Event(TcpEventType.Open, seconds, port);

    private static TcpEvent Failed(double seconds, ushort port, ushort error) => Event(TcpEventType.ConnectFailed, seconds, port) with { Error = error };

    private static TcpEvent Close(double seconds, ushort port) => Event(TcpEventType.Close, seconds, port) with
    {
        State = 1,
        BytesSent = 100,
        BytesAcked = 101,
        BytesReceived = 200,
        SmoothedRtt = 300,
    };

    private static TcpEvent Event(TcpEventType type, double seconds, ushort port) => new()
    {
        Type = type,
        Timestamp = Begin + (ulong)(seconds * Second),
        Connection = port,
        LocalAddress = Address.Parse("127.0.0.1"),
        PeerAddress = Address.Parse("10.0.0.2"),
        LocalPort = port,
        PeerPort = 80,
        IpVersion = 4,
        Pid = 7,
        Tid = 8,
        Comm = new ThreadName("client"),
    };

    private static void Write(Stream stream, CaptureHeader header, TcpEvent[] events, ulong lost = 0)
    {
        var writer = new CaptureWriter(stream, header);
        writer.Append(events);
        writer.LossCounters = new LossCounters((ulong)events.Length + lost, lost, 0, 0, 0);
        writer.Complete("ended", header.Start is null ? null : Anchor((header.Start.Value.Monotonic - Begin) / Second + 3));
    }

    private string WriteFile(string name, TcpEvent[] events, ulong begin, ulong lost = 0)
    {
        var path = Path.Combine(folder, name);
        using var file = File.Create(path);
        Write(file, new CaptureHeader { Host = "shop", BootId = "boot", Start = Anchor(begin) }, events, lost);
        return path;
    }

    private Capture Make(TcpEvent[] events, string name = "made.tcap", ulong lost = 0) => Capture.Open(WriteFile(name, events, 0, lost));

    private sealed class Pipe(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
