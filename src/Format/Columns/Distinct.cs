using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>
/// Numbers different values in the order of their first occurrence. Values are told apart by their bytes: the type has
/// no padding and a size of whole words of eight bytes.
/// </summary>
internal sealed class Distinct<T>
    where T : unmanaged
{
    /// <summary>Each process has its own, so that nobody can send connections that fall into the same slot.</summary>
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() | 1;

    private T[] values = new T[32];

    /// <summary>Positions in <see cref="values"/> plus one, 0 where a slot is free; at least half of them are.</summary>
    private int[] slots = new int[64];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Values => values.AsSpan(0, Count);

    private static int Words => Unsafe.SizeOf<T>() / sizeof(ulong);

    public void Clear()
    {
        Count = 0;
        slots.AsSpan().Clear();
    }

    /// <summary>The number of the value, which is <see cref="Count"/> before the call if the value is new.</summary>
    public int Add(in T value)
    {
        ref var slot = ref Find(value);
        return slot != 0 ? slot - 1 : AddNew(value, ref slot);
    }

    /// <summary>Compares word by word: wider loads of what has just been stored word by word would stall.</summary>
    public static bool Same(in T one, in T other)
    {
        var different = 0UL;
        for (var i = 0; i < Words; i++)
            different |= Word(one, i) ^ Word(other, i);

        return different == 0;
    }

    private int AddNew(in T value, ref int slot)
    {
        if (Count == values.Length)
        {
            Grow();
            slot = ref Find(value);
        }

        values[Count++] = value;
        slot = Count;
        return slot - 1;
    }

    private ref int Find(in T value)
    {
        ref var firstSlot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref var firstValue = ref MemoryMarshal.GetArrayDataReference(values);
        var mask = (uint)slots.Length - 1;
        for (var at = Hash(value) & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref Unsafe.Add(ref firstSlot, at);
            if (slot == 0 || Same(Unsafe.Add(ref firstValue, slot - 1), value))
                return ref slot;
        }
    }

    private void Grow()
    {
        Array.Resize(ref values, values.Length * 2);
        slots = new int[values.Length * 2];
        for (var i = 0; i < Count; i++)
            Find(values[i]) = i + 1;
    }

    /// <summary>The words are multiplied side by side, not one after the other, which would take longer.</summary>
    private static uint Hash(in T value)
    {
        var hash = 0UL;
        for (var i = 0; i < Words; i++)
            hash += Word(value, i) * (BitOperations.RotateLeft(Multiplier, 11 * i) | 1);

        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Word(in T value, int index) =>
        Unsafe.Add(ref Unsafe.As<T, ulong>(ref Unsafe.AsRef(in value)), index);
}
