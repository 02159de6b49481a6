using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>Sixteen bytes as two little-endian numbers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Words(ulong First, ulong Last)
{
    public static Words Of(Address address) => Unsafe.BitCast<Address, Words>(address);

    public static Words Of(ThreadName name) => Unsafe.BitCast<ThreadName, Words>(name);

    public Address ToAddress() => Unsafe.BitCast<Words, Address>(this);

    public ThreadName ToThreadName() => Unsafe.BitCast<Words, ThreadName>(this);
}
