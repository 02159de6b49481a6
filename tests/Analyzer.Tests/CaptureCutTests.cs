using CsCheck;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

public sealed class CaptureCutTests
{
    private static readonly ClockAnchor start = new(950, 950, 1_700_000_000_000_000_000);

    /// <summary>Two sections of events of few processes and connections, a little out of order.</summary>
    private static readonly Gen<TcpEvent[][]> captures = Gen.Select(AnyEvent.Valid, Gen.UInt[1, 4], Gen.ULong[0, 6], Gen.ULong[0, 9], (e, pid, connection, late) =>
    {
        e.Pid = pid;
        e.Connection = connection;
        e.Timestamp = late;
        e.Sequence = 0;
        return e;
    }).Array[1, 60].Select(events =>
    {
        for (var i = 0; i < events.Length; i++)
            events[i].Timestamp = (ulong)(1_000 + (10 * i)) - events[i].Timestamp;

        return events;
    }).Array[2];

    private static readonly CaptureFilter filter = new(new EventFilter { Pids = [2, 3] }, TimePoint.Parse("1100ns"), TimePoint.Parse("0.0000003"));

    [Fact]
    public void It_keeps_what_is_wanted_in_its_order_and_is_sound() => captures.Sample(sections =>
    {
        var cut = Cut(Write(sections), filter);
        var wanted = sections.SelectMany(events => events.Where(one => IsWanted(one))).ToArray();
        return Read(cut).Events.SequenceEqual(wanted) && Problems(cut).Count == 0;
    });

    [Fact]
    public void Whole_connections_are_those_of_which_an_event_is_wanted() => captures.Sample(sections =>
    {
        var file = Write(sections);
        var whole = ConnectionSet.Find(new CaptureReader(new MemoryStream(file)), filter);
        var cut = Cut(file, filter, whole);
        var wanted = sections.SelectMany(events => events.Where(one => events.Any(other => IsWanted(other) && IsSameConnection(one, other)))).ToArray();
        return Read(cut).Events.SequenceEqual(wanted) && Problems(cut).Count == 0;
    });

    [Fact]
    public void Who_cuts_by_the_process_keeps_the_ends_of_its_connections()
    {
        static TcpEvent Of(TcpEventType type, ulong time, ulong connection, uint pid) => new() { Type = type, Timestamp = time, Connection = connection, Pid = pid, NetnsId = 9, ContainerPid = pid / 2 };
        TcpEvent[] events =
        [
            Of(TcpEventType.Connect, 1_100, 1, 2), Of(TcpEventType.Accept, 1_110, 2, 4), Of(TcpEventType.Close, 1_120, 1, 2), Of(TcpEventType.Ended, 1_130, 2, 0),
            Of(TcpEventType.Close, 1_140, 2, 4), Of(TcpEventType.Ended, 1_150, 1, 0),
        ];
        var cut = Cut(Write([events]), new CaptureFilter(new EventFilter { Pids = [2] }));
        Assert.Equal([events[0], events[2], events[5]], Read(cut).Events);
        Assert.Empty(Problems(cut));
    }

    [Fact]
    public void The_order_of_time_stays() => captures.Sample(sections =>
    {
        var cut = Cut(Write(sections), filter);
        var stream = new EventStream(new CaptureReader(new MemoryStream(cut)));
        while (stream.Read(out _))
        {
        }

        return stream.Order.GivenLate == 0;
    });

