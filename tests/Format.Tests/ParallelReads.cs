using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Format.Tests;

public class ParallelReads
{
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(2_000, new() { Late = 0.5, HasEnds = true });
    private static readonly byte[] File =
    [
        .. Captures.Write(Events, 40, beforeEnd: writer => writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock] })),
        .. Captures.Write(Events.AsSpan(0, 300), 40, complete: false),
    ];

    /// <summary>Bytes changed, taken out, put in and repeated, in a few places at once.</summary>
    private static readonly Gen<byte[]> Damaged = Gen.Select(Gen.Int[0, 4], Gen.Double[0, 1], Gen.Int[1, 6_000]).Array[0, 4].Select(changes =>
    {
        byte[] file = [.. File];
        foreach (var (kind, where, count) in changes)
        {
            var place = (int)(where * file.Length);
            var until = Math.Min(file.Length, place + count);
            file = kind switch
            {
                0 => [.. file[..place], .. file[until..]],
                1 => [.. file[..until], .. file[place..]],
                2 => [.. file[..place], .. new byte[count], .. file[place..]],
                3 => file[..place],
                _ => [.. file[..place], .. file[place..until].Select(each => (byte)(each + 1)), .. file[until..]],
            };
        }

        return file;
    });

    [Fact]
    public void Several_threads_read_what_one_reads() => Damaged.Sample(file => Trace(file, 1).SequenceEqual(Trace(file, 2)));

    [Fact]
    public void However_many_threads_there_are_the_order_stays() => Gen.Int[2, 9].Sample(threads => Trace(File, 1).SequenceEqual(Trace(File, threads)));

    [Fact]
    public void What_a_stream_throws_comes_after_what_was_before()
    {
        var reader = new CaptureReader(new BlockReader(new FailingStream(File, 20_000)), threads: 3);
        var read = 0;
        var error = Assert.Throws<IOException>(() =>
        {
            while (reader.Read())
            {
                read += reader.Events.Length;
            }
        });
        Assert.Equal("broken", error.Message);
        Assert.Equal(Captures.Read(File[..20_000]).Events.Length, read);
    }

    [Fact]
    public void A_higher_major_version_is_refused_where_it_comes()
    {
        var offsets = Captures.BlockOffsets(File);
        byte[] file = [.. File];
        file[offsets[20] + 10] = 2;
        CaptureBlock.Rehash(file, offsets[20]);
        Assert.Equal(Trace(file, 1), Trace(file, 2));
        Assert.StartsWith($"at byte {offsets[20]}: format 2.1 is newer", Trace(file, 2)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Jobs_come_back_in_order_whoever_does_them_and_each_is_done_once()
    {
        var done = new int[1_000];
        var work = new WorkAhead<StrongBox>(box => Interlocked.Increment(ref done[box.Value]), capacity: 5);
        var taken = 0;
        for (var added = 0; taken < done.Length;)
        {
            while (added < done.Length && !work.IsFull)
            {
                work.Add(new StrongBox(added++));
            }

            Assert.Equal(taken++, work.Take().Value);
        }

        Assert.All(done, times => Assert.Equal(1, times));
        Assert.True(work.IsEmpty);
    }

    [Fact]
    public void What_a_job_throws_is_thrown_where_it_is_taken()
    {
        var work = new WorkAhead<StrongBox>(box => throw new IOException($"{box.Value}"), capacity: 2);
        work.Add(new StrongBox(1));
        work.Add(new StrongBox(2));
        Assert.Throws<InvalidOperationException>(() => work.Add(new StrongBox(3)));
        Assert.Equal("1", Assert.Throws<IOException>(work.Take).Message);
        Assert.Equal("2", Assert.Throws<IOException>(work.Take).Message);
    }

    [Fact]
    public void What_nothing_is_done_for_comes_back_in_its_turn()
    {
        var done = new List<int>();
        var work = new WorkAhead<StrongBox>(box => done.Add(box.Value), capacity: 3);
        work.AddDone(new StrongBox(1));
        work.Add(new StrongBox(2));
        work.AddDone(new StrongBox(3));
        Assert.Throws<InvalidOperationException>(() => work.AddDone(new StrongBox(4)));
        Assert.Equal([1, 2, 3], [work.Take().Value, work.Take().Value, work.Take().Value]);
        Assert.Equal([2], done);
    }

    [Fact]
    public async Task Who_finishes_waits_for_those_that_have_begun_and_throws_nothing()
    {
        using var begun = new SemaphoreSlim(0);
        using var mayEnd = new ManualResetEventSlim();
        var (started, ended) = (0, 0);
        var work = new WorkAhead<StrongBox>(
            box =>
            {
                // The first that begins keeps a thread, and the others are done or do not begin.
                if (Interlocked.Increment(ref started) == 1)
                {
                    begun.Release();
                    mayEnd.Wait(CancellationToken.None);
                }

                Interlocked.Increment(ref ended);
                throw new IOException("not thrown by who finishes");
            },
            capacity: 100);
        for (var job = 0; job < 100; job++)
        {
            work.Add(new StrongBox(job));
        }

        await begun.WaitAsync(TestContext.Current.CancellationToken);
        var finishing = Task.Run(work.Finish, CancellationToken.None);
        Assert.False(finishing.IsCompleted);
        mayEnd.Set();
        await finishing;
        Assert.True(work.IsEmpty);
        Assert.InRange(started, 1, 100);
        Assert.Equal(started, ended);
    }

    /// <summary>Everything that a reader tells, in the order in which it does.</summary>
    private static List<string> Trace(byte[] file, int threads)
    {
        var reader = new CaptureReader(new BlockReader(new MemoryStream(file)), threads);
        var told = new List<string>();
        try
        {
            while (reader.Read())
            {
                told.Add($"{reader.Offset} {reader.Length} {reader.Block.Kind} {reader.Block.Sequence} {reader.Section} {reader.Truncated} {reader.Damage.Count}");
                told.Add($"{reader.Header?.Host} {string.Join(",", reader.Known.Clocks.Anchors)} {reader.Known.Begin} {reader.Context?.Clocks.Count} {reader.Footer?.Reason} {reader.Damage.MissingBlocks}");
                told.Add($"{reader.Events.Length} {BlockHeader.Hash(System.Runtime.InteropServices.MemoryMarshal.AsBytes(reader.Events))} {BlockHeader.Hash(reader.Payload.Span)}");
            }

            Assert.False(reader.Read());
            told.Add($"{reader.Offset} {reader.Section} {reader.Truncated} {reader.Damage.Bytes} {reader.Damage.MissingBlocks}");
        }
        catch (CaptureFormatException error)
        {
            told.Add(error.Message);
        }

        told.AddRange(reader.Damage.Entries.Select(entry => $"{entry}"));
        return told;
    }

    private sealed record StrongBox(int Value);

    private sealed class FailingStream(byte[] bytes, int from) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position < from ? base.Read(buffer, offset, (int)Math.Min(count, from - Position)) : throw new IOException("broken");
    }
}
