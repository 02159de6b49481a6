namespace TraceCap.Format.Events;

/// <summary>Parts of an event that a chunk stores apart, so that who needs few of them has only these decoded.</summary>
[Flags]
internal enum EventParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><see cref="TcpEvent.Timestamp"/>.</summary>
    Time = 1,

    /// <summary>Type, IP version, state, flags and error.</summary>
    Kind = 2,

    /// <summary><see cref="TcpEvent.Cpu"/>.</summary>
    Cpu = 4,

    /// <summary><see cref="TcpEvent.Sequence"/>.</summary>
    Sequence = 8,

    /// <summary>What all events of a socket have in common: its number, addresses, ports and network namespace.</summary>
    Socket = 16,

    /// <summary>Who brought it about, see <see cref="EventTask"/>.</summary>
    Task = 32,

    /// <summary><see cref="TcpEvent.Duration"/>.</summary>
    Duration = 64,

    /// <summary>The counters of a close or an end.</summary>
    Counters = 128,

    /// <summary>What namespaces tell beyond their inode numbers: <see cref="TcpEvent.NetnsId"/>, <see cref="TcpEvent.ContainerPid"/> and
    /// <see cref="TcpEvent.Pidns"/>.</summary>
    Namespaces = 256,

    /// <summary>All of it.</summary>
    All = 511,
}
