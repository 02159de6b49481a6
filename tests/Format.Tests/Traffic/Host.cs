using System.Net;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Traffic;

/// <summary>A thread as an event shows it.</summary>
internal sealed record HostTask(uint Pid, uint Tid, uint Uid, string Comm, Container Container);

/// <summary>Where a process lives. A plain process lives in the container that is the host itself.</summary>
internal sealed record Container(uint Netns, uint Mntns, ulong Cgroup)
{
    /// <summary>Containers have network and PID namespaces of their own; an end has no process.</summary>
    public void Describe(ref TcpEvent one)
    {
        var isHost = Netns == Host.Root.Netns;
        one.NetnsId = isHost ? 1 : 4096 + (ulong)(Netns - Host.Root.Netns);
        if (!isHost && one.Type != TcpEventType.Ended)
        {
            (one.ContainerPid, one.Pidns) = (one.Pid % 100, Netns + 2);
        }
    }
}

/// <summary>What is seen of one end of a connection.</summary>
/// <param name="Tasks">The threads that open or accept; one of them is taken for each connection.</param>
/// <param name="Addresses">The addresses of this end; an end outside the host has many and no tasks.</param>
/// <param name="Port">Where it listens; a client has an ephemeral port for each connection.</param>
internal sealed record Peer(HostTask[] Tasks, IPAddress[] Addresses, ushort Port = 0)
{
    public bool OnHost => Tasks.Length > 0;
}

/// <summary>One kind of connection that a host has.</summary>
internal sealed record Workload(string Name, double Weight, Peer Client, Peer Server)
{
    /// <summary>Median lifetime in seconds.</summary>
    public double Lifetime { get; init; } = 0.01;

    /// <summary>The share of connections that are kept for minutes.</summary>
    public double Kept { get; init; }

    public double RequestBytes { get; init; } = 300;

    public double ResponseBytes { get; init; } = 2_000;

    /// <summary>0: every connection carries the same bytes, as probes do.</summary>
    public double SizeSigma { get; init; } = 1;

    /// <summary>Median round trip in microseconds.</summary>
    public double RoundTrip { get; init; } = 40;

    /// <summary>The share of attempts that are refused.</summary>
    public double Refused { get; init; }

    public double Retransmitting { get; init; }

    /// <summary>Each connection comes from a process of its own.</summary>
    public bool ProcessPerConnection { get; init; }

    /// <summary>The server closes first; else the client.</summary>
    public bool ServerCloses { get; init; }

    /// <summary>IPv4 connections of the client are made on IPv6 sockets, as Java does.</summary>
    public bool MappedClient { get; init; }
}

/// <summary>A host with a web server, an application, databases in containers, probes and outside peers.</summary>
internal static class Host
{
    public static readonly Container Root = new(4026531840, 4026531841, 1);

    private static readonly IPAddress[] Loopback4 = [IPAddress.Loopback];
    private static readonly IPAddress[] Loopback6 = [IPAddress.IPv6Loopback];

