using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>A TCP socket as the kernel describes it.</summary>
/// <param name="Cookie">Its id; the kernel makes one if it had none.</param>
/// <param name="Inode">The inode number of the descriptors that refer to it; 0 if none does: it is still to be accepted, or closed already.</param>
/// <param name="State">As in the kernel's tcp_states.h.</param>
/// <param name="IpVersion">4 or 6.</param>
/// <param name="LocalAddress">Its own address.</param>
/// <param name="PeerAddress">The address at the other end.</param>
/// <param name="LocalPort">Its own port.</param>
/// <param name="PeerPort">The port at the other end.</param>
internal readonly record struct DumpedSocket(
    ulong Cookie, uint Inode, byte State, byte IpVersion,
    Address LocalAddress, Address PeerAddress, ushort LocalPort, ushort PeerPort);

/// <summary>Asks the kernel for the connections of a network namespace, as ss does (man 7 sock_diag).</summary>
internal static unsafe class SocketDump
{
    private const int HeaderSize = 16;
    private const int RequestSize = HeaderSize + 56;
    private const int SocketSize = 72;

    private const byte DumpByFamily = 20;
    private const ushort RequestDump = 0x301;
    private const ushort MessageError = 2;
    private const ushort MessageDone = 3;

    private const byte ProtocolTcp = 6;
    private const byte FamilyInet = 2;
    private const byte FamilyInet6 = 10;

    /// <summary>Bits by the numbers of tcp_states.h: ESTABLISHED, SYN_SENT, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK,
    /// CLOSING.</summary>
    private const uint Connected = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11;

    /// <summary>The connections, and the connects under way, in the network namespace of the calling thread.</summary>
    /// <exception cref="ProbeException">The kernel does not tell.</exception>
    internal static List<DumpedSocket> Read()
    {
        using var socket = Libc.Socket(
            Libc.AddressFamilyNetlink, Libc.SocketRaw | Libc.CloseOnExec, Libc.NetlinkSocketDiagnosis);
        if (socket.IsInvalid)
        {
            throw Refused(Marshal.GetLastPInvokeError());
        }

        var found = new List<DumpedSocket>();
        Request(socket, FamilyInet);
        Receive(socket, found);
        Request(socket, FamilyInet6);
        Receive(socket, found);
        return found;
    }

    /// <summary>struct nlmsghdr and struct inet_diag_req_v2.</summary>
    private static void Request(Descriptor socket, byte family)
    {
        var request = stackalloc byte[RequestSize];
        new Span<byte>(request, RequestSize).Clear();
        *(uint*)request = RequestSize;
        *(ushort*)(request + 4) = DumpByFamily;
        *(ushort*)(request + 6) = RequestDump;
        request[HeaderSize] = family;
        request[HeaderSize + 1] = ProtocolTcp;
        *(uint*)(request + HeaderSize + 4) = Connected;
        if (Libc.Send(socket, request, RequestSize, 0) < 0)
        {
            throw Refused(Marshal.GetLastPInvokeError());
        }
    }

    private static void Receive(Descriptor socket, List<DumpedSocket> found)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            nint length;
            fixed (byte* pointer = buffer)
            {
                length = Libc.Receive(socket, pointer, (nuint)buffer.Length, 0);
            }

            if (length <= 0)
            {
                throw Refused(Marshal.GetLastPInvokeError());
            }

            if (!Parse(buffer.AsSpan(0, (int)length), found))
            {
                return;
            }
        }
    }

    /// <returns>Whether more is to come.</returns>
    private static bool Parse(ReadOnlySpan<byte> messages, List<DumpedSocket> found)
    {
        while (messages.Length >= HeaderSize)
        {
            var length = MemoryMarshal.Read<int>(messages);
            switch (MemoryMarshal.Read<ushort>(messages[4..]))
            {
                case MessageDone:
                    return false;
                case MessageError:
                    throw Refused(MemoryMarshal.Read<int>(messages[HeaderSize..]));
            }

            found.Add(ReadSocket(messages.Slice(HeaderSize, SocketSize)));

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return true;
    }

    /// <summary>struct inet_diag_msg; ports and addresses in network order.</summary>
    private static DumpedSocket ReadSocket(ReadOnlySpan<byte> message)
    {
        var addressSize = message[0] == FamilyInet ? 4 : 16;
        return new DumpedSocket(
            MemoryMarshal.Read<ulong>(message[44..]),
            MemoryMarshal.Read<uint>(message[68..]),
            message[1],
            (byte)(message[0] == FamilyInet ? 4 : 6),
            new Address(message.Slice(8, addressSize)),
            new Address(message.Slice(24, addressSize)),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]));
    }

    private static ProbeException Refused(int errno) =>
        ProbeException.FromErrno("the kernel does not list the connections that are open", errno);
}
