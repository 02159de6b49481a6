using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer;

/// <summary>What the records of the library are made of: the runtime's types for those of a capture.</summary>
internal sealed class Records
{
    private const int MaxKept = 4096;

    private const ulong NanosecondsPerTick = 100;

    private static readonly Dictionary<string, SocketError> errors = new()
    {
        ["EACCES"] = SocketError.AccessDenied,
        ["EADDRINUSE"] = SocketError.AddressAlreadyInUse,
        ["EADDRNOTAVAIL"] = SocketError.AddressNotAvailable,
        ["EAFNOSUPPORT"] = SocketError.AddressFamilyNotSupported,
        ["EAGAIN"] = SocketError.WouldBlock,
        ["EALREADY"] = SocketError.AlreadyInProgress,
        ["ECONNABORTED"] = SocketError.ConnectionAborted,
        ["ECONNREFUSED"] = SocketError.ConnectionRefused,
        ["ECONNRESET"] = SocketError.ConnectionReset,
        ["EFAULT"] = SocketError.Fault,
        ["EHOSTDOWN"] = SocketError.HostDown,
        ["EHOSTUNREACH"] = SocketError.HostUnreachable,
        ["EINPROGRESS"] = SocketError.InProgress,
        ["EINTR"] = SocketError.Interrupted,
        ["EINVAL"] = SocketError.InvalidArgument,
        ["EISCONN"] = SocketError.IsConnected,
        ["EMFILE"] = SocketError.TooManyOpenSockets,
        ["ENETDOWN"] = SocketError.NetworkDown,
        ["ENETRESET"] = SocketError.NetworkReset,
        ["ENETUNREACH"] = SocketError.NetworkUnreachable,
        ["ENOBUFS"] = SocketError.NoBufferSpaceAvailable,
        ["EPERM"] = SocketError.AccessDenied,
        ["EPIPE"] = SocketError.Shutdown,
        ["ETIMEDOUT"] = SocketError.TimedOut,
    };

    // Few threads open many connections to few addresses, so most of these are made once. An end point is not kept: it can be
    // changed by whoever has it.
    private readonly Dictionary<(uint, uint, uint, ThreadName, CgroupName?, uint), RecordedProcess> processes = [];
    private readonly Dictionary<(Address, byte), IPAddress> addresses = [];

    internal RecordedProcess Process(uint pid, uint tid, uint uid, in ThreadName comm, CgroupName? cgroup, uint containerPid = 0)
    {
        var key = (pid, tid, uid, comm, cgroup, containerPid);
        if (!processes.TryGetValue(key, out var process))
        {
            process = new RecordedProcess
            {
                Id = pid,
                ContainerPid = containerPid == 0 ? null : containerPid,
                ThreadId = tid,
                ThreadName = comm.ToString(),
                UserId = uid,
                Cgroup = cgroup is { Path.Length: > 0 } ? cgroup : null,
            };
            Keep(processes, key, process);
        }

        return process;
    }

    internal IPEndPoint EndPoint(in Address address, byte ipVersion, ushort port)
    {
        if (!addresses.TryGetValue((address, ipVersion), out var known))
        {
            known = address.ToIPAddress(ipVersion);
            known = known.IsIPv4MappedToIPv6 ? known.MapToIPv4() : known;
            Keep(addresses, (address, ipVersion), known);
        }

        return new IPEndPoint(known, port);
    }

    /// <summary>What .NET calls an error; 0 is a connect that the program gave up.</summary>
    internal static SocketError Error(ushort errno) =>
        errno == 0 ? SocketError.OperationAborted : errors.GetValueOrDefault(Errno.NameOf(errno), SocketError.SocketError);

    /// <summary>A time to 100 ns.</summary>
    /// <param name="wall">Nanoseconds since 1970; null if they are not known.</param>
    internal static DateTimeOffset? Time(ulong? wall) =>
        wall is { } nanoseconds ? DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / NanosecondsPerTick)) : null;

    /// <summary>A duration to 100 ns.</summary>
    internal static TimeSpan Duration(ulong nanoseconds) => TimeSpan.FromTicks((long)(nanoseconds / NanosecondsPerTick));

    /// <summary>A number that a sum can be made of.</summary>
    internal static long Number(ulong value) => (long)Math.Min(value, long.MaxValue);

    private static void Keep<TKey, TValue>(Dictionary<TKey, TValue> kept, TKey key, TValue value)
        where TKey : notnull
    {
        if (kept.Count >= MaxKept)
        {
            kept.Clear();
        }

        kept.Add(key, value);
    }
}
