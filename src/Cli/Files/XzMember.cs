using SharpCompress.Compressors.Xz;

namespace TraceCap.Cli.Files;

/// <summary>One of the streams that an .xz file is made of.</summary>
internal static class XzMember
{
    /// <summary>As much of what was unpacked is kept in memory at most: what <c>xz -9</c> takes, four times.</summary>
    private const long MostDictionary = 256 << 20;

    private const int StreamHeaderBytes = 12;
    private const int LeastBlockHeader = 8;
    private const byte Lzma2 = 0x21;

    /// <summary>Opens the next one.</summary>
    /// <exception cref="InvalidDataException">It would take too much memory.</exception>
    internal static Stream Open(Stream source)
    {
        var first = new byte[StreamHeaderBytes + LeastBlockHeader];
        var got = source.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (DictionaryOf(first.AsSpan(0, got)) is > MostDictionary and var bytes)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"unpacking it takes {bytes >> 20} MiB at once; at most {MostDictionary >> 20} MiB are expected, as of xz -9"));
        }

        return new XZStream(new PeekedStream(first.AsMemory(0, got), source));
    }

    /// <summary>The size of the first block's dictionary, which the other blocks share (The .xz File Format, 3.1 and 5.3.1); 0 if
    /// that is not where it is expected.</summary>
    private static long DictionaryOf(ReadOnlySpan<byte> first)
    {
        if (first.Length < StreamHeaderBytes + LeastBlockHeader || first[StreamHeaderBytes] == 0)
        {
            return 0;
        }

        var flags = first[StreamHeaderBytes + 1];
        var at = StreamHeaderBytes + 2;
        for (var sizes = (flags >> 6 & 1) + (flags >> 7); sizes > 0; sizes--)
        {
            while (at < first.Length && (first[at] & 0x80) != 0)
            {
                at++;
            }

            at++;
        }

        return at + 2 < first.Length && first[at] == Lzma2 && first[at + 2] is var bits and <= 40
            ? bits == 40 ? uint.MaxValue : (2L | (bits & 1)) << ((bits / 2) + 11)
            : 0;
    }
}
