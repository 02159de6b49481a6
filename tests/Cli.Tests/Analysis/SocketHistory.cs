using System.Net;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests.Analysis;

/// <summary>
/// A history of sockets, made up: both ends on the host or one, in several network namespaces, with and without cookies, whose ports are
/// used again, that fail, were there before, stay open, or connect anew; and a capture of it, of which some events may be lost and some
/// time not recorded. The same seed gives the same capture.
/// </summary>
internal sealed class SocketHistory
{
    private const ulong Begin = 7_000_000_000_000;
    private const ulong Wall = 1_790_000_000_000_000_000;

    private static readonly byte[] endStates = [1, 4, 5, 5, 8, 9, 9, 11, 0];
    private static readonly ushort[] endErrors = [0, 0, 0, 32, 103, 104, 110, 113];
    private static readonly byte[] closeStates = [1, 4, 5, 6, 7, 7, 7, 8, 9, 11];
    private static readonly string[] names = ["curl", "wrk", "nginx: worker", "java", "a\"b\\c", "é"];

    private readonly Random random;
    private readonly double noCookie;
    private readonly bool hasEnds;
    private readonly List<TcpEvent> events = [];
    private ulong lastCookie;

    /// <param name="seed">Of all that is random.</param>
    /// <param name="connections">How many there are, about half of them with both ends.</param>
    /// <param name="noCookie">The share of connections whose events have no cookie.</param>
    /// <param name="hasEnds">Whether the recorder noted when TCP had finished with them.</param>
    internal SocketHistory(int seed, int connections, double noCookie, bool hasEnds = false)
    {
        (random, this.noCookie, this.hasEnds) = (new Random(seed), noCookie, hasEnds);
        Length = (ulong)connections * 40_000;
        for (var i = 0; i < connections; i++)
        {
            Add();
        }

        events.Sort((one, other) => (one.Timestamp, one.Sequence).CompareTo((other.Timestamp, other.Sequence)));
    }

    /// <summary>How long it is, in nanoseconds.</summary>
    internal ulong Length { get; }

    /// <summary>Writes what a recorder would have.</summary>
    /// <param name="lost">The share of events for which the ring has no room.</param>
    /// <param name="sections">As many recordings one after another, with time between them in which nothing is recorded.</param>
    internal byte[] Capture(double lost, int sections = 1)
    {
        var capture = new MemoryStream();
        var next = 0;
        for (ulong section = 0; section < (ulong)sections; section++)
        {
            var (start, end) = (Begin + (Length * section / (ulong)sections), Begin + (Length * (section + 1) / (ulong)sections));
            var writer = new CaptureWriter(capture, new CaptureHeader
            {
                BootId = "made up",
                Host = "host",
                Start = Clock(start),
                Options = hasEnds ? new Dictionary<string, string> { ["ended"] = "recorded" } : [],
            });
            var counters = default(LossCounters);
            // A twentieth of the time nobody listens.
            var last = section + 1 == (ulong)sections ? Begin + Length : end - (Length / (ulong)sections / 20);
            for (; next < events.Count && (events[next].Timestamp <= last || section + 1 == (ulong)sections); next++)
            {
                counters = counters with { Emitted = counters.Emitted + 1 };
                // Losses come in bursts.
                if (next / 100 % 20 == 7 && random.NextDouble() < lost * 20)
                {
                    counters = counters with { RingFull = counters.RingFull + 1 };
                }
                else
                {
                    writer.Append(events[next]);
                }

                if (next % 1000 == 999)
                {
                    (writer.Watermark, writer.LossCounters) = (events[next].Timestamp, counters);
                    writer.CloseChunk();
                }
            }

            (writer.Watermark, writer.LossCounters) = (last, counters);
            writer.Complete("end of test", Clock(last));
            while (next < events.Count && events[next].Timestamp < end)
            {
                next++;
            }
        }

        return capture.ToArray();
    }

    private static ClockAnchor Clock(ulong time) => new(time, time, Wall + time);

