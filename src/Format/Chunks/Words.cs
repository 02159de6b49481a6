using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>Sixteen bytes as two little-endian numbers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Words(ulong first, ulong last)
{
    public ulong First = first;
    public ulong Last = last;

    public static Words Of(Address address) => Unsafe.BitCast<Address, Words>(address);

    public static Words Of(ThreadName name) => Unsafe.BitCast<ThreadName, Words>(name);

    /// <summary>0 if the two are the same.</summary>
    public static ulong Difference(Words one, Words other) => (one.First ^ other.First) | (one.Last ^ other.Last);

    /// <summary>Chooses by a mask of all bits or none, without a branch.</summary>
    public static Words Select(ulong mask, Words ifSet, Words ifClear) => new(
        (ifSet.First & mask) | (ifClear.First & ~mask), (ifSet.Last & mask) | (ifClear.Last & ~mask));

    public readonly Address ToAddress() => Unsafe.BitCast<Words, Address>(this);

    public readonly ThreadName ToThreadName() => Unsafe.BitCast<Words, ThreadName>(this);
}
