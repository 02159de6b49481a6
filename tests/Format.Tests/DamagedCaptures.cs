using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Tests;

public class DamagedCaptures
{
    private static readonly TcpEvent[] Events = Captures.Some(22);
    private static readonly byte[] File = Captures.Write(Events, eventsPerChunk: 4, beforeEnd: writer =>
        writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock] }));

    private static readonly List<int> Offsets = Captures.BlockOffsets(File);

    [Fact]
    public void Cut_at_every_byte_every_complete_chunk_is_read()
    {
        for (var length = 0; length < File.Length; length++)
        {
            var (events, reader) = Captures.Read(File[..length]);
            // Offsets[0] is the header block's, then come the chunks of 4 events.
            var chunks = Math.Max(0, Offsets.FindLastIndex(offset => offset <= length) - 1);
            Assert.Equal(Events[..Math.Min(Events.Length, 4 * chunks)], events);
            Assert.False(reader.IsWhole);
            Assert.Equal(1, reader.Truncated);
        }
    }

    [Fact]
    public void Every_changed_bit_costs_one_block_and_no_other()
    {
        Gen.Select(Gen.Int[0, File.Length - 1], Gen.Int[0, 7]).Sample((place, bit) =>
        {
            var damaged = (byte[])File.Clone();
            damaged[place] ^= (byte)(1 << bit);
            var hit = Offsets.FindLastIndex(offset => offset <= place);
            var (events, reader) = Captures.Read(damaged);
            return events.AsSpan().SequenceEqual(Without(hit)) && !reader.IsWhole;
        });
    }

    [Fact]
    public void Bytes_put_between_blocks_cost_nothing() => Gen.Select(Gen.Int[0, Offsets.Count - 1], Gen.Byte.Array[1, 300]).Sample((at, bytes) =>
    {
        byte[] damaged = [.. File[..Offsets[at]], .. bytes, .. File[Offsets[at]..]];
        var (events, reader) = Captures.Read(damaged);
        return events.AsSpan().SequenceEqual(Events) && reader.Damage.Bytes == bytes.Length;
    });

    [Fact]
    public void Bytes_taken_out_cost_only_the_blocks_they_were_in() => Gen.Select(Gen.Int[0, File.Length - 1], Gen.Int[1, 400]).Sample((from, count) =>
    {
        var to = Math.Min(File.Length, from + count);
        var (events, reader) = ReadOrNothing([.. File[..from], .. File[to..]]);
        var hit = Enumerable.Range(0, Offsets.Count - 1).Where(i => Offsets[i] < to && Offsets[i + 1] > from).ToArray();
        return events.AsSpan().SequenceEqual(Without(hit)) && reader?.IsWhole != true;
    });

    [Fact]
    public void What_is_left_at_the_end_is_called_what_it_is()
    {
        Assert.Equal("the last block is incomplete", WhyAtEnd(File[..^1]));
        Assert.Equal("the last block is incomplete", WhyAtEnd(File[..(Offsets[2] + 3)]));
        Assert.Equal("not an undamaged block", WhyAtEnd([.. File, .. "something else"u8]));

        static string WhyAtEnd(byte[] file) => Captures.Read(file).Reader.Damage.Entries[^1].What;
    }

    [Fact]
    public void A_chunk_that_comes_twice_is_read_once()
    {
        byte[] damaged = [.. File[..Offsets[3]], .. File[Offsets[2]..]];
        var (events, reader) = Captures.Read(damaged);
        Assert.Equal(Events, events);
        Assert.Contains("repeated", Assert.Single(reader.Damage.Entries).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunk_taken_out_cleanly_is_missed()
    {
        byte[] damaged = [.. File[..Offsets[2]], .. File[Offsets[3]..]];
        var (events, reader) = Captures.Read(damaged);
        Assert.Equal(Without(2), events);
        Assert.Equal(1, reader.Damage.MissingBlocks);
    }

    [Fact]
    public void Chunks_without_their_header_block_are_read()
    {
        var (events, reader) = Captures.Read(File[Offsets[1]..]);
        Assert.Equal(Events, events);
        Assert.Null(reader.Header);
        Assert.False(reader.IsWhole);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0089")]
    [InlineData("\u0089TCA\r\n")]
    public void The_first_bytes_of_a_capture_are_one_cut_short(string latin1)
    {
        var (events, reader) = Captures.Read(System.Text.Encoding.Latin1.GetBytes(latin1));
        Assert.Empty(events);
        Assert.Equal(1, reader.Truncated);
    }

    [Fact]
    public void What_is_no_capture_is_refused_as_such()
    {
        var error = Assert.Throws<CaptureFormatException>(() => Captures.Read("hello, world\n"u8.ToArray()));
        Assert.StartsWith("not a capture: none of its 13 bytes", error.Message, StringComparison.Ordinal);
        Assert.Throws<CaptureFormatException>(() => Captures.Read(new byte[100_000]));
    }

    [Fact]
    public void A_higher_major_version_is_refused_by_name()
    {
        var later = (byte[])File.Clone();
        later[Offsets[1] + 10] = 2;
        CaptureBlock.Rehash(later, Offsets[1]);
        var error = Assert.Throws<CaptureFormatException>(() => Captures.Read(later));
        Assert.Equal($"at byte {Offsets[1]}: format 2.1 is newer than this version reads (1.x); use a newer tracecap", error.Message);
    }

    [Fact]
    public void A_later_minor_version_with_unknown_kinds_and_longer_headers_is_read()
    {
        var blocks = CaptureBlock.Split(File);
        blocks[2].NewFields = new byte[40];
        blocks[2].Header.Minor = 7;
        blocks[3].Header.Kind = (BlockKind)200;
        var later = CaptureBlock.Join(blocks);
        var (events, reader) = Captures.Read(later);
        Assert.Equal(Without(3), events);
        Assert.True(reader.IsWhole);
    }

    [Fact]
    public void Nothing_but_headers_that_claim_long_payloads_is_refused_in_time()
    {
        var header = new byte[BlockHeader.Size];
        new BlockHeader { Major = 1, Kind = BlockKind.Chunk, PayloadLength = BlockHeader.MaxPayload }.Write(header);
        var file = Enumerable.Repeat(header, 300_000).SelectMany(bytes => bytes).ToArray();
        var error = Assert.Throws<CaptureFormatException>(() => Captures.Read(file));
        Assert.Contains("no capture that was ever written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_nested_a_million_deep_is_skipped()
    {
        var map = new List<byte> { 0x82, 0xA1, (byte)'z' };
        map.AddRange(Enumerable.Repeat((byte)0x91, 1_000_000));
        map.Add(0xC0);
        map.AddRange([0xA4, .. "host"u8, 0xA1, (byte)'h']);
        Assert.Equal("h", CaptureHeader.Read(map.ToArray()).Host);
    }

    [Fact]
    public void Metadata_of_random_bytes_gives_one_kind_of_error() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        foreach (var read in new Action[] { () => CaptureHeader.Read(bytes), () => CaptureContext.Read(bytes), () => CaptureFooter.Read(bytes) })
        {
            try
            {
                read();
            }
            catch (CaptureFormatException)
            {
            }
        }
    });

    private static TcpEvent[] Without(params int[] blocks) =>
        [.. Events.Where((_, i) => !blocks.Contains((i / 4) + 1))];

    private static (TcpEvent[] Events, CaptureReader? Reader) ReadOrNothing(byte[] file)
    {
        try
        {
            return Captures.Read(file);
        }
        catch (CaptureFormatException)
        {
            return ([], null);
        }
    }
}
