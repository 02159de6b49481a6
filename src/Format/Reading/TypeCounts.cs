using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Reading;

/// <summary>How many events of a chunk there are of each type, in the order in which the types occur. Is used again.</summary>
internal sealed class TypeCounts
{
    private readonly ulong[] counts = new ulong[byte.MaxValue + 1];
    private readonly byte[] order = new byte[byte.MaxValue + 1];
    private int types;

    /// <summary>Counts anew.</summary>
    internal void Count(ReadOnlySpan<TcpEvent> events)
    {
        foreach (var type in order.AsSpan(0, types))
        {
            counts[type] = 0;
        }

        types = 0;
        foreach (ref readonly var one in events)
        {
            if (counts[(byte)one.Type]++ == 0)
            {
                order[types++] = (byte)one.Type;
            }
        }
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
