using TraceCap.Analyzer.Filters;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Exports.DuckDb;

/// <summary>Tells by the dictionaries of a chunk that it has no event which a filter lets through: so its events need not be
/// looked at.</summary>
internal static class ChunkChoice
{
    /// <summary>Whether it may have one.</summary>
    /// <exception cref="CaptureFormatException">The chunk is malformed.</exception>
    internal static bool MayHave(in ChunkColumns chunk, EventFilter filter)
    {
        var ofTask = new EventFilter { Pids = filter.Pids, Uids = filter.Uids, Comm = filter.Comm };
        var ofSocket = new EventFilter { Ports = filter.Ports, NetworkNamespaces = filter.NetworkNamespaces, Addresses = filter.Addresses };
        return (ofTask.IsAll || HasTask(in chunk, ofTask)) && (ofSocket.IsAll || HasSocket(in chunk, ofSocket));
    }

    private static bool HasTask(in ChunkColumns chunk, EventFilter filter)
    {
        foreach (ref readonly var task in chunk.Tasks)
        {
            var one = default(TcpEvent);
            task.WriteTo(ref one);
            if (filter.Matches(in one))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of which family an address is, only the event tells.</summary>
    private static bool HasSocket(in ChunkColumns chunk, EventFilter filter)
    {
        foreach (ref readonly var socket in chunk.Sockets)
        {
            var one = new TcpEvent
            {
                Netns = socket.Netns,
                LocalPort = socket.LocalPort,
                PeerPort = socket.PeerPort,
                LocalAddress = socket.LocalAddress,
                PeerAddress = socket.PeerAddress,
                IpVersion = 4,
            };
            if (filter.Matches(in one) || (!filter.Addresses.IsEmpty && filter.Matches(one with { IpVersion = 6 })))
            {
                return true;
            }
        }

        return false;
    }
}
