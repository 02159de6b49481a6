using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// The connections that some events belong to: by connection id, or by both ends and network namespace where there is
/// none. Each section counts for itself.
/// </summary>
internal sealed class ConnectionSet
{
    private readonly HashSet<(int Section, ulong Connection)> ids = [];
    private readonly HashSet<Ends> ends = [];

    /// <summary>Reads a capture to its end and collects the connections of which an event is wanted.</summary>
    /// <param name="reader">Has not been read from yet.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public static ConnectionSet Find(CaptureReader reader, CaptureFilter filter)
    {
        var set = new ConnectionSet();
        while (reader.Read())
        {
            for (var events = reader.Events; !events.IsEmpty;)
            {
                var wanted = filter.Resolve(reader.Known.TakeRun(ref events, out var run));
                foreach (ref readonly var one in run)
                {
                    if (wanted.Matches(in one))
                    {
                        set.Add(reader.Section, in one);
                    }
                }
            }
        }

        return set;
    }

    /// <summary>Whether an event belongs to one of the connections.</summary>
    public bool Contains(int section, in TcpEvent e) =>
        e.Connection != 0 ? ids.Contains((section, e.Connection)) : ends.Contains(Ends.Of(section, in e));

    private void Add(int section, in TcpEvent e)
    {
        if (e.Connection != 0)
        {
            ids.Add((section, e.Connection));
        }
        else
        {
            ends.Add(Ends.Of(section, in e));
        }
    }

    private readonly record struct Ends(
        int Section, uint Netns, byte IpVersion, Address LocalAddress, ushort LocalPort, Address PeerAddress, ushort PeerPort)
    {
        internal static Ends Of(int section, in TcpEvent e) =>
            new(section, e.Netns, e.IpVersion, e.LocalAddress, e.LocalPort, e.PeerAddress, e.PeerPort);
    }
}
