using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Fields;

/// <summary>The value of a field; the default is that of a field that an event or a connection has not. Which of its parts count,
/// the field's <see cref="FieldType"/> says.</summary>
internal readonly record struct FieldValue
{
    /// <summary>Whether there is a value.</summary>
    internal bool IsKnown { get; private init; }

    /// <summary>Of an address: 4 or 6. Of an instant: 1 if its wall-clock time is known.</summary>
    internal byte Kind { get; private init; }

    /// <summary>A number, in its unit; of an endpoint the port; of an instant CLOCK_MONOTONIC ns.</summary>
    internal ulong Number { get; private init; }

    /// <summary>The bytes of an address or of a thread's name; of an instant nanoseconds since 1970.</summary>
    internal UInt128 Bits { get; private init; }

    /// <summary>A text, or a cgroup.</summary>
    internal object? Name { get; private init; }

    /// <summary>The address, which is 16 bytes also where it is IPv4.</summary>
    internal Address Address => Unsafe.BitCast<UInt128, Address>(Bits);

    /// <summary>The thread's name.</summary>
    internal ThreadName Thread => Unsafe.BitCast<UInt128, ThreadName>(Bits);

    /// <summary>A number.</summary>
    internal static FieldValue Of(ulong number) => new() { IsKnown = true, Number = number };

    /// <summary>True or false.</summary>
    internal static FieldValue Of(bool flag) => Of(flag ? 1ul : 0);

    /// <summary>A number that only some have.</summary>
    internal static FieldValue If(bool has, ulong number) => has ? Of(number) : default;

    /// <summary>A text; none if it is empty or null.</summary>
    internal static FieldValue Of(string? text) => text is { Length: > 0 } ? new() { IsKnown = true, Name = text } : default;

    /// <summary>A text, which may be empty.</summary>
    internal static FieldValue Exactly(string text) => new() { IsKnown = true, Name = text };

    /// <summary>A cgroup; none if its path is not known.</summary>
    internal static FieldValue Of(CgroupName? cgroup) => cgroup is { Path.Length: > 0 } ? new() { IsKnown = true, Name = cgroup } : default;

    /// <summary>A thread's name.</summary>
    internal static FieldValue Of(in ThreadName name) => new() { IsKnown = true, Bits = Unsafe.BitCast<ThreadName, UInt128>(name) };

    /// <summary>An address, or with a port an endpoint.</summary>
    internal static FieldValue Of(in Address address, int ipVersion, ushort port = 0) => new()
    {
        IsKnown = true,
        Kind = ipVersion == 4 ? (byte)4 : (byte)6,
        Bits = Unsafe.BitCast<Address, UInt128>(address),
        Number = port,
    };

    /// <summary>The same, where an IPv4-mapped address is IPv4.</summary>
    internal static FieldValue Plain(in Address address, int ipVersion, ushort port = 0) => IsMapped(in address, ipVersion)
        ? Of(new Address(address.Bytes[12..]), 4, port)
        : Of(in address, ipVersion, port);

    /// <summary>An instant.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    /// <param name="wallOffset">What to add for nanoseconds since 1970; null if that is not known.</param>
    internal static FieldValue At(ulong monotonic, long? wallOffset)
    {
        var wall = (Int128)monotonic + (wallOffset ?? 0);
        var isWall = wallOffset is not null && wall >= 0 && wall <= ulong.MaxValue;
        return new() { IsKnown = true, Kind = isWall ? (byte)1 : (byte)0, Number = monotonic, Bits = isWall ? (UInt128)wall : 0 };
    }

    /// <summary>The address as text.</summary>
    internal string AddressText()
    {
        Span<byte> text = stackalloc byte[InetText.MaxLength + Utf8Text.Slack];
        var address = Address;
        return Encoding.ASCII.GetString(text[..InetText.Write(text, in address, Kind)]);
    }

    /// <summary>The order of the bytes of an address or a name.</summary>
    internal static int CompareBits(in FieldValue one, in FieldValue other) =>
        BinaryPrimitives.ReverseEndianness(one.Bits).CompareTo(BinaryPrimitives.ReverseEndianness(other.Bits));

    /// <summary>Whether it is an IPv4 address in an IPv6 socket.</summary>
    internal static bool IsMapped(in Address address, int ipVersion) =>
        ipVersion == 6 && address.Bytes[..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
}
