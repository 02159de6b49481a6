using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Import;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>Names change again and again while events are out of order across chunks: each event has the names that stand
/// before its chunk, whoever reads the capture, and however.</summary>
public sealed class NamesInTimeTests
{
    private const int EventsPerName = 400;
    private const int Names = 80;
    private const ulong Late = 10 * 3 * EventsPerName;
    private const string Container = "3f4e8d2a9b1c7f60e5d4c3b2a19087f6e5d4c3b2a1908f7e6d5c4b3a29187f60";

    private static readonly ClockAnchor start = new(1_000, 1_000, 1_700_000_000_000_000_000);
    private static readonly (TcpEvent Event, CaptureNames Names)[] all = Generate();
    private static readonly byte[] file = Write(EventsPerName);

    public static TheoryData<string> Filters => ["", "unit", "container", "cgroup"];

    [Theory]
    [MemberData(nameof(Filters))]
    public void Each_event_has_the_names_before_its_chunk_on_any_number_of_threads(string filter)
    {
        Assert.InRange(file.Length, 4 << 20, 16 << 20);
        var wanted = Filter(filter);
        var expected = Expected(wanted);
        Assert.NotEmpty(expected);
        foreach (var threads in new[] { 1, 2, 8 })
        {
            AssertSame(expected, Print(file, wanted, threads));
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(77)]
    public void The_size_of_chunks_changes_nothing(int eventsPerChunk) =>
        AssertSame(Expected(Filter("")), Print(Write(eventsPerChunk), Filter(""), threads: 2));

    [Fact]
    public void Compaction_changes_nothing()
    {
        var output = new MemoryStream();
        new CaptureCompaction(new CaptureReader(new MemoryStream(file)), output, CaptureCompaction.DefaultChunkBytes).Run();
        AssertSame(Expected(Filter("")), Print(output.ToArray(), Filter(""), threads: 2));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_cut_changes_nothing(string filter)
    {
        var output = new MemoryStream();
        new CaptureCut(new CaptureReader(new MemoryStream(file)), output, new CaptureFilter(Filter(filter)), "").Run();
        AssertSame(Expected(Filter(filter)), Print(output.ToArray(), Filter(""), threads: 2));
    }

    [Fact]
    public void What_is_imported_again_is_the_same()
    {
        // A line without a name does not say that there is none.
        var lines = Expected(Filter(""), namedOnly: true);
        var output = new MemoryStream();
        EventImport.Run(new ImportSource(new MemoryStream(lines)), ImportFormat.All[^1], output, "test", "");
        AssertSame(lines, Print(output.ToArray(), Filter(""), threads: 1));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void Lifetimes_are_the_same_on_any_number_of_threads(string filter)
    {
        var one = Lifetimes(threads: 1, filter);
        Assert.NotEmpty(one);
        AssertSame(one, Lifetimes(threads: 2, filter));
        AssertSame(one, Lifetimes(threads: 8, filter));
    }

    private static EventFilter Filter(string name) => new()
    {
        Cgroup = name switch
        {
            "unit" => new CgroupFilter(null, "u1", null),
            "container" => new CgroupFilter(Container[..8], null, null),
            "cgroup" => new CgroupFilter(null, null, "/system.slice/u2.service"),
            _ => null,
        },
    };

    /// <summary>What to say of many megabytes that differ is where.</summary>
    private static void AssertSame(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found)
    {
        var same = expected.CommonPrefixLength(found);
        var line = expected[..same].LastIndexOf((byte)'\n') + 1;
        Assert.Equal(LineAt(expected, line), LineAt(found, line));
        Assert.Equal(expected.Length, found.Length);
    }

    private static string LineAt(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        return Encoding.UTF8.GetString(rest.IndexOf((byte)'\n') is >= 0 and var end ? rest[..end] : rest);
    }

    private static byte[] Expected(EventFilter filter, bool namedOnly = false)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var (one, names) in all.OrderBy(each => each.Event.Timestamp))
        {
            if ((filter with { Names = names }).Matches(in one) && (!namedOnly || IsNamed(in one, names)))
            {
                EventJson.Write(text, in one, start.WallOffset, names);
            }
        }

        return text.WrittenSpan.ToArray();
    }

    private static bool IsNamed(in TcpEvent one, CaptureNames names) =>
        names.CgroupOf(in one) is { Path.Length: > 0 } && names.NetnsOf(in one) is { Length: > 0 };

    private static byte[] Print(byte[] capture, EventFilter filter, int threads)
    {
        var text = new MemoryStream();
        var wanted = new CaptureFilter(filter);
        using var pipeline = new EventPipeline(new EventRowExporter(new JsonLines(), text), wanted);
        pipeline.Run(new EventStream(CaptureReader.Open(new MemoryStream(capture), threads)), _ => { }, threads);
        return text.ToArray();
    }

    private static byte[] Lifetimes(int threads, string filter)
    {
        var text = new MemoryStream();
        using var pipeline = new ConnectionPipeline(new ConnectionRowExporter(new ConnectionJson(), text));
        var feed = new ConnectionFeed(pipeline, new ConnectionFilter { Opening = new CaptureFilter(Filter(filter)) });
        feed.Read(new EventStream(CaptureReader.Open(new MemoryStream(file), threads)));
        feed.End();
        pipeline.End();
        return text.ToArray();
    }

    /// <summary>Events that do not pack, so that the file is long enough for several threads.</summary>
    private static (TcpEvent Event, CaptureNames Names)[] Generate()
    {
        var random = new Random(11);
        var names = new CaptureNames.Builder();
        var events = new (TcpEvent, CaptureNames)[EventsPerName * Names];
        for (var i = 0; i < events.Length; i++)
        {
            if (i % EventsPerName == 0)
            {
                names.Add(Context(i / EventsPerName));
            }

            var one = default(TcpEvent);
            random.NextBytes(MemoryMarshal.AsBytes(new Span<TcpEvent>(ref one)));
            one.Timestamp = start.Monotonic + Late + (10 * (ulong)i) - (ulong)random.NextInt64((long)Late);
            one.Type = (TcpEventType)"CAX"[random.Next(3)];
            one.IpVersion = (byte)(random.Next(2) == 0 ? 4 : 6);
            one.Flags = 0;
            MemoryMarshal.AsBytes(new Span<ThreadName>(ref one.Comm))[^1] = 0;
            one.Error = 0;
            one.Cgroup = (ulong)random.Next(5);
            one.Netns = (uint)random.Next(3);
            events[i] = (one, names.Names);
        }

        return events;
    }

    /// <summary>The same numbers, other names.</summary>
    private static CaptureContext Context(int number) => new()
    {
        Cgroups = [new NamedId((ulong)(number % 5), (number % 4) switch
        {
            0 => $"/docker/{Container}",
            3 => "",
            var unit => $"/system.slice/u{unit}.service/{number}",
        })],
        NetworkNamespaces = [new NamedId((ulong)(number % 3), number % 7 == 6 ? "" : $"blue{number}")],
    };

    private static byte[] Write(int eventsPerChunk)
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Start = start }, eventsPerChunk * TcpEvent.Size) { Watermark = 0 };
        for (var i = 0; i < all.Length; i++)
        {
            if (i % EventsPerName == 0)
            {
                writer.WriteContext(Context(i / EventsPerName));
            }

            writer.Append(in all[i].Event);
            writer.Watermark = start.Monotonic + (10 * (ulong)i);
        }

        writer.Complete("end of test", null);
        return output.ToArray();
    }
}
