using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Rewriting;

/// <summary>Leaves out what several captures have of the same events: those of a flight recorder overlap, and one may be
/// given twice. Such events are equal in every bit.</summary>
internal sealed class RepeatedEvents
{
    /// <summary>As many events of one instant are compared: a capture may be made to have millions.</summary>
    private const int MaxCompared = 256;

    // What was written of one timestamp, and from where.
    private readonly List<(TcpEvent Event, int Source)> latest = [];

    /// <summary>Writes what is not from another source already.</summary>
    /// <param name="writer">Gets the events of all sources.</param>
    /// <param name="events">Not earlier than those before, in the order of time.</param>
    /// <param name="source">Where they are from. What one source has twice is there twice.</param>
    /// <returns>How many are.</returns>
    internal int Append(CaptureWriter writer, ReadOnlySpan<TcpEvent> events, int source)
    {
        var repeated = 0;
        var at = 0;
        for (; at < events.Length && latest.Count > 0 && events[at].Timestamp == latest[0].Event.Timestamp; at++)
        {
            if (IsWritten(in events[at], source))
            {
                repeated++;
                continue;
            }

            writer.Append(in events[at]);
            Remember(in events[at], source);
        }

        if (at < events.Length)
        {
            writer.Append(events[at..]);
            latest.Clear();
            var last = events[^1].Timestamp;
            for (var back = events.Length - 1; back >= at && events[back].Timestamp == last; back--)
            {
                Remember(in events[back], source);
            }
        }

        return repeated;
    }

    private void Remember(in TcpEvent one, int source)
    {
        if (latest.Count < MaxCompared)
        {
            latest.Add((one, source));
        }
    }

    private bool IsWritten(in TcpEvent one, int source)
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<TcpEvent>(in one));
        foreach (ref readonly var written in CollectionsMarshal.AsSpan(latest))
        {
            if (written.Source != source && bytes.SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<TcpEvent>(in written.Event))))
            {
                return true;
            }
        }

        return false;
    }
}
