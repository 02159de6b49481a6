using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>The events of one socket.</summary>
internal readonly struct SocketKey : IEventKey
{
    public static uint Hash(in TcpEvent one)
    {
        var peer = Words.Of(one.PeerAddress);
        return Hashing.Of(one.Connection, peer.First, peer.Last, Ports(one));
    }

    public static bool Same(in TcpEvent one, in TcpEvent other) =>
        ((one.Connection ^ other.Connection)
            | Words.Difference(Words.Of(one.LocalAddress), Words.Of(other.LocalAddress))
            | Words.Difference(Words.Of(one.PeerAddress), Words.Of(other.PeerAddress))
            | (Ports(one) ^ Ports(other))
            | (one.Netns ^ other.Netns)
            | (one.NetnsId ^ other.NetnsId)) == 0;

    private static uint Ports(in TcpEvent one) => one.LocalPort | ((uint)one.PeerPort << 16);
}

/// <summary>The events of one thread under one name.</summary>
internal readonly struct TaskKey : IEventKey
{
    public static uint Hash(in TcpEvent one)
    {
        var comm = Words.Of(one.Comm);
        return Hashing.Of(one.Tid | ((ulong)one.Pid << 32), comm.First, comm.Last);
    }

    public static bool Same(in TcpEvent one, in TcpEvent other) =>
        ((ulong)((one.Pid ^ other.Pid) | (one.Tid ^ other.Tid) | (one.ContainerPid ^ other.ContainerPid)) | ProgramKey.Difference(one, other)) == 0;
}

/// <summary>What the threads of one program usually have in common.</summary>
internal readonly struct ProgramKey : IEventKey
{
    public static uint Hash(in TcpEvent one)
    {
        var comm = Words.Of(one.Comm);
        return Hashing.Of(one.Cgroup, comm.First, comm.Last, one.Uid | ((ulong)one.Mntns << 32));
    }

    public static bool Same(in TcpEvent one, in TcpEvent other) => Difference(one, other) == 0;

    /// <summary>0 if the two are of the same program.</summary>
    public static ulong Difference(in TcpEvent one, in TcpEvent other) =>
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
internal readonly struct ServiceKey : IEventKey
{
    /// <summary>In <see cref="ColumnId.ServicePort"/>, set beside the port if the peer is the service.</summary>
    public const uint PeerBit = 1 << 16;

    public static uint Hash(in TcpEvent one)
    {
        var address = Address(one);
        return Hashing.Of(address.First, address.Last, Port(one), one.Netns);
    }

    public static bool Same(in TcpEvent one, in TcpEvent other) =>
        (Words.Difference(Address(one), Address(other))
            | (Port(one) ^ Port(other))
            | (one.Netns ^ other.Netns)
            | (one.NetnsId ^ other.NetnsId)) == 0;

    /// <summary>The address of the service.</summary>
    public static Words Address(in TcpEvent one) =>
        Words.Select(PeerMask(one), Words.Of(one.PeerAddress), Words.Of(one.LocalAddress));

    /// <summary>The port of the service and <see cref="PeerBit"/>.</summary>
    public static uint Port(in TcpEvent one)
    {
        var mask = (uint)PeerMask(one);
        return ((one.PeerPort | PeerBit) & mask) | (one.LocalPort & ~mask);
    }

    /// <summary>The address of the end that is not the service.</summary>
    public static Words ClientAddress(in TcpEvent one) =>
        Words.Select(PeerMask(one), Words.Of(one.LocalAddress), Words.Of(one.PeerAddress));

    /// <summary>The port of the end that is not the service.</summary>
    public static uint ClientPort(in TcpEvent one)
    {
        var mask = (uint)PeerMask(one);
        return (one.LocalPort & mask) | (one.PeerPort & ~mask);
    }

    /// <summary>
    /// All bits if the peer is the service, as it is for who connects; where the type does not tell, the lower port
    /// does.
    /// </summary>
    private static ulong PeerMask(in TcpEvent one)
    {
        var connects = one.Type is TcpEventType.Connect or TcpEventType.ConnectFailed;
        var isLower = one.Type is not TcpEventType.Accept & one.PeerPort < one.LocalPort;
        return connects | isLower ? ulong.MaxValue : 0;
    }
}
