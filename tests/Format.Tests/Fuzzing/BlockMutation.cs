using TraceCap.Format.Blocks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Fuzzing;

/// <summary>What an attacker does: changes within a block, with hashes that are right again.</summary>
internal static class BlockMutation
{
    private static readonly ulong[] interesting =
    [
        0, 1, 2, 127, 128, 255, 256, 1024, ushort.MaxValue, BlockHeader.MaxEvents, BlockHeader.MaxEvents + 1,
        BlockHeader.MaxPayload, BlockHeader.MaxPayload + 1, int.MaxValue, 1UL + int.MaxValue, uint.MaxValue, long.MaxValue,
        1UL + long.MaxValue, ulong.MaxValue,
    ];

    /// <summary>Changes what a block holds. Its place in the section and in the file stays what it was.</summary>
    internal static void ChangeContent(Random random, CaptureBlock block, byte[] other)
    {
        var rawLength = block.Header.RawLength;
        switch (random.Next(8))
        {
            case 0:
                // As packed: the length that LZ4 gives is no longer the one that it should.
                block.Payload = ByteMutation.Mutate(random, block.Payload, other, []);
                break;
            case 1:
                ChangeField(random, ref block.Header);
                break;
            case 2 or 3:
                // In place, so that what stands behind keeps its meaning.
                block.WithRaw(ByteMutation.Overwrite(random, block.Raw, random.Next(block.Raw.Length + 1)));
                break;
            default:
                block.WithRaw(ByteMutation.Mutate(random, block.Raw, other, [0, 40, 100]), pack: random.Next(2) == 0);
                block.Header.RawLength = random.Next(20) == 0 ? rawLength : block.Header.RawLength;
                break;
        }
    }

    /// <summary>Changes any bytes of a block header, which may then say anything about where the block ends or belongs.</summary>
    internal static void ChangeHeader(Random random, byte[] file, int offset)
    {
        const int LengthField = 8;
        var at = offset + random.Next(LengthField, BlockHeader.Size - sizeof(ulong));
        if (random.Next(2) == 0)
        {
            file[at] = (byte)random.Next(256);
        }
        else
        {
            BitConverter.GetBytes(Interesting(random)).AsSpan(0, 1 << random.Next(4)).CopyTo(file.AsSpan(at));
        }

        var length = BitConverter.ToUInt16(file, offset + LengthField);
        if (length >= BlockHeader.Size && offset + length <= file.Length)
        {
            CaptureBlock.Rehash(file, offset);
        }
    }

    private static void ChangeField(Random random, ref BlockHeader header)
    {
        var value = Interesting(random);
        switch (random.Next(6))
        {
            case 0: header.Events = (uint)value; break;
            case 1: header.RawLength = (uint)value; break;
            case 2: header.Codec = (BlockCodec)value; break;
            case 3: header.Watermark = value; break;
            case 4: (header.FirstTimestamp, header.LastTimestamp) = (value, Interesting(random)); break;
            default: header.LossCounters = new LossCounters(value, Interesting(random), Interesting(random), value, value); break;
        }
    }

    private static ulong Interesting(Random random) => interesting[random.Next(interesting.Length)];
}
