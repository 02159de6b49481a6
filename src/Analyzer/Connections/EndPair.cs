using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// The two ends of a connection as one of its sockets sees them. IPv4 addresses are mapped into IPv6, since one end may
/// be an IPv4 socket and the other an IPv6 socket.
/// </summary>
internal readonly struct EndPair
{
    private const ulong MappedPrefix = 0xffff_0000;

    private readonly Vector128<ulong> local;
    private readonly Vector128<ulong> peer;
    private readonly ulong netnsId;
    private readonly uint netns;
    private readonly ushort localPort;
    private readonly ushort peerPort;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal EndPair(in TcpEvent e)
    {
        local = Map(in e.LocalAddress, e.IpVersion);
        peer = Map(in e.PeerAddress, e.IpVersion);
        netnsId = e.NetnsId;
        netns = e.Netns;
        localPort = e.LocalPort;
        peerPort = e.PeerPort;
    }

    /// <summary>Whether both are of one socket, or of one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsSame(in EndPair other) =>
        localPort == other.localPort && peerPort == other.peerPort && IsOneNamespace(in other)
        && local == other.local && peer == other.peer;

    /// <summary>Whether the other is the opposite end of the same connection. Two network namespaces, or two hosts, can be
    /// connected to each other, but each has a loopback of its own.</summary>
    /// <param name="other">The other.</param>
    /// <param name="isOneHost">Whether both are of one host; in a merged capture they may not be.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsOpposite(in EndPair other, bool isOneHost) =>
        localPort == other.peerPort && peerPort == other.localPort
        && local == other.peer && peer == other.local
        && ((isOneHost && IsOneNamespace(in other)) || !IsLoopback(local));

    /// <summary>Whether a socket is connected to itself.</summary>
    internal bool IsOneEnd => localPort == peerPort && local == peer;

    /// <summary>The same for both ends of a connection.</summary>
    /// <param name="multiplier">Odd.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Hash(ulong multiplier)
    {
        var sum = HashOne(local, localPort, multiplier) + HashOne(peer, peerPort, multiplier);
        return (uint)((sum * multiplier) >> 32);
    }

    internal void WriteTo(ref Connection connection)
    {
        connection.LocalAddress = Unmap(local, connection.IpVersion);
        connection.PeerAddress = Unmap(peer, connection.IpVersion);
        connection.LocalPort = localPort;
        connection.PeerPort = peerPort;
        connection.Netns = netns;
        connection.NetnsId = netnsId;
    }

    /// <summary>An inode number is used again; where both have the namespace's cookie that must be the same as well.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsOneNamespace(in EndPair other) =>
        netns == other.netns && (netnsId == other.netnsId || netnsId == 0 || other.netnsId == 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashOne(Vector128<ulong> address, ushort port, ulong multiplier)
    {
        var mixed = ((address[0] * multiplier) ^ address[1] ^ ((ulong)port << 16)) * multiplier;
        return mixed ^ (mixed >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Map(in Address address, byte ipVersion)
    {
        var words = Unsafe.BitCast<Address, Vector128<ulong>>(address);
        return ipVersion == 4 ? Vector128.Create(0, MappedPrefix | (words[0] << 32)) : words;
    }

    private static Address Unmap(Vector128<ulong> address, byte ipVersion) =>
        Unsafe.BitCast<Vector128<ulong>, Address>(ipVersion == 4 ? Vector128.Create(address[1] >> 32, 0) : address);

    private static bool IsLoopback(Vector128<ulong> address) => address[0] == 0
        && (address[1] == 1UL << 56 || (address[1] & 0xff_ffff_ffff) == (MappedPrefix | (127UL << 32)));
}