    private void Add()
    {
        var at = Begin + 1 + (ulong)(random.NextDouble() * Length * 0.99);
        var hasCookie = random.NextDouble() >= noCookie;
        var (client, server) = Ends(hasCookie);
        var established = at + Time(50_000);
        switch (random.Next(20))
        {
            case 0:
                Fail(client, at);
                return;
            case 1 when hasEnds && random.Next(4) == 0:
                Connecting(client, at);
                return;
            case 1:
                // It was there before: the recorder says so, of one end or of both, or only the close does.
                Preexisting(client, at);
                Preexisting(server, at);
                return;
            case 2:
                // The same socket connects anew, its close was not seen, or it was disconnected.
                Open(client, TcpEventType.Connect, at);
                client.PeerPort++;
                Open(client, TcpEventType.Connect, at + Time(1_000_000));
                Close(client, at + 1_000_000 + Time(1_000_000));
                return;
            case < 9:
                // The peer is elsewhere.
                Open(client, TcpEventType.Connect, at);
                MayClose(client, established + Life());
                return;
            case < 11:
                Open(server, TcpEventType.Accept, at);
                MayClose(server, established + Life());
                return;
            default:
                Open(client, TcpEventType.Connect, at);
                // It waits to be accepted, and its client may not.
                Open(server, TcpEventType.Accept, established);
                MayClose(client, at + Life());
                MayClose(server, established + Life());
                return;
        }
    }

    private void Fail(TcpEvent client, ulong at)
    {
        client.Error = random.Next(3) == 0 ? (ushort)0 : (ushort)111;
        Open(client, TcpEventType.ConnectFailed, at);
        client.Error = 0;
        if (random.Next(3) == 0)
        {
            Open(client, TcpEventType.Connect, at + Time(100_000));
        }

        if (hasEnds && random.Next(4) == 0)
        {
            client.Flags |= TcpEventFlags.ConnectFailed;
        }

        Close(client, at + 100_000 + Life());
    }

    /// <summary>A connect that was under way when recording began.</summary>
    private void Connecting(TcpEvent client, ulong at)
    {
        Add(client with { State = 2 }, TcpEventType.Open, Begin);
        client.Pid = random.Next(2) == 0 ? 0 : client.Pid;
        switch (random.Next(3))
        {
            case 0:
                Add(client with { Error = 110, Duration = random.Next(2) == 0 ? 0 : Time(1_000) }, TcpEventType.ConnectFailed, at);
                break;
            case 1:
                Add(client, TcpEventType.Connect, at);
                MayClose(client, at + Life());
                break;
        }
    }

    private void Preexisting(TcpEvent end, ulong at)
    {
        var isTold = random.Next(3) > 0;
        if (isTold)
        {
            Add(end, TcpEventType.Open, Begin);
        }

        if (!isTold || random.Next(2) == 0)
        {
            Close(end, at);
        }
    }

    private void Open(TcpEvent end, TcpEventType type, ulong at)
    {
        if (type == TcpEventType.Accept)
        {
            end.Duration = hasEnds && random.Next(3) > 0 ? Time(50_000) : 0;
            if (hasEnds && random.Next(10) == 0)
            {
                // It was reset in the accept queue, or there is an end that has nothing to do with any connection.
                End(end with { Flags = end.Flags | TcpEventFlags.NotAccepted }, at - Time(50_000), random.Next(2) == 0);
                end.Flags |= TcpEventFlags.ResetBeforeAccept;
            }

            Add(end, type, at);
            return;
        }

        end.Duration = random.Next(50) == 0 ? 0 : Time(2_000_000);
        Add(end, type, at);
    }

    private void MayClose(TcpEvent end, ulong at)
    {
        if (at < Begin + Length && random.Next(100) > 0)
        {
            Close(end, at);
        }
    }

    /// <summary>TCP has finished with it, in any way.</summary>
    private void End(TcpEvent end, ulong at, bool isReset)
    {
        (end.Pid, end.Tid, end.Uid, end.Mntns, end.Cgroup, end.Comm, end.Duration) = (0, 0, 0, 0, 0, default, 0);
        (end.State, end.Error) = isReset ? ((byte)random.Next(1, 2), (ushort)104) : (endStates[random.Next(endStates.Length)], endErrors[random.Next(endErrors.Length)]);
        end.Flags |= random.Next(2) == 0 ? TcpEventFlags.FinReceived : 0;
        Count(ref end);
        if (at < Begin + Length)
        {
            Add(end, TcpEventType.Ended, at);
        }
    }

