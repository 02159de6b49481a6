using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using static TraceCap.Format.Tests.Conformance.ConformanceEvents;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>Which version blocks say that they are of.</summary>
public class MinorVersions
{
    /// <summary>So that a capture of what there was before is the same as before.</summary>
    [Fact]
    public void A_block_says_the_lowest_version_that_lays_out_all_it_holds()
    {
        Assert.All(BlocksOf(Captures.Write([Connect, Accept, Close, Ended])), block => Assert.Equal(0, block.Minor));
        foreach (var one in (TcpEvent[])[Connect with { NetnsId = 1 }, Connect with { ContainerPid = 1 }, Connect with { Pidns = 1 }])
        {
            var blocks = BlocksOf(Captures.Write([one, Connect, Connect, Connect, Close], eventsPerChunk: 4));
            Assert.Equal([1, 0], blocks.Where(block => block.Kind == BlockKind.Chunk).Select(block => (int)block.Minor));
            Assert.All(blocks.Where(block => block.Kind != BlockKind.Chunk), block => Assert.Equal(0, block.Minor));
        }
    }

    [Fact]
    public void A_chunk_that_is_copied_stays_of_the_version_that_it_is_of()
    {
        var blocks = CaptureBlock.Split(Captures.Write([Connect with { NetnsId = 1 }]));
        blocks[1].Header.Minor = 9;
        var output = new MemoryStream();
        var file = CaptureBlock.Join(blocks);
        new CaptureRecovery(new CaptureReader(new MemoryStream(file)), output, KeptWatermarks.Find(new CaptureReader(new MemoryStream(file)))).Run();
        Assert.Equal([9], BlocksOf(output.ToArray()).Where(block => block.Kind == BlockKind.Chunk).Select(block => (int)block.Minor));
    }

    [Theory]
    [InlineData("extremes")]
    [InlineData("random-bits")]
    [InlineData("traffic")]
    [InlineData("missing-columns-of-1.1")]
    public void Where_a_column_of_1_1_is_missing_its_values_are_0(string name) =>
        Assert.All(
            Captures.Read(File.ReadAllBytes(Repository.File($"tests/conformance/{name}.tcap"))).Events,
            one => Assert.Equal((0ul, 0u, 0u), (one.NetnsId, one.ContainerPid, one.Pidns)));

    private static List<BlockHeader> BlocksOf(byte[] file)
    {
        var reader = new BlockReader(new MemoryStream(file));
        var blocks = new List<BlockHeader>();
        while (reader.Read())
        {
            blocks.Add(reader.Header);
        }

        return blocks;
    }
}
