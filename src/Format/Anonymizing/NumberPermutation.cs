using System.Buffers.Binary;
using System.Numerics;

namespace TraceCap.Format.Anonymizing;

/// <summary>
/// Numbers for numbers, one to one, and each within its range: a range of one number stays. A Feistel network of ten rounds with AES over
/// as few bits as the range takes; where that leads out of the range, again from there (cycle walking; Black and Rogaway: "Ciphers with
/// Arbitrary Finite Domains", 2002).
/// </summary>
internal sealed class NumberPermutation : IDisposable
{
    private const int Rounds = 10;
    private const int Batch = 256;
    private const int MaxKnown = 1 << 16;

    private readonly BlockCipher cipher;
    private readonly NumberRange[] ranges;
    private readonly Dictionary<ulong, ulong> known = [];
    private readonly Walker[] walkers = new Walker[Batch];

    /// <param name="key">16 bytes.</param>
    /// <param name="largest">The largest number there is.</param>
    /// <param name="starts">The first numbers of the ranges, ascending from 0.</param>
    public NumberPermutation(ReadOnlySpan<byte> key, ulong largest, params ReadOnlySpan<ulong> starts)
    {
        cipher = new BlockCipher(key, Batch);
        ranges = new NumberRange[starts.Length];
        for (var i = 0; i < starts.Length; i++)
        {
            ranges[i] = new NumberRange((byte)i, starts[i], (i + 1 < starts.Length ? starts[i + 1] - 1 : largest) - starts[i]);
        }
    }

    /// <summary>What stands for a number. Of those that were asked for lately it is known.</summary>
    public ulong Of(ulong number)
    {
        if (known.TryGetValue(number, out var found))
        {
            return found;
        }

        if (known.Count == MaxKnown)
        {
            known.Clear();
        }

        Span<ulong> one = [number];
        Replace(one);
        known.Add(number, one[0]);
        return one[0];
    }

    /// <summary>Replaces many numbers, which takes much less time for each.</summary>
    public void Replace(Span<ulong> numbers)
    {
        while (numbers.Length > 0)
        {
            var length = Math.Min(Batch, numbers.Length);
            ReplaceBatch(numbers[..length]);
            numbers = numbers[length..];
        }
    }

    public void Dispose() => cipher.Dispose();

    private void ReplaceBatch(Span<ulong> numbers)
    {
        var walking = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (RangeOf(numbers[i]) is { Last: > 0 } range)
            {
                var offset = numbers[i] - range.Start;
                walkers[walking++] = new Walker { Place = i, Range = range, High = offset >> range.LowBits, Low = offset & Mask(range.LowBits) };
            }
        }

        while (walking > 0)
        {
            Permute(walkers.AsSpan(0, walking));
            var outside = 0;
            foreach (ref readonly var walker in walkers.AsSpan(0, walking))
            {
                var offset = (walker.High << walker.Range.LowBits) | walker.Low;
                if (offset > walker.Range.Last)
                {
                    walkers[outside++] = walker;
                }
                else
                {
                    numbers[walker.Place] = walker.Range.Start + offset;
                }
            }

            walking = outside;
        }
    }

    private void Permute(Span<Walker> all)
    {
        for (byte round = 0; round < Rounds; round++)
        {
            var blocks = cipher.Input.AsSpan();
            foreach (ref readonly var walker in all)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(blocks, round % 2 == 0 ? walker.Low : walker.High);
                blocks[8] = round;
                blocks[9] = walker.Range.Number;
                blocks = blocks[BlockCipher.BlockSize..];
            }

            var mixed = cipher.Encrypt(all.Length);
            foreach (ref var walker in all)
            {
                var bits = BinaryPrimitives.ReadUInt64LittleEndian(mixed);
                walker.High ^= round % 2 == 0 ? bits & Mask(walker.Range.HighBits) : 0;
                walker.Low ^= round % 2 == 0 ? 0 : bits & Mask(walker.Range.LowBits);
                mixed = mixed[BlockCipher.BlockSize..];
            }
        }
    }

    private NumberRange RangeOf(ulong number)
    {
        var place = ranges.Length - 1;
        while (ranges[place].Start > number)
        {
            place--;
        }

        return ranges[place];
    }

    private static ulong Mask(int bits) => (1ul << bits) - 1;

    /// <param name="Number">Its place.</param>
    /// <param name="Start">Its first number.</param>
    /// <param name="Last">Its last number, as an offset from the first.</param>
    private readonly record struct NumberRange(byte Number, ulong Start, ulong Last)
    {
        internal int HighBits { get; } = Bits(Last) / 2;

        internal int LowBits { get; } = Bits(Last) - (Bits(Last) / 2);

        private static int Bits(ulong last) => Math.Max(2, 64 - BitOperations.LeadingZeroCount(last));
    }

    /// <summary>A number on its way, as an offset in two halves.</summary>
    private struct Walker
    {
        internal int Place;
        internal NumberRange Range;
        internal ulong High;
        internal ulong Low;
    }
}
