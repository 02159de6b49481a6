using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>What all events of one socket have in common: 56 bytes without padding.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChunkSocket
{
    /// <inheritdoc cref="TcpEvent.Connection" />
    public ulong Connection;

    /// <inheritdoc cref="TcpEvent.NetnsId" />
    public ulong NetnsId;

    /// <inheritdoc cref="TcpEvent.LocalAddress" />
    public Address LocalAddress;

    /// <inheritdoc cref="TcpEvent.PeerAddress" />
    public Address PeerAddress;

    /// <inheritdoc cref="TcpEvent.Netns" />
    public uint Netns;

    /// <inheritdoc cref="TcpEvent.LocalPort" />
    public ushort LocalPort;

    /// <inheritdoc cref="TcpEvent.PeerPort" />
    public ushort PeerPort;

    /// <summary>Becomes that of an event.</summary>
    internal void ReadFrom(in TcpEvent e)
    {
        Connection = e.Connection;
        NetnsId = e.NetnsId;
        LocalAddress = e.LocalAddress;
        PeerAddress = e.PeerAddress;
        Netns = e.Netns;
        LocalPort = e.LocalPort;
        PeerPort = e.PeerPort;
    }

    /// <summary>Gives an event what all events of the socket have in common.</summary>
    internal readonly void WriteTo(ref TcpEvent e)
    {
        e.Connection = Connection;
        e.LocalAddress = LocalAddress;
        e.PeerAddress = PeerAddress;
        e.LocalPort = LocalPort;
        e.PeerPort = PeerPort;
        e.Netns = Netns;
        e.NetnsId = NetnsId;
    }
}
