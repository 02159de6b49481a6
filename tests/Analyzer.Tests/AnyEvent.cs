using System.Runtime.InteropServices;
using CsCheck;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests;

/// <summary>Events with any values in all fields, but with the bytes 0 that do not count.</summary>
internal static class AnyEvent
{
    private static readonly TcpEventType[] types =
    [
        TcpEventType.Connect, TcpEventType.Accept, TcpEventType.Close, TcpEventType.ConnectFailed, TcpEventType.Open,
        TcpEventType.Ended,
    ];

    private static readonly Gen<byte[]> bytes = Gen.OneOf(
        Gen.Byte.Array[TcpEvent.Size],
        Gen.Frequency((3, Gen.Const((byte)0)), (1, Gen.Byte)).Array[TcpEvent.Size]);

    /// <summary>Those of known types and IP versions.</summary>
    public static readonly Gen<TcpEvent> Valid = Gen.Select(
        bytes, Gen.OneOf(types), Gen.OneOf(4, 6), (bytes, type, ipVersion) => Make(bytes, e =>
        {
            e.Type = type;
            e.IpVersion = (byte)ipVersion;
            return e;
        }));

    /// <summary>Also those of types and IP versions that are not known.</summary>
    public static readonly Gen<TcpEvent> Any = bytes.Select(bytes => Make(bytes, e =>
    {
        e.IpVersion = Math.Max((byte)1, e.IpVersion);
        return e;
    }));

    private static TcpEvent Make(byte[] bytes, Func<TcpEvent, TcpEvent> change)
    {
        var e = change(MemoryMarshal.Read<TcpEvent>(bytes));
        var name = e.Comm.Bytes;
        e.Comm = new ThreadName(name[..Math.Min(name.Length, ThreadName.Size - 1)]);
        if (e.IpVersion == 4)
        {
            e.LocalAddress = new Address(e.LocalAddress.Bytes[..4]);
            e.PeerAddress = new Address(e.PeerAddress.Bytes[..4]);
        }

        return e;
    }
}
