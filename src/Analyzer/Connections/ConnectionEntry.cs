using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>What has become of an entry of a <see cref="ConnectionTable"/>.</summary>
internal enum EntryPhase : byte
{
    /// <summary>Not in use.</summary>
    Free,

    /// <summary>The socket is open.</summary>
    Open,

    /// <summary>Closed, but the other end may have yet to be accepted. Found by its ends; one of the retired.</summary>
    Lingering,

    /// <summary>Not found any more, but still one of the retired.</summary>
    Spent,

    /// <summary>Closed; the other end, still open, refers to it.</summary>
    Kept,
}

/// <summary>An end of a connection that is open, or was a moment ago: two cache lines.</summary>
internal struct ConnectionEntry
{
    internal ulong Id;
    internal ulong Opened;

    /// <summary>How long it took to connect; once it is closed, when that was.</summary>
    internal ulong ConnectTimeOrClosed;

    internal ConnectionTask Opener;
    internal EndPair Ends;
    internal uint Hash;
    internal int NextById;
    internal int NextByEnds;
    internal int PreviousByEnds;

    /// <summary>The entry of the connection's other end, or <see cref="ConnectionTable.None"/>.</summary>
    internal int Opposite;

    /// <summary>4 or 6; once it is closed, the TCP state that it was closed from, 0 if that is not known.</summary>
    internal byte IpVersionOrState;

    internal TcpEventFlags Flags;
    internal ConnectionRole Role;
    internal EntryPhase Phase;

    internal readonly int Host => MergedHost.NumberOf(Id);
}
