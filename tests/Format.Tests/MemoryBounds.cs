using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

/// <summary>What is held and allocated for captures that were made to take much. Alone, for the heap is that of all tests.</summary>
[CollectionDefinition(nameof(MemoryBounds), DisableParallelization = true)]
[Collection(nameof(MemoryBounds))]
public class MemoryBounds
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Contexts_of_very_many_names_are_recovered_within_the_bound()
    {
        using var file = new MemoryStream();
        var writer = new CaptureWriter(file, Captures.Header);
        for (var context = 0; context < 8; context++)
        {
            var first = context * MetadataType.MaxElements;
            var names = Enumerable.Range(first, MetadataType.MaxElements).Select(id => new NamedId((ulong)id, $"/{id:D110}"));
            writer.WriteContext(new CaptureContext { Cgroups = [.. names] });
        }

        writer.Complete("end of test", null);
        Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var output = new PeakStream(every: 1);
        new CaptureRecovery(Captures.Reader(file.ToArray()), output).Run();
        AssertAtMost(CaptureReader.MaxMemory, output.Peak - before);
        AssertAtMost(CaptureReader.MaxMemory / 2, output.Live - before);
    }

    [Fact]
    public void Thousands_of_sections_of_hundreds_of_hosts_are_merged_with_the_memory_of_these_hosts()
    {
        var hosts = Enumerable.Range(0, 200).Select(i => new MergedHost($"host{i}", "6.1.0-17-amd64", "x86_64", $"{i:D36}", i)).ToArray();
        var section = Section(Captures.Header with { Hosts = hosts });
        var file = Repeat(section, 2_000);
        Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var output = new PeakStream(every: 100);
        Merge(file, output);
        // A header of 200 hosts takes 50 KB.
        AssertAtMost(32 * Megabyte, output.Live - before);
    }

    [Fact]
    public void Very_many_short_sections_are_merged_and_compacted_without_a_large_chunk_for_each()
    {
        const int Sections = 3_000;
        var file = Repeat(Section(Captures.Header), Sections);
        using var output = new PeakStream(every: 100);
        Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        Merge(file, output);
        AssertAtMost(64 * Megabyte, output.Live - before);
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - allocated) / Sections, 0, 256 * 1024);

        allocated = GC.GetTotalAllocatedBytes(precise: true);
        new CaptureCompaction(Captures.Reader(file), output, CaptureCompaction.DefaultChunkBytes).Run();
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - allocated) / Sections, 0, 64 * 1024);
    }

    private static void Merge(byte[] file, Stream output) =>
        Assert.True(new CaptureMerge([new MergeInput("it", () => new MemoryStream(file))], "test", () => new MemoryStream()).Run(output));

    private static byte[] Section(CaptureHeader header)
    {
        using var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, header);
        writer.Append(new TcpEvent { Timestamp = Captures.Clock.Monotonic + 1, Type = TcpEventType.Connect });
        writer.Complete("end of test", Captures.Clock);
        return stream.ToArray();
    }

    private static byte[] Repeat(byte[] section, int times)
    {
        var file = new byte[section.Length * times];
        for (var at = 0; at < file.Length; at += section.Length)
        {
            section.CopyTo(file.AsSpan(at));
        }

        return file;
    }

    /// <summary>Less than before, too: what other tests have left may go meanwhile.</summary>
    private static void AssertAtMost(long most, long bytes) => Assert.InRange(bytes, long.MinValue, most);

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Looks at the heap while it is written to.</summary>
    private sealed class PeakStream(int every) : MemoryStream
    {
        private int writes;

        /// <summary>The most bytes of the heap, garbage included.</summary>
        internal long Peak { get; private set; }

        /// <summary>The most bytes that were held.</summary>
        internal long Live { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (writes++ % every == 0)
            {
                Peak = Math.Max(Peak, GC.GetTotalMemory(forceFullCollection: false));
                Live = Math.Max(Live, GC.GetTotalMemory(forceFullCollection: true));
            }
        }
    }
}