    [Fact]
    public void Clocks_stay_where_an_event_follows_them()
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Start = start });
        for (var i = 1ul; i <= 6; i++)
        {
            writer.WriteContext(new CaptureContext { Clocks = [start with { Monotonic = i }] });
            writer.Append(new TcpEvent { Timestamp = i, Pid = i % 3 == 0 ? 1u : 2u });
        }

        writer.Complete("end of test", null);
        var cut = Cut(output.ToArray(), new CaptureFilter(new EventFilter { Pids = [1] }));
        // One more event at 2 and at 5 might come: no more than that is promised.
        Assert.Equal([2ul, 3, 5, 6], Read(cut).Clocks.Select(clock => clock.Monotonic));
        Assert.Equal([3ul, 6], Read(cut).Events.Select(one => one.Timestamp));
    }

    [Fact]
    public void Losses_stay_with_their_time_and_what_was_missing_is_still_told()
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader());
        for (var i = 1ul; i <= 5; i++)
        {
            writer.Append(new TcpEvent { Timestamp = 100 * i });
            writer.LossCounters = new LossCounters(11 * i, 10 * i, 0, i, 0);
            writer.CloseChunk();
        }

        writer.WriteContext(new CaptureContext { Missing = new MissingEvents(3, 2, 1) });
        writer.LossCounters = new LossCounters(56, 50, 0, 5, 0);
        writer.Complete("end of test", null);
        var cut = Cut(output.ToArray(), new CaptureFilter(new EventFilter(), TimePoint.Parse("210ns"), TimePoint.Parse("310ns")));
        var footer = Assert.Single(SectionIndex.Find(new MemoryStream(cut))!).Footer;
        Assert.Equal(new LossCounters(22, 20, 0, 2, 0), footer.LossCounters);
        Assert.Empty(Problems(cut));
    }

    [Fact]
    public void The_header_says_what_was_cut_time_after_time()
    {
        var once = Cut(Write([[new TcpEvent { Timestamp = 1_000 }]]), new CaptureFilter(new EventFilter()), selection: "--pid 1");
        var twice = Cut(once, new CaptureFilter(new EventFilter()), selection: "--uid 2");
        Assert.Equal(["--pid 1", "--uid 2"], Assert.Single(SectionIndex.Find(new MemoryStream(twice))!).Header.Selection);
    }

    private static bool IsWanted(in TcpEvent one) =>
        one.Pid is 2 or 3 && one.Timestamp >= 1_100 && one.Timestamp < start.Monotonic + 300;

    private static bool IsSameConnection(in TcpEvent one, in TcpEvent other) => one.Connection != 0
        ? one.Connection == other.Connection
        : other.Connection == 0
            && (one.Netns, one.IpVersion, one.LocalAddress, one.LocalPort, one.PeerAddress, one.PeerPort).Equals(
                (other.Netns, other.IpVersion, other.LocalAddress, other.LocalPort, other.PeerAddress, other.PeerPort));

    private static byte[] Write(TcpEvent[][] sections)
    {
        var output = new MemoryStream();
        foreach (var events in sections)
        {
            var writer = new CaptureWriter(output, new CaptureHeader { Start = start }, 7 * TcpEvent.Size);
            for (var i = 0; i < events.Length; i++)
            {
                // Before the chunk is closed, the promise covers what is still to come.
                writer.Watermark = events[(i + 1)..].Select(later => later.Timestamp).DefaultIfEmpty(ulong.MaxValue).Min();
                writer.Append(in events[i]);
            }

            writer.Complete("end of test", null);
        }

        return output.ToArray();
    }

    private static byte[] Cut(byte[] file, CaptureFilter filter, ConnectionSet? whole = null, string selection = "")
    {
        var output = new MemoryStream();
        new CaptureCut(new CaptureReader(new MemoryStream(file)), output, filter, selection, whole).Run();
        return output.ToArray();
    }

    private static (TcpEvent[] Events, ClockAnchor[] Clocks) Read(byte[] file)
    {
        var events = new List<TcpEvent>();
        var clocks = new List<ClockAnchor>();
        var reader = new CaptureReader(new MemoryStream(file));
        while (reader.Read())
        {
            events.AddRange(reader.Events);
            clocks.AddRange(reader.Context?.Clocks ?? []);
        }

        return ([.. events], [.. clocks]);
    }

    private static IReadOnlyList<Damage> Problems(byte[] file) => CaptureVerifier.Verify(new MemoryStream(file)).Problems.Entries;
}
