using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>
/// Writes UTF-8 into a buffer that is known to be long enough for all that will be written, plus
/// <see cref="Slack"/>: fixed-size stores may touch that many bytes behind the text.
/// </summary>
internal ref struct TextCursor(Span<byte> target)
{
    /// <summary>The bytes behind the text that may be overwritten.</summary>
    public const int Slack = 64;

    private readonly Span<byte> target = target;

    /// <summary>The number of bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What is behind the text.</summary>
    public readonly Span<byte> Rest => target[Length..];

    /// <summary>Takes over bytes that somebody wrote to <see cref="Rest"/>.</summary>
    public void Advance(int count) => Length += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[Length..]);
        Length += text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte character) => target[Length++] = character;

    public void Append(ulong number)
    {
        number.TryFormat(target[Length..], out var written);
        Length += written;
    }

    /// <summary>Exactly <paramref name="digits"/> digits, with zeros in front.</summary>
    public void AppendDigits(ulong number, int digits)
    {
        for (var i = Length + digits - 1; i >= Length; i--)
        {
            (number, var digit) = Math.DivRem(number, 10);
            target[i] = (byte)('0' + digit);
        }

        Length += digits;
    }

    /// <summary>Exactly <paramref name="digits"/> hexadecimal digits, with zeros in front.</summary>
    public void AppendHex(int value, int digits)
    {
        for (var shift = 4 * (digits - 1); shift >= 0; shift -= 4)
            Append("0123456789abcdef"u8[(value >> shift) & 15]);
    }

    public void Append(in Address address, int ipVersion) => Length += InetText.Write(in address, ipVersion, Rest);

    /// <summary>Spaces up to <paramref name="column"/>, at most 16; nothing if the text is longer already.</summary>
    public void PadTo(int column)
    {
        Vector128.Create((byte)' ').CopyTo(target[Length..]);
        Length = Math.Max(Length, column);
    }

    /// <summary>Spaces up to <paramref name="column"/>, at least one and at most 16, after it.</summary>
    public void EndColumn(int column)
    {
        PadTo(column);
        target[Length++] = (byte)' ';
    }
}
