using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>Connections written by hand.</summary>
internal static class Ends
{
    public static readonly RecordedSpan Recording = new() { Start = 0, End = 100_000_000_000 };

    /// <summary>A client's end that was opened and closed.</summary>
    public static Connection Client(string comm, string peer, ushort port, ulong opened, ulong lifetime) => new()
    {
        Role = ConnectionRole.Client,
        Ending = ConnectionEnding.Closed,
        State = 1,
        HasOpener = true,
        HasCloser = true,
        Opener = new EventTask { Pid = 1, Comm = new ThreadName(comm) },
        Opened = opened,
        Ended = opened + lifetime,
        IpVersion = 4,
        LocalAddress = new Address(IPAddress.Parse("10.0.0.1")),
        LocalPort = 40_000,
        PeerAddress = new Address(IPAddress.Parse(peer)),
        PeerPort = port,
    };

    public static Connection StillOpen(this Connection connection) => connection with
    {
        Ending = ConnectionEnding.Open,
        HasCloser = false,
        State = 0,
        Ended = Recording.End,
    };

    public static Connection FailedWith(this Connection connection, ushort error) => connection with
    {
        Ending = ConnectionEnding.Failed,
        HasCloser = false,
        State = 0,
        Error = error,
    };
}