    private void Close(TcpEvent end, ulong at)
    {
        if (hasEnds && random.Next(20) > 0)
        {
            // Mostly a little after the close.
            var (later, isBefore) = (Time(90_000), random.Next(5) == 0);
            End(end, isBefore ? at - later : at + later, isBefore);
        }

        end.State = closeStates[random.Next(closeStates.Length)];
        Count(ref end);
        if (random.Next(10) == 0)
        {
            end.Pid++; // who inherited it
        }

        Add(end, TcpEventType.Close, at);
    }

    private void Count(ref TcpEvent end)
    {
        end.BytesSent = (ulong)random.Next(3) * (ulong)random.Next(100_000);
        end.BytesAcked = end.BytesSent + (ulong)random.Next(3);
        end.BytesReceived = (ulong)random.Next(1_000_000);
        (end.SegmentsSent, end.SegmentsReceived) = ((uint)random.Next(100), (uint)random.Next(100));
        end.Retransmits = random.Next(10) == 0 ? (uint)random.Next(1, 5) : 0;
        end.SmoothedRtt = (uint)random.Next(1000);
    }

    private void Add(TcpEvent e, TcpEventType type, ulong at)
    {
        (e.Type, e.Timestamp, e.Sequence) = (type, at, (ulong)events.Count);
        events.Add(e);
    }

    /// <summary>Both ends of a connection: in one network namespace or in two, IPv4, IPv6, or one of each.</summary>
    private (TcpEvent Client, TcpEvent Server) Ends(bool hasCookie)
    {
        var netns = (uint)random.Next(1, 4);
        var port = (ushort)(random.Next(2) == 0 ? 443 : 8000 + random.Next(8));
        // Few of them, so that they are used again.
        var ephemeral = (ushort)(32_768 + random.Next(400));
        var kind = random.Next(6);
        var address = kind switch
        {
            < 3 => IPAddress.Loopback,
            3 => IPAddress.IPv6Loopback,
            _ => IPAddress.Parse($"10.0.0.{random.Next(2, 20)}"),
        };
        var other = kind < 4 ? address : IPAddress.Parse($"10.0.1.{random.Next(2, 20)}");
        var client = End(address, ephemeral, other, port, netns, hasCookie);
        var server = End(other, port, address, ephemeral, kind < 4 ? netns : (uint)random.Next(1, 4), hasCookie);
        return random.Next(8) == 0 && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? (client, Mapped(server, other, address)) : (client, server);
    }

    private TcpEvent End(IPAddress local, ushort localPort, IPAddress peer, ushort peerPort, uint netns, bool hasCookie)
    {
        var task = random.Next(12);
        return new TcpEvent
        {
            IpVersion = local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? (byte)4 : (byte)6,
            LocalAddress = new Address(local),
            LocalPort = localPort,
            PeerAddress = new Address(peer),
            PeerPort = peerPort,
            Netns = netns,
            Connection = hasCookie ? ++lastCookie : 0,
            Pid = 1000 + (uint)task,
            Tid = 2000 + (uint)task,
            Uid = (uint)task % 3,
            Comm = new ThreadName(System.Text.Encoding.UTF8.GetBytes(names[task % names.Length])),
            Mntns = 9,
            Cgroup = 70 + (ulong)task,
        };
    }

    private static TcpEvent Mapped(TcpEvent end, IPAddress local, IPAddress peer) => end with
    {
        IpVersion = 6,
        LocalAddress = new Address(local.MapToIPv6()),
        PeerAddress = new Address(peer.MapToIPv6()),
    };

    /// <summary>Most are short, some outlast the recording.</summary>
    private ulong Life() => (ulong)(Math.Exp(random.NextDouble() * 16) * 1000);

    private ulong Time(int most) => (ulong)random.Next(1, most);
}
