using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Chunks;

/// <summary>What is told apart by some words.</summary>
internal interface IKey<TSelf>
    where TSelf : struct, IKey<TSelf>
{
    /// <summary>The same for two that are the same.</summary>
    uint Hash();

    bool Same(in TSelf other);
}

/// <summary>
/// Numbers different keys in the order of their first occurrence. They are kept one beside the other: what is looked up most, the
/// sockets of a chunk, would else be three lines of the cache apart in its events.
/// </summary>
internal sealed class Distinct<TKey>
    where TKey : struct, IKey<TKey>
{
    /// <summary>The keys, from position 1 on; then room for one more.</summary>
    private TKey[] values = new TKey[32];

    /// <summary>Positions in <see cref="values"/>, 0 where a slot is free; at least half of them are.</summary>
    private int[] slots = new int[64];

    public int Count { get; private set; }

    /// <summary>By number.</summary>
    public ReadOnlySpan<TKey> Values => values.AsSpan(1, Count);

    public void Clear()
    {
        Count = 0;
        slots.AsSpan().Clear();
    }

    /// <summary>The place behind the last key, for the one that <see cref="AddNext"/> adds: filled in there, no key is copied.</summary>
    public ref TKey Next
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Count + 2 > values.Length)
            {
                Grow();
            }

            return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(values), Count + 1);
        }
    }

    /// <summary>The number of a key, which is <see cref="Count"/> before the call if it is new.</summary>
    public int Add(in TKey key)
    {
        Next = key;
        return AddNext();
    }

    /// <summary>The same of the key in <see cref="Next"/>.</summary>
    /// <remarks>Whether it is new cannot be foretold, so there is no branch: it counts only if it is.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int AddNext()
    {
        ref var slot = ref Find(in Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(values), Count + 1));
        var isNew = slot == 0 ? 1 : 0;
        Count += isNew;
        slot += isNew * Count;
        return slot - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Find(in TKey key)
    {
        ref var firstSlot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref var firstValue = ref MemoryMarshal.GetArrayDataReference(values);
        var mask = (uint)slots.Length - 1;
        for (var at = key.Hash() & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref Unsafe.Add(ref firstSlot, at);
            if (slot == 0 | key.Same(in Unsafe.Add(ref firstValue, slot)))
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
            Find(in values[position]) = position;
        }
    }
}
