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

    /// <summary>Closed, but TCP may not have finished: found by its id, as its end is waited for.</summary>
    Waiting,

    /// <summary>Closed, but the other end may have yet to be accepted. Found by its ends; one of the retired.</summary>
    Lingering,

    /// <summary>Not found any more, but still one of the retired.</summary>
    Spent,

    /// <summary>Closed; the other end, still open, refers to it.</summary>
    Kept,
}

/// <summary>An end of a connection that is open, or was a moment ago: two and a half cache lines.</summary>
internal struct ConnectionEntry
{
    // First what each look-up needs, so that it is in one cache line.
    internal ulong Id;
    internal uint Hash;
    internal int NextById;
    internal int NextByEnds;
    internal int PreviousByEnds;

    /// <summary>The entry of the connection's other end, or <see cref="ConnectionTable.None"/>.</summary>
    internal int Opposite;

    /// <summary>The one of its close and its end that has come first, in <see cref="PendingEnds"/>; or <see cref="ConnectionTable.None"/>.
    /// </summary>
    internal int Pending;

    /// <summary>4 or 6.</summary>
    internal byte IpVersion;

    /// <summary>The TCP state that it was closed from; 0 if that is not known.</summary>
    internal byte State;

    internal TcpEventFlags Flags;
    internal ConnectionRole Role;
    internal EntryPhase Phase;
    internal ulong Opened;

    /// <inheritdoc cref="TcpEvent.Duration" />
    internal ulong Duration;

    /// <summary>When it was closed.</summary>
    internal ulong Closed;

    internal EndPair Ends;
    internal EventTask Opener;

    internal readonly int Host => MergedHost.NumberOf(Id);
}
