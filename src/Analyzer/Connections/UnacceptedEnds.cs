using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>The last ends of connections that nobody had accepted yet: they may be accepted all the same. Memory: some 250 bytes for each,
/// of at most <see cref="Most"/>.</summary>
internal sealed class UnacceptedEnds
{
    /// <summary>As many are remembered: as many connections as a host may have in accept queues.</summary>
    internal const int Most = 4096;

    private readonly Dictionary<ulong, TcpEvent> ends = [];
    private ulong[] ids = [];
    private int next;

    /// <summary>Remembers an end; its socket has an id.</summary>
    internal void Add(in TcpEvent end)
    {
        if (ids.Length == 0)
        {
            ids = new ulong[Most];
        }

        ends.Remove(ids[next]);
        ids[next] = end.Connection;
        next = (next + 1) % Most;
        ends[end.Connection] = end;
    }

    /// <summary>Takes out the end of a socket that is accepted now.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool Take(ulong id, out TcpEvent end)
    {
        if (ends.Count == 0)
        {
            end = default;
            return false;
        }

        return ends.Remove(id, out end);
    }
}
