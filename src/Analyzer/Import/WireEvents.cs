using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Import;

/// <summary>
/// Events of the connections that packets are of, seen from the client's end: C when its SYN is answered, F when a reset answers it, X with the
/// client's first FIN or a reset, E when both ends have finished; O for one that was there before the first packet of it. Memory: the open
/// connections, and as many as ended lately.
/// </summary>
internal static class WireEvents
{
    /// <summary>Segments may come so many connections after their end: they begin none.</summary>
    private const int MostOver = 1 << 16;

    /// <summary>More that are open at once are no traffic, but a flood.</summary>
    private const int MostOpen = 1 << 20;

    /// <summary>Reads packets, and gives events in the order of time.</summary>
    /// <exception cref="CaptureFormatException">It is no file of packets.</exception>
    internal static IEnumerable<TcpEvent> Read(ImportSource source)
    {
        var file = new PacketFile(source.Input);
        var sorted = new SortedEvents();
        var open = new Dictionary<(WireEnd, WireEnd), WireConnection>();
        var over = new HashSet<(WireEnd, WireEnd)>();
        var (last, ids) = (0ul, 0ul);
        foreach (var packet in file.Read())
        {
            if (last == 0)
            {
                // What was captured has no other clock than that of the wall.
                source.Clocks.Add(new ClockAnchor(packet.Time, packet.Time, packet.Time));
            }

            last = Math.Max(last, packet.Time);
            if (TcpSegment.Find(in packet, out var segment) is { } why)
            {
                source.LeaveOut(why);
                continue;
            }

            if (Find(in segment) is { } connection)
            {
                connection.Add(in segment, sorted);
                if (connection.IsOver)
                {
                    open.Remove(connection.Key);
                    if (over.Count == MostOver)
                    {
                        over.Clear();
                    }

                    over.Add(connection.Key);
                }
            }

            while (sorted.TryTake(out var one, atEnd: false))
            {
                yield return one;
            }
        }

        foreach (var connection in open.Values.Where(connection => !connection.IsEstablished))
        {
            source.LeaveOut("connects without an answer");
        }

        source.LeaveOut("packets without a time", file.Untimed);
        source.Truncated = file.Truncated;
        source.End = last > 0 ? new ClockAnchor(last, last, last) : null;
        while (sorted.TryTake(out var one, atEnd: true))
        {
            yield return one;
        }

        WireConnection? Find(in TcpSegment segment)
        {
            var (there, back) = ((segment.Source, segment.Destination), (segment.Destination, segment.Source));
            if (open.TryGetValue(there, out var connection) || open.TryGetValue(back, out connection))
            {
                if (!segment.IsSyn || segment.IsAck || connection.IsAgain(in segment))
                {
                    return connection;
                }

                // The ports are used again, and the end of what had them was not captured.
                open.Remove(connection.Key);
            }
            else if (segment.IsRst || (!segment.IsSyn && (over.Contains(there) || over.Contains(back))))
            {
                return null;
            }

            // Without a handshake nobody knows who began; servers have the lower port.
            var isFromClient = segment.IsSyn ? !segment.IsAck : segment.Source.Port >= segment.Destination.Port;
            connection = new WireConnection(++ids, isFromClient ? there : back, in segment);
            over.Remove(connection.Key);
            over.Remove((connection.Key.Item2, connection.Key.Item1));
            if (open.Count == MostOpen)
            {
                throw new CaptureFormatException(FormattableString.Invariant($"there are more than {MostOpen:N0} connections open at once; cut the packets first, as with editcap"));
            }

            open.Add(connection.Key, connection);
            return connection;
        }
    }
}
