using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Events;

/// <summary>How many events of a chunk there are of each type, in the order in which the types occur. Is used again.</summary>
internal sealed class TypeCounts
{
    private readonly ulong[] counts = new ulong[byte.MaxValue + 1];
    private readonly byte[] order = new byte[byte.MaxValue + 1];
    private int types;

    /// <summary>Counts anew.</summary>
    internal void Count(ReadOnlySpan<TcpEvent> events)
    {
        Clear();
        foreach (ref readonly var one in events)
        {
            Add(one.Type, 1);
        }
    }

    internal void Clear()
    {
        foreach (var type in order.AsSpan(0, types))
        {
            counts[type] = 0;
        }

        types = 0;
    }

    /// <summary>Counts more events, at least one, of a type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(TcpEventType type, int events)
    {
        ref var count = ref counts[(byte)type];
        if (count == 0)
        {
            order[types++] = (byte)type;
        }

        count += (ulong)events;
    }

    /// <summary>Adds the counts to others.</summary>
    internal void AddTo(Dictionary<TcpEventType, ulong> sums)
    {
        foreach (var type in order.AsSpan(0, types))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, (TcpEventType)type, out _) += counts[type];
        }
    }
}
