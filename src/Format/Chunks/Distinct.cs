using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Chunks;

/// <summary>Numbers different pairs of words in the order of their first occurrence.</summary>
internal sealed class Distinct
{
    /// <summary>The pairs, from position 1 on.</summary>
    private Words[] values = new Words[32];

    /// <summary>Positions in <see cref="values"/>, 0 where a slot is free; at least half of them are.</summary>
    private int[] slots = new int[64];

    public int Count { get; private set; }

    public ReadOnlySpan<Words> Values => values.AsSpan(1, Count);

    public void Clear()
    {
        Count = 0;
        slots.AsSpan().Clear();
    }

    /// <summary>The number of the pair, which is <see cref="Count"/> before the call if it is new.</summary>
    /// <remarks>
    /// Whether it is new cannot be foretold, so there is no branch: a known one is written over itself.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Add(ulong first, ulong last)
    {
        if (Count + 2 > values.Length)
        {
            Grow();
        }

        ref var slot = ref Find(first, last);
        var isNew = slot == 0 ? 1 : 0;
        Count += isNew;
        slot += isNew * Count;
        ref var value = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(values), slot);
        value.First = first;
        value.Last = last;
        return (uint)(slot - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Find(ulong first, ulong last)
    {
        ref var firstSlot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref var firstValue = ref MemoryMarshal.GetArrayDataReference(values);
        var mask = (uint)slots.Length - 1;
        for (var at = Hashing.Of(first, last) & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref Unsafe.Add(ref firstSlot, at);
            ref readonly var value = ref Unsafe.Add(ref firstValue, slot);
            if (slot == 0 | ((value.First ^ first) | (value.Last ^ last)) == 0)
            {
                return ref slot;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        Array.Resize(ref values, values.Length * 2);
        slots = new int[values.Length * 2];
        for (var position = 1; position <= Count; position++)
        {
            Find(values[position].First, values[position].Last) = position;
        }
    }
}
