using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Traffic;

/// <summary>
/// Simulates a host and gives the events that a recorder would read from its ring buffers, in order of arrival:
/// each CPU's events in order, the CPUs slightly out of order against each other.
/// </summary>
public sealed class TrafficGenerator
{
    private static readonly IPAddress OwnIPv6 = IPAddress.Parse("2001:db8:20:1::17");

    private readonly TrafficOptions options;
    private readonly Random random;
    private readonly Workload[] workloads;
    private readonly double totalWeight;
    private readonly SocketCookies cookies;
    private readonly ulong[] sequences;
    private readonly double[] drained;
    private readonly PriorityQueue<(HostSocket Socket, TcpEventType Type), double> happenings = new();
    private readonly PriorityQueue<TcpEvent, (double At, ulong Sequence)> arrivals = new();
    private double nextConnection;
    private uint nextPid = 40_000;

    public TrafficGenerator(TrafficOptions options)
    {
        this.options = options;
        random = new(options.Seed);
        workloads = Host.Workloads(random, options.Visitors);
        totalWeight = workloads.Sum(workload => workload.Weight);
        cookies = new(options.Cpus);
        sequences = new ulong[options.Cpus];
        drained = new double[options.Cpus];
        nextConnection = 8_123_456_789_012;
        for (var i = 0; i < options.OpenAtStart; i++)
        {
            nextConnection += 800;
            OpenBefore(nextConnection);
        }
    }

    public static TcpEvent[] Generate(int count, TrafficOptions options)
    {
        var events = new TcpEvent[count];
        new TrafficGenerator(options).Fill(events);
        return events;
    }

    public void Fill(Span<TcpEvent> events)
    {
        foreach (ref var each in events)
        {
            each = Next();
        }
    }

    private TcpEvent Next()
    {
        // An event may be handed out once nothing that has yet to happen can arrive before it.
        while (!arrivals.TryPeek(out _, out var arrival) || arrival.At > Happens())
        {
            if (Happens() >= nextConnection)
            {
                Connect(nextConnection);
                nextConnection += random.Exponential(1e9 / options.ConnectionsPerSecond);
            }
            else
            {
                happenings.TryDequeue(out var happening, out var at);
                Record(happening.Socket, happening.Type, at);
            }
        }

        return arrivals.Dequeue();
    }

    private double Happens() =>
        happenings.TryPeek(out _, out var at) && at < nextConnection ? at : nextConnection;

    private void Record(HostSocket socket, TcpEventType type, double at)
    {
        var cpu = CpuOf(socket.Task);
        if (socket.Cookie == 0)
        {
            socket.Cookie = cookies.Next(cpu);
        }

        var sequence = ++sequences[cpu];
        if (random.NextDouble() < options.Lost)
        {
            return;
        }

        if (at >= drained[cpu])
        {
            drained[cpu] = random.NextDouble() < options.Late ? at + 2_000 + (random.NextDouble() * 198_000) : at;
        }

        var result = socket.ToEvent(type);
        result.Timestamp = (ulong)at;
        result.Cpu = (ushort)cpu;
        result.Sequence = sequence;
        if (options.HasEnds)
        {
            socket.Task.Container.Describe(ref result);
            if (type == TcpEventType.Close)
            {
                happenings.Enqueue((socket, TcpEventType.Ended), at + random.Exponential(40e6));
            }
        }

        arrivals.Enqueue(result, (Math.Max(at, drained[cpu]), sequence));
    }

    private int CpuOf(HostTask task) =>
        random.Next(5) == 0 ? random.Next(options.Cpus) : (int)(task.Tid % (uint)options.Cpus);

    private Workload NextWorkload()
    {
        var at = random.NextDouble() * totalWeight;
        foreach (var workload in workloads)
        {
            at -= workload.Weight;
            if (at < 0)
            {
                return workload;
            }
        }

        return workloads[^1];
    }

