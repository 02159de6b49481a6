using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>One connection whose packets were captured: its state, and its counters as its client has them.</summary>
internal sealed class WireConnection
{
    private const byte Established = 1;
    private const byte FinWait2 = 5;
    private const byte CloseWait = 8;
    private const byte LastAck = 9;
    private const ushort ConnectionReset = 104;
    private const ushort ConnectionRefused = 111;

    private readonly TcpEvent template;
    private readonly ulong begun;
    private readonly bool wasOpen;
    private Flow client;
    private Flow server;
    private ulong roundTrip;
    private bool isTold;
    private bool isClosed;
    private bool serverClosedFirst;

    /// <param name="id">Tells it from others.</param>
    /// <param name="key">Its client and its server.</param>
    /// <param name="first">Its first segment.</param>
    internal WireConnection(ulong id, (WireEnd Client, WireEnd Server) key, in TcpSegment first)
    {
        Key = key;
        begun = first.IsSyn && !first.IsAck ? first.Time : 0;
        wasOpen = !first.IsSyn;
        template = new TcpEvent
        {
            Connection = id,
            IpVersion = first.IpVersion,
            LocalAddress = key.Client.Address,
            LocalPort = key.Client.Port,
            PeerAddress = key.Server.Address,
            PeerPort = key.Server.Port,
        };
    }

    internal (WireEnd Client, WireEnd Server) Key { get; }

    /// <summary>Whether it has had its handshake, or had it before.</summary>
    internal bool IsEstablished { get; private set; }

    /// <summary>Whether no segment of it is expected any more.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>Whether a SYN is one that was sent before.</summary>
    internal bool IsAgain(in TcpSegment syn) => syn.Source == Key.Client && client.IsKnown && syn.Sequence == client.First;

    /// <summary>Takes a segment.</summary>
    internal void Add(in TcpSegment segment, SortedEvents events)
    {
        var isFromClient = segment.Source == Key.Client;
        (isFromClient ? ref client : ref server).Send(in segment);
        if (segment.IsAck)
        {
            (isFromClient ? ref server : ref client).Confirm(segment.Acknowledged);
        }

        if (wasOpen && !isTold)
        {
            (isTold, IsEstablished) = (true, true);
            events.Add(Event(TcpEventType.Open, segment.Time) with { State = Established });
        }

        if (segment.IsRst)
        {
            Reset(in segment, isFromClient, events);
            return;
        }

        if (!IsEstablished && segment is { IsSyn: true, IsAck: true } && !isFromClient)
        {
            IsEstablished = true;
            roundTrip = begun == 0 ? 0 : segment.Time - Math.Min(begun, segment.Time);
            events.Add(Event(TcpEventType.Connect, segment.Time) with { Duration = roundTrip });
        }

        if (!IsEstablished)
        {
            return;
        }

        if (segment.IsFin && isFromClient && !isClosed)
        {
            serverClosedFirst = server.HasFin;
            Close(segment.Time, events);
        }

        if (client.IsFinConfirmed && server.IsFinConfirmed)
        {
            IsOver = true;
            events.Add(Counted(TcpEventType.Ended, segment.Time) with
            {
                State = serverClosedFirst ? LastAck : FinWait2,
                Flags = TcpEventFlags.FinReceived,
            });
        }
    }

    private void Reset(in TcpSegment segment, bool isFromClient, SortedEvents events)
    {
        IsOver = true;
        if (!IsEstablished)
        {
            events.Add(Event(TcpEventType.ConnectFailed, segment.Time) with
            {
                Error = isFromClient ? (ushort)0 : ConnectionRefused,
                Duration = begun == 0 ? 0 : segment.Time - Math.Min(begun, segment.Time),
            });
            return;
        }

        if (!isClosed)
        {
            Close(segment.Time, events);
        }

        events.Add(Counted(TcpEventType.Ended, segment.Time) with
        {
            Error = isFromClient ? (ushort)0 : ConnectionReset,
            State = Established,
            Flags = server.HasFin ? TcpEventFlags.FinReceived : TcpEventFlags.None,
        });
    }

    private void Close(ulong time, SortedEvents events)
    {
        isClosed = true;
        events.Add(Counted(TcpEventType.Close, time) with { State = server.HasFin ? CloseWait : Established });
    }

    private TcpEvent Event(TcpEventType type, ulong time) => template with { Type = type, Timestamp = time };

    private TcpEvent Counted(TcpEventType type, ulong time) => Event(type, time) with
    {
        BytesSent = client.Payload,
        BytesAcked = client.Confirmed,
        BytesReceived = server.Confirmed > 0 ? server.Confirmed - 1 : 0,
        SegmentsSent = client.Segments,
        SegmentsReceived = server.Segments,
        Retransmits = client.Again,
        SmoothedRtt = (uint)Math.Min(roundTrip / 1000, uint.MaxValue),
    };

    /// <summary>What one end sends. Numbers are those of the first byte behind, counted from the first one that was seen.</summary>
    private struct Flow
    {
        private ulong sent;
        private ulong? fin;

        internal bool IsKnown { get; private set; }

        internal uint First { get; private set; }

        internal uint Segments { get; private set; }

        /// <summary>Bytes of data, those that were sent again as well.</summary>
        internal ulong Payload { get; private set; }

        /// <summary>Segments that had nothing new.</summary>
        internal uint Again { get; private set; }

        /// <summary>Bytes that the other end has; SYN and FIN count one each.</summary>
        internal ulong Confirmed { get; private set; }

        internal readonly bool HasFin => fin is not null;

        internal readonly bool IsFinConfirmed => fin is { } end && Confirmed >= end;

        internal void Send(in TcpSegment segment)
        {
            if (!IsKnown && !segment.IsRst)
            {
                (IsKnown, First) = (true, segment.Sequence);
            }

            Segments++;
            Payload += (ulong)segment.Payload;
            var length = (ulong)segment.Payload + (segment.IsSyn ? 1u : 0) + (segment.IsFin ? 1u : 0);
            if (!IsKnown || length == 0)
            {
                return;
            }

            var end = Place(segment.Sequence, sent) + length;
            Again += end <= sent ? 1u : 0;
            sent = Math.Max(sent, end);
            if (segment.IsFin)
            {
                fin ??= end;
            }
        }

        internal void Confirm(uint acknowledged)
        {
            if (IsKnown)
            {
                Confirmed = Math.Max(Confirmed, Math.Min(Place(acknowledged, Confirmed), sent));
            }
        }

        /// <summary>A sequence number as a count of bytes that does not wrap, as near to one that is known as can be.</summary>
        private readonly ulong Place(uint sequence, ulong near)
        {
            var difference = unchecked((int)(sequence - First - (uint)near));
            return difference < 0 && (ulong)-(long)difference > near ? 0 : near + (ulong)(long)difference;
        }
    }
}
