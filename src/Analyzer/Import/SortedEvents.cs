using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>Puts events that come about in the order of time in that order; equal times keep the order in which they came.</summary>
internal sealed class SortedEvents
{
    /// <summary>So many wait for earlier ones: what is printed or captured by several CPUs is late by far fewer.</summary>
    private const int Most = 1 << 15;

    private readonly PriorityQueue<TcpEvent, (ulong Time, long Place)> waiting = new();
    private long place;

    /// <summary>Takes an event.</summary>
    internal void Add(in TcpEvent one) => waiting.Enqueue(one, (one.Timestamp, place++));

    /// <summary>Gives the next event of those that need not wait any longer.</summary>
    /// <param name="one">The event.</param>
    /// <param name="atEnd">Whether no more come.</param>
    internal bool TryTake(out TcpEvent one, bool atEnd)
    {
        one = default;
        return (atEnd || waiting.Count > Most) && waiting.TryDequeue(out one, out _);
    }
}
