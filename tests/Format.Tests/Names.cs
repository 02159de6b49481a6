using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class Names
{
    private static readonly TcpEvent[] Events = [.. Enumerable.Range(0, 12).Select(i => new TcpEvent
    {
        Timestamp = (ulong)i,
        Type = TcpEventType.Connect,
        IpVersion = 4,
        Cgroup = (ulong)(i / 3),
        Netns = 7,
    })];

    [Fact]
    public void A_name_stands_before_the_chunk_with_the_first_event_of_it_and_once()
    {
        var known = new CaptureNames.Builder();
        known.Add(new CaptureContext { Cgroups = [new(0, "/a"), new(1, "/b"), new(2, ""), new(3, "/d")], NetworkNamespaces = [new(7, "blue")] });
        var file = Write(writer =>
        {
            var scribe = new NameScribe(writer, known);
            foreach (var some in Events.Chunk(5))
            {
                scribe.Note(some);
                writer.Append(some);
                writer.Watermark = some[^1].Timestamp;
            }
        });

        var reader = new CaptureReader(new MemoryStream(file));
        var told = new List<string>();
        while (reader.Read())
        {
            told.AddRange(reader.Context?.Cgroups.Select(name => name.Name) ?? []);
            foreach (ref readonly var one in reader.Events)
            {
                Assert.Equal(known.CgroupOf(in one)!.Path, reader.Names.CgroupOf(in one)?.Path);
                Assert.Equal("blue", reader.Names.NetnsOf(in one));
            }
        }

        Assert.Equal(["/a", "/b", "", "/d"], told);
        Assert.Equal(0, CaptureVerifier.Verify(new MemoryStream(file)).Problems.Count);
        var stream = new EventStream(new CaptureReader(new MemoryStream(file)));
        var given = 0;
        while (stream.Read(out var events))
        {
            Assert.Equal(Events.Skip(given).Take(events.Length), events.ToArray());
            given += events.Length;
        }

        Assert.Equal((Events.Length, 0), (given, stream.Order.GivenLate));
    }

    [Fact]
    public void The_last_name_counts_and_long_ago_is_forgotten()
    {
        const int Many = 3 * NameTable<string>.Kept;
        var names = new CaptureNames.Builder();
        for (var id = 0ul; id < Many; id++)
        {
            names.Add(new CaptureContext { Cgroups = [new NamedId(id, "/x")] });
        }

        names.Add(new CaptureContext { Cgroups = [new NamedId(Many - 1, "/y")] });
        Assert.Equal("/y", names.CgroupOf(new TcpEvent { Cgroup = Many - 1 })!.Path);
        Assert.Equal("/x", names.CgroupOf(new TcpEvent { Cgroup = Many - NameTable<string>.Kept })!.Path);
        Assert.Null(names.CgroupOf(new TcpEvent { Cgroup = 0 }));
        Assert.InRange(names.Names.Cgroups.Count(), NameTable<string>.Kept, 2 * NameTable<string>.Kept);
    }

    [Fact]
    public void A_scribe_tells_again_before_a_reader_forgets()
    {
        var all = new EveryCgroup();
        var file = Write(writer =>
        {
            var scribe = new NameScribe(writer, all);
            for (var i = 0ul; i < 5ul * NameTable<string>.Kept; i++)
            {
                var one = new TcpEvent { Timestamp = i, Type = TcpEventType.Connect, IpVersion = 4, Cgroup = i % 3 == 0 ? 0 : i };
                scribe.Note([one]);
                writer.Append(one);
            }
        }, chunk: 4096);

        var reader = new CaptureReader(new MemoryStream(file));
        var unknown = 0;
        while (reader.Read())
        {
            foreach (ref readonly var one in reader.Events)
            {
                unknown += reader.Names.CgroupOf(in one) is null ? 1 : 0;
            }
        }

        Assert.Equal(0, unknown);
    }

    /// <summary>A reader's memory is bounded by characters too.</summary>
    [Fact]
    public void A_scribe_tells_long_names_again_before_a_reader_forgets()
    {
        const int Cgroups = 5_000;
        var all = new EveryCgroup(id => $"/{new string('x', 4_000)}/{id}");
        var file = Write(writer =>
        {
            var scribe = new NameScribe(writer, all);
            for (var i = 0ul; i < 3 * Cgroups; i++)
            {
                var one = new TcpEvent { Timestamp = i, Type = TcpEventType.Connect, IpVersion = 4, Cgroup = i % Cgroups };
                scribe.Note([one]);
                writer.Append(one);
            }
        }, chunk: 512);

        var reader = new CaptureReader(new MemoryStream(file));
        var unknown = 0;
        while (reader.Read())
        {
            Assert.InRange(reader.Block.RawLength, 0u, 2u << 20);
            foreach (ref readonly var one in reader.Events)
            {
                unknown += reader.Names.CgroupOf(in one) is null ? 1 : 0;
            }
        }

        Assert.Equal(0, unknown);
    }

    /// <summary>The inode number of a network namespace is used again, its id is not.</summary>
    [Fact]
    public void A_name_with_an_id_is_that_of_no_other_namespace_with_the_number()
    {
        TcpEvent Of(ulong time, ulong id) => new() { Timestamp = time, Type = TcpEventType.Connect, IpVersion = 4, Netns = 7, NetnsId = id };
        var names = new CaptureNames.Builder();
        names.Add(new CaptureContext { NetworkNamespaces = [new(7, "old", NetnsId: 1), new(7, "new", NetnsId: 2), new(8, "any")] });
        TcpEvent[] events = [Of(1, 1), Of(2, 2), Of(3, 3), Of(4, 1), Of(5, 0), Of(6, 9) with { Netns = 8 }];
        string?[] expected = ["old", "new", null, "old", null, "any"];
        var file = Write(writer =>
        {
            new NameScribe(writer, names).Note(events);
            writer.Append(events);
        });

        byte[][] again = [file, Rewritten(file), Merged(file)];
        Assert.All(again, each => Assert.Equal(expected, NamesOf(each).Take(expected.Length)));

        static string?[] NamesOf(byte[] file)
        {
            var reader = new CaptureReader(new MemoryStream(file));
            var found = new List<string?>();
            while (reader.Read())
            {
                foreach (ref readonly var one in reader.Events)
                {
                    found.Add(reader.Names.NetnsOf(in one));
                }
            }

            return [.. found];
        }

        static byte[] Rewritten(byte[] file)
        {
            using var output = new MemoryStream();
            new CaptureCompaction(new CaptureReader(new MemoryStream(file)), output, CaptureCompaction.DefaultChunkBytes).Run();
            return output.ToArray();
        }

        static byte[] Merged(byte[] file)
        {
            using var output = new MemoryStream();
            var later = Write(writer => writer.Append(new TcpEvent { Timestamp = 9, Type = TcpEventType.Connect, IpVersion = 4 }), header: Captures.Header);
            Assert.True(new CaptureMerge([new("a", () => new MemoryStream(file)), new("b", () => new MemoryStream(later))], "test", () => new MemoryStream()).Run(output));
            return output.ToArray();
        }
    }

    [Fact]
    public void Compaction_makes_large_chunks_across_names_but_not_across_one_that_changes()
    {
        int[] ChunksOf(Func<TcpEvent, string> nameOf, out string[] seen)
        {
            var file = Write(writer =>
            {
                foreach (var one in Events)
                {
                    writer.NameCgroup(new NamedId(one.Cgroup, nameOf(one)));
                    writer.Append(one);
                    writer.CloseChunk();
                }
            });
            using var output = new MemoryStream();
            new CaptureCompaction(new CaptureReader(new MemoryStream(file)), output, CaptureCompaction.DefaultChunkBytes).Run();

            Assert.Equal(0, CaptureVerifier.Verify(new MemoryStream(output.ToArray())).Problems.Count);
            var reader = new CaptureReader(new MemoryStream(output.ToArray()));
            var chunks = new List<int>();
            var names = new List<string>();
            while (reader.Read())
            {
                if (reader.Block.Kind == BlockKind.Chunk)
                {
                    chunks.Add(reader.Events.Length);
                }

                foreach (ref readonly var one in reader.Events)
                {
                    names.Add(reader.Names.CgroupOf(in one)!.Path);
                }
            }

            seen = [.. names];
            return [.. chunks];
        }

        Assert.Equal([1, 1, 2, 1, 2, 1, 2, 1, 1], ChunksOf(one => $"/{one.Timestamp}", out var changing));
        Assert.Equal(Events.Select(one => $"/{one.Timestamp}"), changing);
        var first = Events.GroupBy(one => one.Cgroup).ToDictionary(some => some.Key, some => some.First().Timestamp);
        ChunksOf(one => $"/{first[one.Cgroup]}", out var same);
        Assert.Equal(Events.Select(one => $"/{first[one.Cgroup]}"), same);
    }

    [Fact]
    public void A_name_is_that_of_the_events_that_are_appended_after_it()
    {
        var file = Write(
            writer =>
            {
                foreach (var one in Events)
                {
                    writer.NameNetns(new NamedId(7, $"{one.Timestamp / 4}"));
                    writer.Append(one);
                }
            },
            chunk: 100);

        var reader = new CaptureReader(new MemoryStream(file));
        var found = new List<string?>();
        while (reader.Read())
        {
            foreach (ref readonly var one in reader.Events)
            {
                found.Add(reader.Names.NetnsOf(in one));
            }
        }

        Assert.Equal(Events.Select(one => $"{one.Timestamp / 4}"), found);
    }

    [Fact]
    public void Names_that_were_given_out_stay_as_they_are()
    {
        var names = new CaptureNames.Builder();
        var given = new List<(CaptureNames Names, string Expected)>();
        for (var i = 0; i < 3 * NameTable<string>.Kept; i += 1_000)
        {
            names.Add(new CaptureContext { Cgroups = [.. Enumerable.Range(i, 1_000).Select(id => new NamedId((ulong)id, $"/{id}")), new NamedId(0, $"/at/{i}")] });
            given.Add((names.Names, $"/at/{i}"));
        }

        Assert.All(given, each => Assert.Equal(each.Expected, each.Names.CgroupOf(new TcpEvent())!.Path));
    }

    [Fact]
    public void Merged_hosts_keep_their_names_apart()
    {
        byte[] OfHost(string host, ulong place) => Write(
            writer =>
            {
                writer.NameCgroup(new NamedId(1, "/" + host));
                writer.NameNetns(new NamedId(7, host));
                writer.Append(new TcpEvent { Timestamp = place, Connection = 5, Cgroup = 1, Netns = 7, Type = TcpEventType.Connect, IpVersion = 4 });
            },
            header: Captures.Header with { Host = host, BootId = host });

        using var output = new MemoryStream();
        byte[][] files = [OfHost("a", 1), OfHost("b", 2), OfHost("c", 3)];
        Assert.True(new CaptureMerge([.. files.Select((file, i) => new MergeInput($"{i}", () => new MemoryStream(file)))], "test", () => new MemoryStream()).Run(output));

        var reader = new CaptureReader(new MemoryStream(output.ToArray()));
        var found = new List<string>();
        while (reader.Read())
        {
            foreach (ref readonly var one in reader.Events)
            {
                found.Add($"{reader.Header!.Hosts[(int)(one.Connection >> 48)].Host} {reader.Names.CgroupOf(in one)!.Path} {reader.Names.NetnsOf(in one)}");
            }
        }

        Assert.Equal(["a /a a", "b /b b", "c /c c"], found);
    }

    [Fact]
    public void What_earlier_files_said_is_known_in_later_ones()
    {
        CaptureNames.Builder first = new(), second = new(), third = new();
        first.Add(new CaptureContext { Cgroups = [new(1, "/a"), new(2, "/b")] });
        second.Add(new CaptureContext { Cgroups = [new(2, "/B")] });
        var last = third.Names.Continuing(second.Names.Continuing(first.Names));
        Assert.Equal(["/B", "/a"], last.Cgroups.Select(name => name.Name).Order(StringComparer.Ordinal));
    }

    private static byte[] Write(Action<CaptureWriter> write, int chunk = 4, CaptureHeader? header = null)
    {
        using var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, header ?? Captures.Header, chunk * TcpEvent.Size);
        write(writer);
        writer.Complete("end of test", Captures.Clock);
        return stream.ToArray();
    }

    private sealed class EveryCgroup(Func<ulong, string>? path = null) : INames
    {
        private readonly CgroupName name = new("/x");

        public int Version => 0;

        public CgroupName? CgroupOf(in TcpEvent e) => path is null ? name : new CgroupName(path(e.Cgroup));

        public string? NetnsOf(in TcpEvent e) => null;
    }
}
