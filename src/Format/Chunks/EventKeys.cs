using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>A socket, as its events have it.</summary>
internal struct SocketKey : IKey<SocketKey>
{
    public ChunkSocket Socket;

    public readonly uint Hash()
    {
        var peer = Words.Of(Socket.PeerAddress);
        return Hashing.Of(Socket.Connection, peer.First, peer.Last, Ports(in Socket));
    }

    public readonly bool Same(in SocketKey other) =>
        ((Socket.Connection ^ other.Socket.Connection)
            | Words.Difference(Words.Of(Socket.LocalAddress), Words.Of(other.Socket.LocalAddress))
            | Words.Difference(Words.Of(Socket.PeerAddress), Words.Of(other.Socket.PeerAddress))
            | (Ports(in Socket) ^ Ports(in other.Socket))
            | (Socket.Netns ^ other.Socket.Netns)
            | (Socket.NetnsId ^ other.Socket.NetnsId)) == 0;

    private static uint Ports(in ChunkSocket socket) => socket.LocalPort | ((uint)socket.PeerPort << 16);
}

/// <summary>A thread under one name.</summary>
internal struct TaskKey : IKey<TaskKey>
{
    public EventTask Task;

    public readonly uint Hash()
    {
        var comm = Words.Of(Task.Comm);
        return Hashing.Of(Task.Tid | ((ulong)Task.Pid << 32), comm.First, comm.Last);
    }

    public readonly bool Same(in TaskKey other) =>
        ((ulong)((Task.Pid ^ other.Task.Pid) | (Task.Tid ^ other.Task.Tid) | (Task.ContainerPid ^ other.Task.ContainerPid))
            | ProgramKey.Difference(in Task, in other.Task)) == 0;
}

/// <summary>What the threads of one program usually have in common.</summary>
/// <param name="task">One of them.</param>
internal readonly struct ProgramKey(in EventTask task) : IKey<ProgramKey>
{
    public readonly EventTask Task = task;

    public uint Hash()
    {
        var comm = Words.Of(Task.Comm);
        return Hashing.Of(Task.Cgroup, comm.First, comm.Last, Task.Uid | ((ulong)Task.Mntns << 32));
    }

    public bool Same(in ProgramKey other) => Difference(in Task, in other.Task) == 0;

    /// <summary>0 if the two are of the same program.</summary>
    public static ulong Difference(in EventTask one, in EventTask other) =>
        (one.Cgroup ^ other.Cgroup)
            | Words.Difference(Words.Of(one.Comm), Words.Of(other.Comm))
            | (one.Uid ^ other.Uid)
            | (one.Mntns ^ other.Mntns)
            | (one.Pidns ^ other.Pidns);
}

/// <summary>
/// The sockets in one network namespace that share an end, at which a server listens. Which end that is, is a guess
/// that costs only space when it is wrong.
/// </summary>
internal readonly struct ServiceKey : IKey<ServiceKey>
{
    /// <summary>In <see cref="ColumnId.ServicePort"/>, set beside the port if the peer is the service.</summary>
    public const uint PeerBit = 1 << 16;

    public readonly Words Address;
    public readonly ulong NetnsId;
    public readonly uint Netns;

    /// <summary>The port of the service and <see cref="PeerBit"/>.</summary>
    public readonly uint Port;

    /// <param name="socket">One of them.</param>
    /// <param name="type">That of its first event.</param>
    /// <param name="clientAddress">The address of the end that is not the service.</param>
    /// <param name="clientPort">Its port.</param>
    public ServiceKey(in ChunkSocket socket, TcpEventType type, out Words clientAddress, out uint clientPort)
    {
        var isPeer = PeerMask(in socket, type);
        var (local, peer) = (Words.Of(socket.LocalAddress), Words.Of(socket.PeerAddress));
        Address = Words.Select(isPeer, peer, local);
        Port = ((socket.PeerPort | PeerBit) & (uint)isPeer) | (socket.LocalPort & ~(uint)isPeer);
        Netns = socket.Netns;
        NetnsId = socket.NetnsId;
        clientAddress = Words.Select(isPeer, local, peer);
        clientPort = (socket.LocalPort & (uint)isPeer) | (socket.PeerPort & ~(uint)isPeer);
    }

    public uint Hash() => Hashing.Of(Address.First, Address.Last, Port, Netns);

    public bool Same(in ServiceKey other) =>
        (Words.Difference(Address, other.Address) | (Port ^ other.Port) | (Netns ^ other.Netns) | (NetnsId ^ other.NetnsId)) == 0;

    /// <summary>
    /// All bits if the peer is the service, as it is for who connects; where the type does not tell, the lower port
    /// does.
    /// </summary>
    private static ulong PeerMask(in ChunkSocket socket, TcpEventType type)
    {
        var connects = type is TcpEventType.Connect or TcpEventType.ConnectFailed;
        var isLower = type is not TcpEventType.Accept & socket.PeerPort < socket.LocalPort;
        return connects | isLower ? ulong.MaxValue : 0;
    }
}

/// <summary>An address, before it has a number.</summary>
internal readonly struct AddressKey(Words words) : IKey<AddressKey>
{
    public readonly Words Words = words;

    public uint Hash() => Hashing.Of(Words.First, Words.Last);

    public bool Same(in AddressKey other) => Words.Difference(Words, other.Words) == 0;
}
