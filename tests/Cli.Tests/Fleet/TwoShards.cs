using System.Diagnostics;
using System.Net;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>A fleet of two servers, which its tests use one after another.</summary>
public sealed class TwoShards : IDisposable
{
    /// <summary>Thirteen hours before midnight UTC.</summary>
    private const ulong Start = 1_790_000_000_000_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public TwoShards()
    {
        if (ClickHouseServer.Missing is not null)
        {
            return;
        }

        Servers = [.. Enumerable.Range(0, 2).Select(number => new ClickHouseServer(Directory.CreateDirectory(Path.Combine(folder, $"{number}")).FullName))];
        foreach (var server in Servers)
        {
            server.Configure(Servers);
            server.Start();
            server.MakeTables();
        }

        File.WriteAllText(Password, ClickHouseServer.WriterPassword + "\n");
    }

    internal IReadOnlyList<ClickHouseServer> Servers { get; } = [];

    internal string Password => Path.Combine(folder, "password");

    /// <summary>What is common to all ways of shipping to the first server.</summary>
    internal string[] To => ToServer(Servers[0]);

    public void Dispose()
    {
        foreach (var server in Servers)
        {
            server.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    internal string[] ToServer(ClickHouseServer server) =>
        ["--to", "clickhouse", "--url", server.Url, "--user", "tracecap_writer", "--password-file", Password];

    internal Tracecap.Result Ship(params string[] arguments) => Tracecap.Run([.. (string[])["ship"], .. arguments, .. To]);

    internal Process StartShip(params string[] arguments) => Tracecap.Start([.. (string[])["ship"], .. arguments, .. To]);

    /// <summary>A folder for captures.</summary>
    internal string NewFolder() => Directory.CreateTempSubdirectory("tracecap").FullName;

    /// <summary>Records connections of a host, one after another, a millisecond each.</summary>
    internal static void Record(string path, string host, int connections, ulong start = Start, bool isComplete = true)
    {
        using var file = File.Create(path);
        var header = new CaptureHeader { Host = host, BootId = $"boot of {host}", Probes = "kprobe", Start = new ClockAnchor(1_000_000_000, 1_000_000_000, start) };
        var writer = new CaptureWriter(file, header) { LossCounters = new LossCounters(2 * (ulong)connections, 0, 0, 0, 0) };
        for (var number = 0u; number < connections; number++)
        {
            var opened = new TcpEvent
            {
                Timestamp = 1_000_000_000 + (number * 1_000_000UL),
                Type = TcpEventType.Connect,
                IpVersion = number % 3 == 0 ? (byte)6 : (byte)4,
                Connection = number + 1,
                Sequence = (2 * number) + 1,
                Pid = 100 + (number % 7),
                Tid = 100 + (number % 7),
                Comm = new ThreadName("it's \\ a\tname\n"u8),
                LocalAddress = new Address(IPAddress.Parse(number % 3 == 0 ? "fd00::1" : "10.0.0.1")),
                PeerAddress = new Address(IPAddress.Parse(number % 3 == 0 ? "::ffff:10.0.0.2" : "10.0.0.2")),
                LocalPort = (ushort)(30_000 + (number % 20_000)),
                PeerPort = number % 5 == 0 ? (ushort)5432 : (ushort)443,
                Duration = 250_000,
            };
            writer.Append(opened);
            writer.Append(opened with { Timestamp = opened.Timestamp + 900_000, Sequence = opened.Sequence + 1, Type = TcpEventType.Close, State = 4, BytesSent = 100, BytesAcked = 101, BytesReceived = number, Duration = 0 });
            writer.Watermark = opened.Timestamp + 900_000;
        }

        if (isComplete)
        {
            writer.Complete("end of test", end: null);
        }
    }

    /// <summary>Checks that all of some captures is there, and nothing twice.</summary>
    internal void HasOnce(IEnumerable<string> names, int connections)
    {
        foreach (var name in names)
        {
            foreach (var (table, rows) in new[] { ("events", 2 * connections), ("connections", connections), ("captures", 1) })
            {
                var number = table == "captures" ? "section" : "tuple(toDate(" + (table == "events" ? "time" : "opened_time") + "), row)";
                Assert.Equal($"{name} {table}: {rows}\t{rows}", $"{name} {table}: {Servers[0].Ask($"SELECT count(), uniqExact({number}) FROM tracecap.{table} WHERE capture = '{name}'")}");
            }
        }
    }
}

[CollectionDefinition(nameof(TwoShards))]
public sealed class TwoShardsCollection : ICollectionFixture<TwoShards>;
