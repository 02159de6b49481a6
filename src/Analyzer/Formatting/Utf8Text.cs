using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TraceCap.Analyzer.Formatting;

/// <summary>
/// The pieces that rows are made of. Each writes UTF-8 to the start of a span and returns how many bytes it wrote, so
/// that positions stay in registers; stores of a fixed size may touch <see cref="Slack"/> bytes behind the text.
/// </summary>
internal static class Utf8Text
{
    /// <summary>The bytes behind the text that may be overwritten.</summary>
    public const int Slack = 32;

    // The three digits of each number below a thousand, the first in the lowest byte.
    private static readonly uint[] threes = MakeThrees();

    private static ReadOnlySpan<long> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    /// <summary>Copies text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> target, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target);
        return text.Length;
    }

    /// <summary>Writes a number in decimal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> target, uint number)
    {
        if (number < 1000)
        {
            return WriteShort(target, number);
        }

        if (number < 1_000_000)
        {
            var (thousands, rest) = Math.DivRem(number, 1000u);
            var length = WriteShort(target, thousands);
            BinaryPrimitives.WriteUInt32LittleEndian(target[length..], threes[rest]);
            return length + 3;
        }

        return WriteLong(target, number);
    }

    /// <inheritdoc cref="Write(Span{byte}, uint)" />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> target, ulong number) => number < 1_000_000 ? Write(target, (uint)number) : WriteLong(target, number);

    /// <inheritdoc cref="Write(Span{byte}, uint)" />
    public static int Write(Span<byte> target, long number)
    {
        var sign = 0;
        if (number < 0)
        {
            target[sign++] = (byte)'-';
        }

        return sign + Write(target[sign..], (ulong)(number < 0 ? -number : number));
    }

    /// <summary>C's <c>%.Nf</c>: the exact value of the double, rounded to even where it lies halfway.</summary>
    /// <param name="target">Takes the text.</param>
    /// <param name="number">Its magnitude with all the decimals fits into 63 bits.</param>
    /// <param name="decimals">At most 9.</param>
    public static int WriteFixed(Span<byte> target, double number, int decimals)
    {
        var at = 0;
        if (number < 0)
        {
            target[at++] = (byte)'-';
        }

        var scale = PowersOfTen[decimals];
        var magnitude = Math.Abs(number);
        var scaled = (long)(magnitude * scale);
        // Rounded once, so that its sign is that of the exact distance to the tie.
        var beyondTie = Math.FusedMultiplyAdd(magnitude, scale, -(scaled + 0.5));
        if (beyondTie > 0 || (beyondTie == 0 && scaled % 2 == 1))
        {
            scaled++;
        }

        var (whole, fraction) = Math.DivRem(scaled, scale);
        at += Write(target[at..], whole);
        target[at++] = (byte)'.';
        return at + WriteDigits(target[at..], fraction, decimals);
    }

    /// <summary>Writes a number of thousandths, with all three decimals.</summary>
    public static int WriteThousandths(Span<byte> target, ulong number)
    {
        var (whole, fraction) = Math.DivRem(number, 1000);
        var at = Write(target, whole);
        BinaryPrimitives.WriteUInt32LittleEndian(target[at..], '.' | (threes[fraction] << 8));
        return at + 4;
    }

    /// <summary>Writes a number in quotes.</summary>
    public static int WriteQuoted(Span<byte> target, ulong number)
    {
        target[0] = (byte)'"';
        var length = Write(target[1..], number);
        target[length + 1] = (byte)'"';
        return length + 2;
    }

    /// <summary>Writes the last <paramref name="digits"/> decimal digits, zeros in front included.</summary>
    public static int WriteDigits(Span<byte> target, long number, int digits)
    {
        var rest = (ulong)number;
        var at = digits;
        while (at >= 2)
        {
            (rest, var pair) = Math.DivRem(rest, 100);
            at -= 2;
            (target[at], target[at + 1]) = ((byte)('0' + (pair / 10)), (byte)('0' + (pair % 10)));
        }

        if (at > 0)
        {
            target[0] = (byte)('0' + (rest % 10));
        }

        return digits;
    }

    /// <summary>Writes the last <paramref name="digits"/> hexadecimal digits, zeros in front included.</summary>
    public static int WriteHex(Span<byte> target, int number, int digits)
    {
        for (var i = 0; i < digits; i++)
        {
            target[i] = "0123456789abcdef"u8[(number >> (4 * (digits - 1 - i))) & 15];
        }

        return digits;
    }

    /// <summary>Fills up text with spaces.</summary>
    /// <param name="target">Begins with the text.</param>
    /// <param name="length">The length of the text in bytes.</param>
    /// <param name="width">What to fill up to, at most 16 more than <paramref name="length"/>.</param>
    /// <returns>The greater of the two.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Pad(Span<byte> target, int length, int width)
    {
        Vector128.Create((byte)' ').CopyTo(target[length..]);
        return Math.Max(length, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteShort(Span<byte> target, uint number)
    {
        var zeros = (number < 100 ? 1 : 0) + (number < 10 ? 1 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(target, threes[number] >> (8 * zeros));
        return 3 - zeros;
    }

    private static int WriteLong(Span<byte> target, ulong number)
    {
        number.TryFormat(target, out var length);
        return length;
    }

    private static uint[] MakeThrees()
    {
        var made = new uint[1000];
        for (var number = 0u; number < made.Length; number++)
        {
            made[number] = ('0' + (number / 100)) | (('0' + (number / 10 % 10)) << 8) | (('0' + (number % 10)) << 16);
        }

        return made;
    }
}