    public static Workload[] Workloads(Random random, int visitorCount)
    {
        var visitors = new Peer([], Outside(random, visitorCount, 0.25));
        var apis = new Peer([], Outside(random, 24, 0.3), 443);
        var web = Processes(1180, 4, 33, "nginx", Service(2410));
        var app = Threads(2210, 32, 1001, "http-nio-8080-", Service(2733));
        var worker = Threads(2377, 8, 1002, "sidekiq-", Service(2801));
        var agent = Threads(901, 6, 0, "kubelet", Service(1502));
        var (redisBox, redisAt) = Pod(7, 4);
        var (databaseBox, databaseAt) = Pod(8, 5);
        var (metricsBox, metricsAt) = Pod(9, 9);
        var redis = new Peer(Threads(3310, 1, 999, "redis-server", redisBox), redisAt, 6379);
        var database = new Peer(Processes(3520, 40, 999, "postgres", databaseBox), databaseAt, 5432);
        var metrics = Threads(4102, 5, 65534, "prometheus", metricsBox);
        IPAddress[] here = [IPAddress.Parse("10.20.1.17")];
        IPAddress[] public4And6 = [IPAddress.Parse("203.0.113.80"), IPAddress.Parse("2001:db8:20:1::80")];

        return
        [
            new("visitors", 30, visitors, new(web, public4And6, 443))
            {
                Lifetime = 0.15, Kept = 0.05, RequestBytes = 900, ResponseBytes = 14_000, SizeSigma = 1.4,
                RoundTrip = 28_000, Retransmitting = 0.03, ServerCloses = true,
            },
            new("proxy to application", 28, new(web, Loopback4), new(app, Loopback4, 8080))
            {
                Lifetime = 0.012, RequestBytes = 1_100, ResponseBytes = 9_000, SizeSigma = 1.2,
            },
            new("cache", 10, new(app, here), redis)
            {
                Lifetime = 0.004, Kept = 0.1, RequestBytes = 120, ResponseBytes = 600, RoundTrip = 60,
                MappedClient = true,
            },
            new("database", 6, new(worker, here), database)
            {
                Lifetime = 0.05, Kept = 0.2, RequestBytes = 700, ResponseBytes = 4_000, RoundTrip = 70,
            },
            new("probes", 8, new(agent, here), new(app, here, 8081))
            {
                Lifetime = 0.002, RequestBytes = 112, ResponseBytes = 138, SizeSigma = 0, ServerCloses = true,
            },
            new("scripts", 5, new([new(0, 0, 1003, "curl", Root)], Loopback4), new(app, Loopback4, 8080))
            {
                Lifetime = 0.006, RequestBytes = 84, ResponseBytes = 512, SizeSigma = 0.3,
                ProcessPerConnection = true,
            },
            new("outside services", 6, new(app, here), apis)
            {
                Lifetime = 0.3, Kept = 0.05, RequestBytes = 2_000, ResponseBytes = 6_000, RoundTrip = 12_000,
                Refused = 0.02, Retransmitting = 0.02,
            },
            new("metrics", 4, new(metrics, metricsAt), new(app, here, 9404))
            {
                Lifetime = 0.02, Kept = 0.1, RequestBytes = 260, ResponseBytes = 48_000, SizeSigma = 0.1,
            },
            new("status over IPv6", 2, new(worker, Loopback6), new(web, Loopback6, 8090)) { SizeSigma = 0 },
            new("refused", 1, new(worker, Loopback4), new([], Loopback4, 11211)) { Refused = 1 },
        ];
    }

    private static Container Service(ulong cgroup) => new(Root.Netns, (uint)(4026532000 + (cgroup % 100)), cgroup);

    private static (Container Box, IPAddress[] Address) Pod(uint number, byte host) =>
        (new(4026532300 + (number * 61), 4026532301 + (number * 61), 7000 + (number * 37)),
            [new IPAddress([10, 244, 0, host])]);

    private static HostTask[] Processes(uint first, int count, uint uid, string comm, Container container) =>
        [.. Range(first, count).Select(pid => new HostTask(pid, pid, uid, comm, container))];

    /// <summary>A name that ends in a dash is followed by the thread's number, as far as the kernel keeps it.</summary>
    private static HostTask[] Threads(uint pid, int count, uint uid, string comm, Container container) =>
        [.. Range(pid, count).Select(tid => new HostTask(pid, tid, uid, Name(comm, tid - pid), container))];

    private static IEnumerable<uint> Range(uint first, int count) =>
        Enumerable.Range((int)first, count).Select(id => (uint)id);

    private static string Name(string comm, uint thread)
    {
        var name = comm.EndsWith('-') ? comm + (thread + 1) : comm;
        return name[..Math.Min(name.Length, ThreadName.Size - 1)];
    }

    private static IPAddress[] Outside(Random random, int count, double ipv6)
    {
        var addresses = new IPAddress[count];
        for (var i = 0; i < count; i++)
        {
            var bytes = new byte[random.NextDouble() < ipv6 ? 16 : 4];
            random.NextBytes(bytes);
            bytes[0] = bytes.Length == 4 ? (byte)random.Next(11, 223) : (byte)0x20;
            addresses[i] = new(bytes);
        }

        return addresses;
    }
}
