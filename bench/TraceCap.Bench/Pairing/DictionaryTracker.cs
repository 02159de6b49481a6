using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Bench.Pairing;

/// <summary>
/// Pairs as one would at first: open sockets in a dictionary by id. What it gives is what <see cref="ConnectionTracker"/>
/// gives of events with ids and without loss; it takes the opening event as it is, and joins the two ends only if asked to.
/// </summary>
internal sealed class DictionaryTracker(bool join)
{
    private readonly Dictionary<ulong, OpenSocket> open = [];
    private readonly Dictionary<(Address, Address, ushort, ushort), ulong> byEnds = [];
    private Connection[] finished = [];

    public ReadOnlySpan<Connection> Add(ReadOnlySpan<TcpEvent> events)
    {
        var count = 0;
        if (finished.Length < events.Length)
        {
            finished = new Connection[events.Length];
        }

        foreach (ref readonly var e in events)
        {
            switch (e.Type)
            {
                case TcpEventType.Connect or TcpEventType.Accept or TcpEventType.Open:
                    Open(in e);
                    break;
                case TcpEventType.Close:
                    open.Remove(e.Connection, out var socket);
                    if (join)
                    {
                        byEnds.Remove((e.LocalAddress, e.PeerAddress, e.LocalPort, e.PeerPort));
                    }

                    Finish(ref finished[count++], in socket, in e);
                    break;
                case TcpEventType.ConnectFailed:
                    Finish(ref finished[count++], new OpenSocket { Opening = e }, in e);
                    break;
            }
        }

        return finished.AsSpan(0, count);
    }

    private void Open(in TcpEvent e)
    {
        var socket = new OpenSocket { Opening = e };
        if (join)
        {
            byEnds[(e.LocalAddress, e.PeerAddress, e.LocalPort, e.PeerPort)] = e.Connection;
            if (byEnds.TryGetValue((e.PeerAddress, e.LocalAddress, e.PeerPort, e.LocalPort), out var peer))
            {
                ref var opposite = ref CollectionsMarshal.GetValueRefOrNullRef(open, peer);
                if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref opposite))
                {
                    socket.Peer = Task(in opposite.Opening);
                    opposite.Peer = Task(in e);
                    opposite.IsJoined = socket.IsJoined = true;
                }
            }
        }

        open[e.Connection] = socket;
    }

    private static void Finish(ref Connection connection, in OpenSocket socket, in TcpEvent e)
    {
        connection = default;
        connection.Id = e.Connection;
        connection.Opened = socket.Opening.Timestamp;
        connection.Ended = e.Timestamp;
        connection.Duration = socket.Opening.Duration;
        connection.Opener = Task(in socket.Opening);
        connection.Closer = Task(in e);
        connection.PeerOwner = socket.Peer;
        connection.IsJoined = socket.IsJoined;
        connection.HasOpener = socket.Opening.Pid != 0;
        connection.HasCloser = true;
        connection.LocalAddress = e.LocalAddress;
        connection.PeerAddress = e.PeerAddress;
        connection.LocalPort = e.LocalPort;
        connection.PeerPort = e.PeerPort;
        connection.Netns = e.Netns;
        connection.IpVersion = e.IpVersion;
        connection.Flags = e.Flags;
        connection.Error = e.Error;
        connection.State = e.State;
        connection.BytesSent = e.BytesSent;
        connection.BytesAcked = e.BytesAcked;
        connection.BytesReceived = e.BytesReceived;
        connection.SegmentsSent = e.SegmentsSent;
        connection.SegmentsReceived = e.SegmentsReceived;
        connection.Retransmits = e.Retransmits;
        connection.SmoothedRtt = e.SmoothedRtt;
    }

    private static EventTask Task(in TcpEvent e) => new()
    {
        Cgroup = e.Cgroup,
        Pid = e.Pid,
        Tid = e.Tid,
        Uid = e.Uid,
        Mntns = e.Mntns,
        Comm = e.Comm,
    };

    private struct OpenSocket
    {
        public TcpEvent Opening;
        public EventTask Peer;
        public bool IsJoined;
    }
}
