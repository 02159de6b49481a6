using System.Buffers;
using System.Numerics;

namespace TraceCap.Exports.Parquet;

/// <summary>Small numbers as Parquet's hybrid of runs and packed bits has them (Encodings.md, RLE = 3): definition levels, and places in a
/// dictionary.</summary>
internal static class HybridRuns
{
    private const int Group = 8;

    /// <summary>How many bits numbers below a count take.</summary>
    internal static int WidthOf(int count) => count <= 1 ? 0 : BitOperations.Log2((uint)(count - 1)) + 1;

    /// <summary>Writes numbers.</summary>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="values">None takes more bits than the width.</param>
    /// <param name="width">Bits of each; 0 if all are 0.</param>
    internal static void Write(IBufferWriter<byte> output, ReadOnlySpan<int> values, int width)
    {
        for (var at = 0; at < values.Length;)
        {
            var run = RunAt(values, at, int.MaxValue);
            if (run >= Group)
            {
                WriteRun(output, values[at], run, width);
                at += run;
                continue;
            }

            var begin = at;
            while (at < values.Length && RunAt(values, at, Group) < Group)
            {
                at = Math.Min(at + Group, values.Length);
            }

            WritePacked(output, values[begin..at], width);
        }
    }

    /// <summary>Writes one number many times.</summary>
    internal static void WriteRun(IBufferWriter<byte> output, int value, int count, int width)
    {
        ThriftWriter.Varint(output, (ulong)(uint)count << 1);
        var bytes = (width + 7) / 8;
        var target = output.GetSpan(4);
        for (var i = 0; i < bytes; i++)
        {
            target[i] = (byte)(value >> (8 * i));
        }

        output.Advance(bytes);
    }

    private static int RunAt(ReadOnlySpan<int> values, int at, int most)
    {
        var rest = values.Slice(at, Math.Min(most, values.Length - at));
        var other = rest.IndexOfAnyExcept(rest[0]);
        return other < 0 ? rest.Length : other;
    }

    private static void WritePacked(IBufferWriter<byte> output, ReadOnlySpan<int> values, int width)
    {
        var groups = (values.Length + Group - 1) / Group;
        ThriftWriter.Varint(output, ((ulong)(uint)groups << 1) | 1);
        var target = output.GetSpan(groups * width);
        target[..(groups * width)].Clear();
        var (bits, held, at) = (0ul, 0, 0);
        foreach (var value in values)
        {
            bits |= (ulong)(uint)value << held;
            for (held += width; held >= 8; held -= 8)
            {
                target[at++] = (byte)bits;
                bits >>= 8;
            }
        }

        if (held > 0)
        {
            target[at] = (byte)bits;
        }

        output.Advance(groups * width);
    }
}
