using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>What all events of one socket have in common: 48 bytes without padding.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ChunkSocket
{
    /// <summary>Takes the socket's part of an event.</summary>
    public ChunkSocket(in TcpEvent one)
    {
        Connection = one.Connection;
        LocalAddress = one.LocalAddress;
        PeerAddress = one.PeerAddress;
        Netns = one.Netns;
        LocalPort = one.LocalPort;
        PeerPort = one.PeerPort;
    }

    /// <inheritdoc cref="TcpEvent.Connection" />
    public ulong Connection { get; init; }

    /// <inheritdoc cref="TcpEvent.LocalAddress" />
    public Address LocalAddress { get; init; }

    /// <inheritdoc cref="TcpEvent.PeerAddress" />
    public Address PeerAddress { get; init; }

    /// <inheritdoc cref="TcpEvent.Netns" />
    public uint Netns { get; init; }

    /// <inheritdoc cref="TcpEvent.LocalPort" />
    public ushort LocalPort { get; init; }

    /// <inheritdoc cref="TcpEvent.PeerPort" />
    public ushort PeerPort { get; init; }
}