    private void OpenBefore(double at)
    {
        var (client, server) = Sockets(NextWorkload(), kept: true);
        foreach (var socket in new[] { client, server }.OfType<HostSocket>())
        {
            happenings.Enqueue((socket, TcpEventType.Open), at);
            happenings.Enqueue((socket, TcpEventType.Close), at + random.Exponential(60e9));
        }
    }

    private void Connect(double start)
    {
        var workload = NextWorkload();
        var kept = random.NextDouble() < workload.Kept;
        var (client, server) = Sockets(workload, kept);
        var established = start + (client?.Duration ?? 0);
        if (client is not null && random.NextDouble() < workload.Refused)
        {
            happenings.Enqueue((client, TcpEventType.ConnectFailed), established);
            return;
        }

        var accepted = established + 3_000 + random.Exponential(15_000);
        var lifetime = kept ? 5e9 + random.Exponential(60e9) : random.LogNormal(workload.Lifetime * 1e9, 0.9);
        var closed = accepted + lifetime;
        var closedToo = closed + (workload.RoundTrip * 500) + random.Exponential(30_000);
        if (client is not null)
        {
            happenings.Enqueue((client, TcpEventType.Connect), established);
            happenings.Enqueue((client, TcpEventType.Close), client.ClosesFirst ? closed : closedToo);
        }

        if (server is not null)
        {
            happenings.Enqueue((server, TcpEventType.Accept), accepted);
            happenings.Enqueue((server, TcpEventType.Close), server.ClosesFirst ? closed : closedToo);
        }
    }

    /// <summary>The ends of a new connection that are on this host.</summary>
    private (HostSocket? Client, HostSocket? Server) Sockets(Workload workload, bool kept)
    {
        var near = random.PickSkewed(workload.Client.Addresses);
        var far = random.PickSkewed(workload.Server.Addresses);
        if (near.AddressFamily != far.AddressFamily)
        {
            if (workload.Server.OnHost)
            {
                far = Array.Find(workload.Server.Addresses, address => address.AddressFamily == near.AddressFamily)!;
            }
            else
            {
                near = OwnIPv6;
            }
        }

        var requests = kept ? 2 + random.Exponential(40) : 1;
        var sent = (ulong)(requests * random.LogNormal(workload.RequestBytes, workload.SizeSigma / 2));
        var received = (ulong)(requests * random.LogNormal(workload.ResponseBytes, workload.SizeSigma));
        var port = (ushort)random.Next(32_768, 61_000);
        var service = workload.Server.Port;
        var client = !workload.Client.OnHost ? null : NewSocket(
            workload,
            workload.ProcessPerConnection ? Fork(workload.Client.Tasks[0]) : random.Pick(workload.Client.Tasks),
            near, port, far, service, sent, received, client: true);
        var server = !workload.Server.OnHost ? null : NewSocket(
            workload, random.Pick(workload.Server.Tasks),
            far, service, near, port, received, sent, client: false);
        return (client, server);
    }

    private HostTask Fork(HostTask parent)
    {
        nextPid += (uint)random.Next(1, 4);
        return parent with { Pid = nextPid, Tid = nextPid };
    }

    private HostSocket NewSocket(
        Workload workload, HostTask task, IPAddress local, ushort localPort, IPAddress peer, ushort peerPort,
        ulong sent, ulong received, bool client)
    {
        var first = client != workload.ServerCloses;
        return new()
        {
            Cookie = client ? cookies.Next(CpuOf(task)) : 0,
            Task = task,
            Local = local,
            LocalPort = localPort,
            Peer = peer,
            PeerPort = peerPort,
            Mapped = client && workload.MappedClient && local.AddressFamily == AddressFamily.InterNetwork,
            ClosesFirst = first,
            Duration = client ? (ulong)(random.LogNormal(workload.RoundTrip, 0.25) * 1_000) : 0,
            Transfer = Transfer.Of(random, workload, sent, received, client, first),
        };
    }
}
