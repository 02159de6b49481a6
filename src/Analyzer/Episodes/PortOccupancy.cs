using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Episodes;

/// <summary>
/// How many ports the connections from one address to one service held at a time: those that are open, and for a minute
/// (TCP_TIMEWAIT_LEN of the kernel) those that this end closed first, by a FIN: a reset leaves no TIME_WAIT. It is known exactly where
/// one cell meets the next, 1 s long in the beginning; what came and went in between is not seen. Memory: 4 KiB.
/// </summary>
internal sealed class PortOccupancy
{
    /// <summary>So long, in nanoseconds.</summary>
    internal const long Wait = 60_000_000_000;

    private const int Most = 1024;
    private const int Shift = 30;

    private readonly TimeCells<CountCell> changes = new(Most, Shift);

    /// <summary>How long the port of a connection is not free after its end, in nanoseconds; nobody waits within the host.</summary>
    internal static ulong WaitAfter(in Connection connection) =>
        connection.ClosedHereFirst && !IsLoopback(in connection.LocalAddress, connection.IpVersion) ? (ulong)Wait : 0;

    /// <summary>Counts a port.</summary>
    /// <param name="from">When it was taken.</param>
    /// <param name="to">When it was free again; <see cref="long.MaxValue"/>: never.</param>
    internal void Take(long from, long to)
    {
        if (from >> Shift == to >> Shift)
        {
            return;
        }

        changes.At(from).Value++;
        if (to < long.MaxValue)
        {
            changes.At(to).Value--;
        }
    }

    /// <summary>The most that were held at one time, and when.</summary>
    internal (long Ports, long At) Peak()
    {
        var (level, peak, at) = (0L, 0L, 0L);
        for (var index = 0; index < changes.Count; index++)
        {
            level += changes[index].Value;
            if (level > peak)
            {
                (peak, at) = (level, changes.Begin(index + 1));
            }
        }

        return (peak, at);
    }

    private static bool IsLoopback(in Address address, byte ipVersion) => ipVersion == 4
        ? address.Bytes[0] == 127
        : address.Bytes is [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] or [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, ..];
}
