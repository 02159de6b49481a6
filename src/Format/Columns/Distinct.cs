using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceCap.Format.Columns;

/// <summary>
/// Numbers different values in the order of their first occurrence. Values are told apart by their bytes: the type has
/// no padding and a size of whole words of eight bytes.
/// </summary>
internal sealed class Distinct<T>
    where T : unmanaged
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private T[] values = new T[32];

    /// <summary>Positions in <see cref="values"/> plus one, 0 where a slot is free; at least half of them are.</summary>
    private int[] slots = new int[64];

    private static int Words => Unsafe.SizeOf<T>() / sizeof(ulong);

    public int Count { get; private set; }

    public ReadOnlySpan<T> Values => values.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        slots.AsSpan().Clear();
    }

    /// <summary>The number of the value, which is <see cref="Count"/> before the call if the value is new.</summary>
    public int Add(in T value)
    {
        ref var slot = ref Find(value);
        if (slot == 0)
        {
            if (Count == values.Length)
            {
                Grow();
                slot = ref Find(value);
            }

            values[Count++] = value;
            slot = Count;
        }

        return slot - 1;
    }

    /// <summary>Compares word by word: wider loads of what has just been stored word by word would stall.</summary>
    public static bool Same(in T one, in T other)
    {
        var different = 0UL;
        for (var i = 0; i < Words; i++)
            different |= Word(one, i) ^ Word(other, i);

        return different == 0;
    }

    private ref int Find(in T value)
    {
        for (var at = Hash(value) & (ulong)(slots.Length - 1); ; at = (at + 1) & (ulong)(slots.Length - 1))
        {
            ref var slot = ref slots[at];
            if (slot == 0 || Same(values[slot - 1], value))
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

    private static ulong Hash(in T value)
    {
        var hash = 0UL;
        for (var i = 0; i < Words; i++)
            hash = (BitOperations.RotateLeft(hash, 23) ^ Word(value, i)) * Multiplier;

        return hash ^ (hash >> 32);
    }

    private static ulong Word(in T value, int index) =>
        Unsafe.Add(ref Unsafe.As<T, ulong>(ref Unsafe.AsRef(in value)), index);
}
