using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using K4os.Compression.LZ4;

namespace TraceCap.Format.Blocks;

/// <summary>One LZ4 block: a sequence is a token, literals, and a match that repeats what was unpacked before.</summary>
internal static class Lz4Block
{
    /// <summary>A match is this much longer than its token says.</summary>
    private const int LeastMatch = 4;

    /// <summary>A length of 15 goes on in the bytes that follow.</summary>
    private const int Continues = 15;

    /// <summary>Unpacks a block, whatever its bytes are.</summary>
    /// <returns>Whether it is one that unpacks to exactly the length of <paramref name="raw"/>, at least one.</returns>
    internal static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> raw) =>
        raw.Length > 0 && IsSound(packed, raw.Length) && LZ4Codec.Decode(packed, raw) == raw.Length;

    /// <summary>
    /// Whether every match repeats bytes that were there before, and all lengths lead to the end of both. The codec leaves out one
    /// check: a match at distance 0 repeats bytes that were never written, and each implementation makes other bytes of it.
    /// </summary>
    private static bool IsSound(ReadOnlySpan<byte> packed, int rawLength)
    {
        var at = 0;
        var done = 0L;
        while (at < packed.Length)
        {
            var token = packed[at++];
            long literals = token >> 4;
            if (literals == Continues && !TryContinue(packed, ref at, ref literals))
            {
                return false;
            }

            done += literals;
            if (literals > packed.Length - at || done > rawLength)
            {
                return false;
            }

            at += (int)literals;
            if (at == packed.Length)
            {
                return done == rawLength;
            }

            if (packed.Length - at < sizeof(ushort))
            {
                return false;
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(packed[at..]);
            at += sizeof(ushort);
            if (distance == 0 || distance > done)
            {
                return false;
            }

            long match = token & Continues;
            if (match == Continues && !TryContinue(packed, ref at, ref match))
            {
                return false;
            }

            done += match + LeastMatch;
        }

        // The last sequence has no match.
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryContinue(ReadOnlySpan<byte> packed, ref int at, ref long length)
    {
        while (at < packed.Length)
        {
            var more = packed[at++];
            length += more;
            if (more != byte.MaxValue)
            {
                return true;
            }
        }

        return false;
    }
}
