using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>What the events of a group have in common.</summary>
internal interface IEventKey
{
    /// <summary>The same for two events of a group.</summary>
    static abstract uint Hash(in TcpEvent one);

    /// <summary>Whether two events belong to the same group.</summary>
    static abstract bool Same(in TcpEvent one, in TcpEvent other);
}

/// <summary>
/// Numbers groups of events in the order of their first events. A group is known by its first event, so nothing is
/// copied out of it.
/// </summary>
internal sealed class EventGroups<TKey>
    where TKey : struct, IEventKey
{
    /// <summary>By group, from position 1 on, its first event; then room for one more.</summary>
    private int[] firsts = new int[32];

    /// <summary>Positions in <see cref="firsts"/>, 0 where a slot is free; at least half of them are.</summary>
    private int[] slots = new int[64];

    public int Count { get; private set; }

    /// <summary>By group, its first event.</summary>
    public ReadOnlySpan<int> FirstEvents => firsts.AsSpan(1, Count);

    public void Clear()
    {
        Count = 0;
        slots.AsSpan().Clear();
    }

    /// <summary>
    /// The number of an event's group, which is <see cref="Count"/> before the call if the group is new.
    /// </summary>
    /// <remarks>Whether it is new cannot be foretold, so there is no branch.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ReadOnlySpan<TcpEvent> events, int index)
    {
        if (Count + 2 > firsts.Length)
        {
            Grow(events);
        }

        ref var slot = ref Find(events, index);
        var isNew = slot == 0 ? 1 : 0;
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(firsts), Count + 1) = index;
        Count += isNew;
        slot += isNew * Count;
        return slot - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Find(ReadOnlySpan<TcpEvent> events, int index)
    {
        ref readonly var one = ref events[index];
        ref var firstEvent = ref MemoryMarshal.GetReference(events);
        ref var firstSlot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref var firstGroup = ref MemoryMarshal.GetArrayDataReference(firsts);
        var mask = (uint)slots.Length - 1;
        for (var at = TKey.Hash(one) & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref Unsafe.Add(ref firstSlot, at);
            if (slot == 0 | TKey.Same(Unsafe.Add(ref firstEvent, Unsafe.Add(ref firstGroup, slot)), one))
            {
                return ref slot;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(ReadOnlySpan<TcpEvent> events)
    {
        Array.Resize(ref firsts, firsts.Length * 2);
        slots = new int[firsts.Length * 2];
        for (var position = 1; position <= Count; position++)
        {
            Find(events, firsts[position]) = position;
        }
    }
}
