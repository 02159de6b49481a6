using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>
/// The end of a socket that many others share: who is connected to. Which end it is, is a guess that costs only space
/// when it is wrong.
/// </summary>
/// <param name="Netns">The network namespace of the socket, whichever end this is.</param>
/// <param name="Port">The port, plus <see cref="PeerBit"/> if this is the peer's end.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ChunkService(Words Address, uint Netns, uint Port)
{
    public const uint PeerBit = 1 << 16;

    /// <summary>Whether the peer's end is the service: it is for who connects; else the lower port tells.</summary>
    public static bool IsPeer(in TcpEvent one) => one.Type switch
    {
        TcpEventType.Connect or TcpEventType.ConnectFailed => true,
        TcpEventType.Accept => false,
        _ => one.PeerPort < one.LocalPort,
    };
}
