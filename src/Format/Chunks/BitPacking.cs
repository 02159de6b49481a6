using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TraceCap.Format.Chunks;

/// <summary>
/// Values of the same number of bits, one after the other without gaps, the least bit first: value i takes the bits
/// from i * width on, where bit b is bit b % 8 of byte b / 8.
/// </summary>
internal static class BitPacking
{
    /// <summary>The most bits that a value has.</summary>
    public const int MaxWidth = 64;

    /// <summary>A value of at most so many bits lies within eight bytes, wherever it begins.</summary>
    private const int MaxWidthInWord = 57;

    /// <summary>A value of at most so many bits lies within four bytes, wherever it begins.</summary>
    private const int MaxWidthInLane = 25;

    /// <summary>Fewer values than these are not worth the making of masks.</summary>
    private const int LeastForVectors = 32;

    /// <summary>How many bits a value has, without leading zeros.</summary>
    public static int WidthOf(ulong value) => MaxWidth - BitOperations.LeadingZeroCount(value);

    public static int ByteCount(int values, int width) => checked((int)((((long)values * width) + 7) / 8));

    /// <summary>Packs the low bits of the values into as many bytes as <see cref="ByteCount"/> says.</summary>
    public static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> packed)
    {
        if (width == 0)
        {
            return;
        }

        var writer = new BitWriter(packed);
        var mask = ulong.MaxValue >> (MaxWidth - width);
        var i = 0;

        // Whatever is joined before it gets to the writer shortens the chain of one write waiting for the other.
        if (4 * width <= MaxWidth)
        {
            for (; i <= values.Length - 4; i += 4)
            {
                var low = (values[i] & mask) | ((values[i + 1] & mask) << width);
                var high = (values[i + 2] & mask) | ((values[i + 3] & mask) << width);
                writer.Write(low | (high << (2 * width)), 4 * width);
            }
        }
        else if (2 * width <= MaxWidth)
        {
            for (; i <= values.Length - 2; i += 2)
            {
                writer.Write((values[i] & mask) | ((values[i + 1] & mask) << width), 2 * width);
            }
        }

        for (; i < values.Length; i++)
        {
            writer.Write(values[i] & mask, width);
        }

        writer.Complete();
    }

    /// <summary>
    /// Reads the values out of as many bytes as <see cref="ByteCount"/> says and adds the least one to each.
    /// </summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int width, ulong least, Span<ulong> values)
    {
        if (width == 0)
        {
            values.Fill(least);
            return;
        }

        var done = values.Length < LeastForVectors ? 0
            : Avx2.IsSupported && width <= MaxWidthInWord ? UnpackByWideVectors(packed, width, least, values)
            : HasVectors && width <= MaxWidthInLane ? UnpackByVectors(packed, width, least, values)
            : 0;
        UnpackScalar(packed[(int)((long)done * width / 8)..], width, least, values[done..]);
    }

    /// <summary>Whether <see cref="UnpackByVectors"/> runs here: on any x86-64 since 2008, and on every arm64.</summary>
    internal static bool HasVectors => (Ssse3.IsSupported && Sse41.IsSupported) || AdvSimd.Arm64.IsSupported;

    /// <summary>What <see cref="Unpack"/> does where there are no vectors, and with what is left over where there are.</summary>
    public static void UnpackScalar(ReadOnlySpan<byte> packed, int width, ulong least, Span<ulong> values)
    {
        var mask = ulong.MaxValue >> (MaxWidth - width);
        var whole = width > MaxWidthInWord ? 0 : Math.Min(values.Length, WholeWords(packed.Length, width));
        ref var bytes = ref MemoryMarshal.GetReference(packed);
        var bit = 0L;
        var i = 0;
        for (; i < whole; i++, bit += width)
        {
            var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, (nint)(bit >> 3)));
            values[i] = ((word >> (int)(bit & 7)) & mask) + least;
        }

        Span<byte> nine = stackalloc byte[16];
        for (; i < values.Length; i++, bit += width)
        {
            var rest = packed[(int)(bit >> 3)..];
            nine.Clear();
            rest[..Math.Min(rest.Length, 9)].CopyTo(nine);
            var word = BinaryPrimitives.ReadUInt128LittleEndian(nine) >> (int)(bit & 7);
            values[i] = ((ulong)word & mask) + least;
        }
    }

    /// <summary>
    /// Reads eight values at a time, which begin at a byte whatever their width, as far as whole vectors can be read. The four bytes
    /// around each value go to a lane of their own; as there is no shift by another count in each lane, a multiplication moves all
    /// of them to the same bit, from where one shift takes them down.
    /// </summary>
    /// <returns>How many values were read.</returns>
    internal static int UnpackByVectors(ReadOnlySpan<byte> packed, int width, ulong least, Span<ulong> values)
    {
        var (places0, factors0) = Lanes(0, width);
        var (places1, factors1) = Lanes(4 * width & 7, width);
        var mask = Vector128.Create(uint.MaxValue >> (32 - width));
        var leasts = Vector128.Create(least);
        var four = (nuint)(4 * width / 8);
        var last = packed.Length - (int)four - Vector128<byte>.Count;
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var target = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (var at = 0; at <= last && i <= values.Length - 8; at += width, i += 8)
        {
            ref var eight = ref Unsafe.Add(ref source, at);
            var low = Pick(Vector128.LoadUnsafe(ref eight), places0).AsUInt32();
            var high = Pick(Vector128.LoadUnsafe(ref eight, four), places1).AsUInt32();
            low = ((low * factors0) >>> 7) & mask;
            high = ((high * factors1) >>> 7) & mask;
            (Vector128.WidenLower(low) + leasts).StoreUnsafe(ref target, (nuint)i);
            (Vector128.WidenUpper(low) + leasts).StoreUnsafe(ref target, (nuint)i + 2);
            (Vector128.WidenLower(high) + leasts).StoreUnsafe(ref target, (nuint)i + 4);
            (Vector128.WidenUpper(high) + leasts).StoreUnsafe(ref target, (nuint)i + 6);
        }

        return i;
    }

    /// <summary>Where the bytes of four values are, of which the first begins at a bit, and what moves each up to bit 7.</summary>
    private static (Vector128<byte> Places, Vector128<uint> Factors) Lanes(int bit, int width)
    {
        var places = Vector128<byte>.Zero;
        var factors = Vector128<uint>.Zero;
        for (var lane = 0; lane < Vector128<uint>.Count; lane++, bit += width)
        {
            for (var each = 0; each < sizeof(uint); each++)
            {
                places = places.WithElement((sizeof(uint) * lane) + each, (byte)((bit >> 3) + each));
            }

            factors = factors.WithElement(lane, 1u << (7 - (bit & 7)));
        }

        return (places, factors);
    }

    private static Vector128<byte> Pick(Vector128<byte> bytes, Vector128<byte> places) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(bytes, places) : AdvSimd.Arm64.VectorTableLookup(bytes, places);

    /// <summary>The same with vectors of twice the length, which do shift each lane by a count of its own.</summary>
    /// <returns>How many values were read.</returns>
    internal static int UnpackByWideVectors(ReadOnlySpan<byte> packed, int width, ulong least, Span<ulong> values)
    {
        // Two values side by side lie within sixteen bytes; each goes to a half of them and is shifted down there.
        var shuffles = (Span<Vector256<byte>>)stackalloc Vector256<byte>[2];
        var shifts = (Span<Vector256<ulong>>)stackalloc Vector256<ulong>[2];
        for (var four = 0; four < 2; four++)
        {
            var bit = 4 * four * width;
            shuffles[four] = Vector256.Create(PairShuffle(bit, width), PairShuffle(bit + (2 * width), width));
            shifts[four] = Vector256.Create(
                (ulong)(bit & 7),
                (ulong)((bit + width) & 7),
                (ulong)((bit + (2 * width)) & 7),
                (ulong)((bit + (3 * width)) & 7));
        }

        var (shuffle0, shuffle1, shift0, shift1) = (shuffles[0], shuffles[1], shifts[0], shifts[1]);
        var mask = Vector256.Create(ulong.MaxValue >> (MaxWidth - width));
        var leasts = Vector256.Create(least);
        var (pair1, pair2, pair3) = ((nuint)(2 * width / 8), (nuint)(4 * width / 8), (nuint)(6 * width / 8));
        var last = packed.Length - (int)pair3 - Vector128<byte>.Count;
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var target = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (var at = 0; at <= last && i <= values.Length - 8; at += width, i += 8)
        {
            ref var eight = ref Unsafe.Add(ref source, at);
            var low = Vector256.Create(Vector128.LoadUnsafe(ref eight), Vector128.LoadUnsafe(ref eight, pair1));
            var high = Vector256.Create(Vector128.LoadUnsafe(ref eight, pair2), Vector128.LoadUnsafe(ref eight, pair3));
            low = Avx2.Shuffle(low, shuffle0);
            high = Avx2.Shuffle(high, shuffle1);
            var first = (Avx2.ShiftRightLogicalVariable(low.AsUInt64(), shift0) & mask) + leasts;
            var second = (Avx2.ShiftRightLogicalVariable(high.AsUInt64(), shift1) & mask) + leasts;
            first.StoreUnsafe(ref target, (nuint)i);
            second.StoreUnsafe(ref target, (nuint)i + 4);
        }

        return i;
    }

    /// <summary>Moves the eight bytes around each of two values apart; the first begins at that bit.</summary>
    private static Vector128<byte> PairShuffle(int bit, int width)
    {
        var apart = (byte)(((bit & 7) + width) / 8);
        var bytes = Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
        return bytes + Vector128.Create(Vector64<byte>.Zero, Vector64.Create(apart));
    }

    /// <summary>How many values begin where eight bytes can be read.</summary>
    private static int WholeWords(int bytes, int width) =>
        bytes < sizeof(ulong) ? 0 : (int)((((long)(bytes - sizeof(ulong)) * 8) + 7) / width) + 1;
}
