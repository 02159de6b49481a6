using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Formatting;

/// <summary>
/// The columns of rows of which there are millions. Each writes UTF-8 where it is told to, and returns how many bytes it wrote. Nothing is checked:
/// who calls has room for <see cref="Room"/> bytes from there on, which may all be overwritten.
/// </summary>
internal static class RowText
{
    /// <summary>The longest column, a name of 16 bytes of which each is escaped, and what is overwritten behind it.</summary>
    internal const int Room = 96 + Utf8Text.Slack;

    /// <summary>Four letters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Write(ref byte to, ReadOnlySpan<byte> letters)
    {
        Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<uint>(ref MemoryMarshal.GetReference(letters)));
        return sizeof(uint);
    }

    /// <summary>A number, filled up with blanks to a width, and one more blank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Column(ref byte to, uint number, int width) => End(ref to, Utf8Text.Write(Span(ref to), number), width);

    /// <summary>An address, filled up with blanks to 16, and one more blank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Address(ref byte to, in Address address, int ipVersion) =>
        End(ref to, ipVersion == 4 ? InetText.WriteV4(ref to, in address) : InetText.Write(Span(ref to), in address, 6), 16);

    /// <summary>An address, one of IPv6 in brackets, filled up with blanks to 16, and one more blank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int BracketedAddress(ref byte to, in Address address, int ipVersion) =>
        End(ref to, ipVersion == 4 ? InetText.WriteV4(ref to, in address) : Bracketed(ref to, in address), 16);

    /// <summary>Fills up what was written with blanks to a width, at most 15 of them, and one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int End(ref byte to, int length, int width)
    {
        Vector128.Create((byte)' ').StoreUnsafe(ref Unsafe.Add(ref to, length));
        var end = Math.Max(length, width);
        Unsafe.Add(ref to, end) = (byte)' ';
        return end + 1;
    }

    /// <summary>The room, for what is written otherwise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Span<byte> Span(ref byte to) => MemoryMarshal.CreateSpan(ref to, Room);

    private static int Bracketed(ref byte to, in Address address)
    {
        to = (byte)'[';
        var length = 1 + InetText.Write(Span(ref to)[1..], in address, 6);
        Unsafe.Add(ref to, length) = (byte)']';
        return length + 1;
    }
}
