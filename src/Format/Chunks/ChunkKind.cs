using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>What is stored of an event beside what every event has.</summary>
[Flags]
internal enum Stored : byte
{
    None = 0,

    /// <summary>The socket, by its distance to the newest; else it is the next new one.</summary>
    SocketBack = 1,

    /// <summary>The task; else it is the one of the socket's previous event.</summary>
    Task = 2,

    Duration = 4,

    Counters = 8,
}

/// <summary>
/// A combination of the fields that have few values, and what is stored of such an event; as one number: type, IP
/// version, state and flags in its four lowest bytes, the error in two, <see cref="Chunks.Stored"/> in the seventh.
/// </summary>
internal readonly struct ChunkKind(ulong bits) : IKey<ChunkKind>
{
    public const ulong Limit = 1UL << (StoredShift + 4);

    private const int IpVersionShift = 8;
    private const int StateShift = 16;
    private const int FlagsShift = 24;
    private const int ErrorShift = 32;
    private const int StoredShift = 48;

    public ChunkKind(in TcpEvent one, Stored stored)
        : this((byte)one.Type
            | ((ulong)one.IpVersion << IpVersionShift)
            | ((ulong)one.State << StateShift)
            | ((ulong)one.Flags << FlagsShift)
            | ((ulong)one.Error << ErrorShift)
            | ((ulong)stored << StoredShift))
    {
    }

    public ulong Bits => bits;

    public TcpEventType Type => (TcpEventType)(byte)bits;

    public byte IpVersion => (byte)(bits >> IpVersionShift);

    public byte State => (byte)(bits >> StateShift);

    public TcpEventFlags Flags => (TcpEventFlags)(byte)(bits >> FlagsShift);

    public ushort Error => (ushort)(bits >> ErrorShift);

    public Stored Stored => (Stored)(byte)(bits >> StoredShift);

    /// <summary>A new socket has no previous event to take the task from.</summary>
    public bool IsValid => (Stored & (Stored.SocketBack | Stored.Task)) != 0;

    /// <summary>The same fields of events of which something else is stored.</summary>
    public ChunkKind With(Stored stored) => new((bits & ((1UL << StoredShift) - 1)) | ((ulong)stored << StoredShift));

    public uint Hash() => Hashing.Of(bits);

    public bool Same(in ChunkKind other) => bits == other.Bits;

    /// <summary>Gives an event what its kind says.</summary>
    public void WriteTo(ref TcpEvent e)
    {
        e.Type = Type;
        e.IpVersion = IpVersion;
        e.State = State;
        e.Flags = Flags;
        e.Error = Error;
    }
}
