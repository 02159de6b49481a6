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

    /// <summary>A chunk has no more keys than events, and twice as many addresses.</summary>
    private const uint Position = (2 << 17) - 1;

    /// <summary>Positions in <see cref="values"/>, and above them what of its hash has room: only a key for which that is right is looked at. 0 where a
    /// slot is free; at least half of them are.</summary>
    private uint[] slots = new uint[64];

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
        ref readonly var key = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(values), Count + 1);
        var hash = key.Hash();
        ref var slot = ref Find(in key, hash);
        var isNew = slot == 0 ? 1 : 0;
        Count += isNew;
        slot |= (uint)isNew * ((hash & ~Position) | (uint)Count);
        return (int)(slot & Position) - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref uint Find(in TKey key, uint hash)
    {
        ref var firstSlot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref var firstValue = ref MemoryMarshal.GetArrayDataReference(values);
        var mask = (uint)slots.Length - 1;
        for (var at = hash & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref Unsafe.Add(ref firstSlot, at);
            var position = slot ^ (hash & ~Position);
            if (slot == 0 || (position <= Position && key.Same(in Unsafe.Add(ref firstValue, position))))
            {
                return ref slot;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        Array.Resize(ref values, values.Length * 2);
        slots = new uint[values.Length * 2];
        for (var position = 1; position <= Count; position++)
        {
            var hash = values[position].Hash();
            Find(in values[position], hash) = (hash & ~Position) | (uint)position;
        }
    }
}
