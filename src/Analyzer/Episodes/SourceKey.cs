using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Episodes;

/// <summary>
/// Who connects from where to what, as finely as findings need it. Of what was accepted: who accepts where, whoever the peers are. It
/// is looked up once for each connection, and so hashed (<see cref="HashFactors"/>) and compared by words.
/// </summary>
internal readonly struct SourceKey : IEquatable<SourceKey>
{
    private readonly Vector128<ulong> comm;
    private readonly Vector128<ulong> local;
    private readonly Vector128<ulong> service;
    private readonly ulong cgroup;
    private readonly ulong rest;

    /// <param name="connection">One of its connections.</param>
    /// <param name="host">The number of its host.</param>
    internal SourceKey(in Connection connection, int host)
    {
        ref readonly var owner = ref connection.Owner;
        // The service is what was connected to; if that is not known, the end with the lower port.
        var isHere = connection.Role == ConnectionRole.Server || (connection.Role == ConnectionRole.Unknown && connection.LocalPort < connection.PeerPort);
        comm = Unsafe.BitCast<ThreadName, Vector128<ulong>>(owner.Comm);
        local = isHere ? default : Unsafe.BitCast<Address, Vector128<ulong>>(connection.LocalAddress);
        service = Unsafe.BitCast<Address, Vector128<ulong>>(isHere ? connection.LocalAddress : connection.PeerAddress);
        cgroup = owner.Cgroup;
        rest = (isHere ? connection.LocalPort : connection.PeerPort) | ((ulong)connection.IpVersion << 16) | (isHere ? 1UL << 24 : 0) | ((ulong)host << 32);
    }

    internal ThreadName Comm => Unsafe.BitCast<Vector128<ulong>, ThreadName>(comm);

    /// <summary>The address that was connected from; none of what was accepted.</summary>
    internal Address Local => Unsafe.BitCast<Vector128<ulong>, Address>(local);

    /// <summary>The address of the service.</summary>
    internal Address Service => Unsafe.BitCast<Vector128<ulong>, Address>(service);

    /// <summary>The port of the service.</summary>
    internal ushort Port => (ushort)rest;

    internal byte IpVersion => (byte)(rest >> 16);

    /// <summary>Whether the service is at this end.</summary>
    internal bool IsHere => (rest & (1UL << 24)) != 0;

    /// <summary>The number of the host.</summary>
    internal int Host => (int)(rest >> 32);

    /// <summary>A place of so many, a power of two, that mostly differs from those of the few others that connections are of at one time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Place(int places)
    {
        var mixed = comm[0] ^ (comm[0] >> 32) ^ cgroup ^ rest ^ (rest >> 20) ^ (service[0] >> 24) ^ (service[1] >> 56);
        return (int)((uint)mixed * 0x9e37_79b9u >> 16) & (places - 1);
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(SourceKey other) =>
        ((comm ^ other.comm) | (local ^ other.local) | (service ^ other.service)) == Vector128<ulong>.Zero && cgroup == other.cgroup && rest == other.rest;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is SourceKey other && Equals(other);

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int GetHashCode()
    {
        ref readonly var by = ref HashFactors.Shared;
        return (int)(uint)(((comm[0] * by[0]) + (comm[1] * by[1]) + (local[0] * by[2]) + (local[1] * by[3])
            + (service[0] * by[4]) + (service[1] * by[5]) + (cgroup * by[6]) + (rest * by[7])) >> 32);
    }

    /// <summary>A hash that is the same each time the program runs, so that what it decides is, too.</summary>
    internal int Print()
    {
        var hash = Mix(comm[0], comm[1] ^ rest) ^ Mix(~local[0], local[1] ^ cgroup);
        hash = Mix(hash ^ service[0], service[1]);
        return (int)(hash ^ (hash >> 32));
    }

    /// <summary>The high and the low half of a product, as wyhash has it.</summary>
    private static ulong Mix(ulong one, ulong other)
    {
        var high = Math.BigMul(one ^ 0x9e37_79b9_7f4a_7c15, other ^ 0xd1b5_4a32_d192_ed03, out var low);
        return high ^ low;
    }
}
