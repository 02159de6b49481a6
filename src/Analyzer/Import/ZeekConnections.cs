using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Import;

/// <summary>
/// Zeek's conn.log, as tab-separated columns or as lines of JSON. Of each connection the events of its originator's end are made that its
/// <c>conn_state</c> (base/protocols/conn/main.zeek) tells.
/// </summary>
internal static class ZeekConnections
{
    private const byte Established = 1;
    private const byte FinWait2 = 5;
    private const ushort ConnectionReset = 104;
    private const ushort ConnectionRefused = 111;

    /// <summary>Whether it begins as Zeek's logs do, or with an object that has both ends.</summary>
    internal static bool Looks(ReadOnlyMemory<byte> first)
    {
        var text = ImportText.Start(first);
        return text.StartsWith("#separator ", StringComparison.Ordinal)
            || (text.StartsWith('{') && text.Split('\n')[0] is var line && line.Contains("\"id.orig_h\"", StringComparison.Ordinal) && line.Contains("\"conn_state\"", StringComparison.Ordinal));
    }

    /// <exception cref="CaptureFormatException">A line is no connection.</exception>
    internal static IEnumerable<TcpEvent> Read(ImportSource source)
    {
        using var sorted = new EventSort();
        var (ids, last) = (0ul, 0ul);
        foreach (var row in ZeekRow.ReadAll(source.Input))
        {
            if (row["proto"] != "tcp")
            {
                source.LeaveOut("connections that are not TCP");
                continue;
            }

            last = Math.Max(last, Add(row, ++ids, sorted, source));
        }

        source.End = last > 0 ? new ClockAnchor(last, last, last) : null;
        var isFirst = true;
        foreach (var one in sorted.All())
        {
            if (isFirst)
            {
                // Its only clock is that of the wall.
                source.Clocks.Add(new ClockAnchor(one.Timestamp, one.Timestamp, one.Timestamp));
                isFirst = false;
            }

            yield return one;
        }
    }

    /// <returns>When it ended.</returns>
    private static ulong Add(ZeekRow row, ulong id, EventSort sorted, ImportSource source)
    {
        var (begin, lasted) = (row.Time("ts"), row.Duration("duration"));
        var end = begin + lasted;
        var one = new TcpEvent { Connection = id, Timestamp = begin };
        (one.LocalAddress, one.IpVersion) = row.Address("id.orig_h");
        (one.PeerAddress, var version) = row.Address("id.resp_h");
        (one.LocalPort, one.PeerPort) = (row.Port("id.orig_p"), row.Port("id.resp_p"));
        if (version != one.IpVersion)
        {
            throw row.Wrong("the addresses are not both of one family");
        }

        switch (row.Required("conn_state"))
        {
            case "SF":
                // Whose FIN came first is not told: that of the client, as it mostly is.
                Over(one, FinWait2, TcpEventFlags.FinReceived);
                break;
            case "S2":
                Over(one, FinWait2, TcpEventFlags.None);
                break;
            case "RSTO":
                Over(one, Established, TcpEventFlags.None);
                break;
            case "RSTR":
                Over(one with { Error = ConnectionReset }, Established, TcpEventFlags.None);
                break;
            case "S1" or "S3":
                sorted.Add(one with { Type = TcpEventType.Connect });
                break;
            case "REJ":
                sorted.Add(one with { Type = TcpEventType.ConnectFailed, Timestamp = end, Error = ConnectionRefused, Duration = lasted });
                break;
            case "RSTOS0":
                sorted.Add(one with { Type = TcpEventType.ConnectFailed, Timestamp = end, Duration = lasted });
                break;
            case "OTH":
                sorted.Add(one with { Type = TcpEventType.Open, State = Established });
                break;
            case "S0":
                source.LeaveOut("connects without an answer");
                break;
            case "SH" or "SHR" or "RSTRH":
                source.LeaveOut("connections of which only one side was seen");
                break;
            case var state:
                throw row.Wrong($"conn_state is '{state}'; expected S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR or OTH");
        }

        return end;

        void Over(TcpEvent ended, byte state, TcpEventFlags flags)
        {
            var (sent, received) = (row.Count("orig_bytes"), row.Count("resp_bytes"));
            var counted = ended with
            {
                Timestamp = end,
                State = state,
                Flags = flags,
                BytesSent = sent,
                // The kernel counts a SYN, and the FINs.
                BytesAcked = sent + 1 + (state == FinWait2 ? 1u : 0),
                BytesReceived = received + (flags == TcpEventFlags.FinReceived ? 1u : 0),
                SegmentsSent = (uint)Math.Min(row.Count("orig_pkts"), uint.MaxValue),
                SegmentsReceived = (uint)Math.Min(row.Count("resp_pkts"), uint.MaxValue),
            };
            sorted.Add(one with { Type = TcpEventType.Connect, Error = 0 });
            sorted.Add(counted with { Type = TcpEventType.Close, State = Established, Error = 0, Flags = TcpEventFlags.None });
            sorted.Add(counted with { Type = TcpEventType.Ended });
        }
    }
}
