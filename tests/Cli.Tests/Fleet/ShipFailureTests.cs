using System.Diagnostics;
using System.Globalization;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>Whatever fails meanwhile, each row is there once in the end.</summary>
[Collection(nameof(TwoShards))]
public sealed class ShipFailureTests : IDisposable
{
    /// <summary>Nothing here takes so long.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(3);

    private readonly TwoShards fleet;
    private readonly string folder;

    public ShipFailureTests(TwoShards fleet)
    {
        Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");
        this.fleet = fleet;
        folder = fleet.NewFolder();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Killed_in_the_middle_and_begun_again()
    {
        var capture = Path.Combine(folder, "killed.tcap");
        TwoShards.Record(capture, "killed", 150_000);
        using (var ship = fleet.StartShip(capture, "--limit", "1M"))
        {
            Assert.True(SpinWait.SpinUntil(() => ship.HasExited || Rows("killed.tcap") > 0, patience));
            ship.Kill();
            ship.WaitForExit();
        }

        Assert.InRange(Rows("killed.tcap"), 1UL, 299_999UL);
        Assert.Equal(0UL, fleet.Servers[0].Number("SELECT count() FROM tracecap.captures WHERE capture = 'killed.tcap'"));
        var again = fleet.Ship(capture);
        Assert.Equal((0, ""), (again.Code, again.Error));
        fleet.HasOnce(["killed.tcap"], 150_000);
    }

    /// <summary>The servers die at random while twenty captures of ten hosts arrive, and the last kill is in the middle of one.</summary>
    [Fact]
    public async Task Servers_that_are_killed_while_twenty_captures_are_shipped()
    {
        var random = new Random(20);
        var names = Enumerable.Range(0, 20).Select(number => $"storm{number:00}.tcap").ToArray();
        for (var number = 0; number < names.Length; number++)
        {
            TwoShards.Record(Path.Combine(folder, names[number]), $"storm{number % 10}", 8_000, 1_790_000_000_000_000_000 + ((ulong)number * 60_000_000_000));
        }

        using var ship = fleet.StartShip(folder, "--retry-for", "1h");
        var output = ship.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = ship.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (var kill = 0; kill < 6 && !ship.HasExited; kill++)
        {
            var server = fleet.Servers[random.Next(2)];
            var before = OwnRows(server);
            SpinWait.SpinUntil(() => ship.HasExited || OwnRows(server) > before, patience);
            server.Kill();
            server.Start();
        }

        Assert.True(ship.WaitForExit(patience));
        var said = await error;
        Assert.True(ship.ExitCode == 0, said);
        Assert.Contains("trying again", said, StringComparison.Ordinal);
        Assert.Equal(20, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        fleet.HasOnce(names, 8_000);
    }

    [Fact]
    public void A_server_that_is_down_keeps_only_its_own_hosts_waiting()
    {
        var hosts = Enumerable.Range(0, 6).Select(number => $"half{number}").ToArray();
        foreach (var host in hosts)
        {
            TwoShards.Record(Path.Combine(folder, $"{host}.tcap"), host, 50);
        }

        var onOther = fleet.Servers[0].Ask($"SELECT arrayJoin(['{string.Join("','", hosts)}']) AS host WHERE cityHash64(host) % 2 = 1").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(onOther.Length, 1, 5);
        fleet.Servers[1].Kill();
        try
        {
            foreach (var host in hosts.Except(onOther))
            {
                var result = fleet.Ship(Path.Combine(folder, $"{host}.tcap"), "--retry-for", "10s");
                Assert.Equal((0, ""), (result.Code, result.Error));
            }

            var failed = fleet.Ship(Path.Combine(folder, $"{onOther[0]}.tcap"), "--retry-for", "1s");
            Assert.Equal(1, failed.Code);
            Assert.DoesNotContain(ClickHouseServer.WriterPassword, failed.Error, StringComparison.Ordinal);
        }
        finally
        {
            fleet.Servers[1].Start();
        }

        Assert.Equal(0, fleet.Ship(folder).Code);
        fleet.HasOnce(hosts.Select(host => $"{host}.tcap"), 50);
    }

    [Fact]
    public void A_server_whose_disk_is_full()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a small disk takes root");
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        var mounted = Shell.Run($"mount -t tmpfs -o size=24M tmpfs {disk}");
        Assert.SkipUnless(mounted.Code == 0, mounted.Error);
        var config = fleet.NewFolder();
        var server = new ClickHouseServer(config, disk);
        try
        {
            server.Configure([server]);
            server.Start();
            server.MakeTables();
            var capture = Path.Combine(folder, "full.tcap");
            TwoShards.Record(capture, "full", 100_000);
            // What is left is too little for any of it.
            Assert.Equal(0, Shell.Run($"head -c 22M /dev/urandom > {disk}/ballast; true").Code);
            using var ship = Tracecap.Start(["ship", capture, .. fleet.ToServer(server), "--retry-for", "1h"]);
            var told = "";
            while (!told.Contains("trying again", StringComparison.Ordinal))
            {
                told += ship.StandardError.ReadLine() ?? throw new InvalidOperationException(told);
            }

            Assert.Matches("space|NOT_ENOUGH|reserve", told);
            Assert.Equal(0, Shell.Run($"rm {disk}/ballast; mount -o remount,size=400M {disk}").Code);
            Assert.True(ship.WaitForExit(patience));
            Assert.Equal(0, ship.ExitCode);
            Assert.Equal("200000\t200000", server.Ask("SELECT count(), uniqExact(row) FROM tracecap_shard.events"));
        }
        finally
        {
            server.Dispose();
            Shell.Run($"umount {disk}");
            Directory.Delete(config, recursive: true);
        }
    }

    /// <summary>From file to file while they are recorded, stopped, and begun again.</summary>
    [Fact]
    public void A_folder_is_followed_as_its_captures_are_closed()
    {
        var journal = Path.Combine(fleet.NewFolder(), "journal");
        TwoShards.Record(Path.Combine(folder, "follow-1.tcap"), "follow", 100, isComplete: false);
        using (File.Open(Path.Combine(folder, "follow-1.tcap"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        using (var ship = fleet.StartShip(folder, "--follow", "--journal", journal))
        {
            TwoShards.Record(Path.Combine(folder, "follow-0.tcap"), "follow", 100);
            Assert.Equal("follow-0.tcap", Shipped(ship));
            TwoShards.Record(Path.Combine(folder, "follow-2.tcap"), "follow", 100);
            Assert.Equal("follow-2.tcap", Shipped(ship));
            Stop(ship);
        }

        using (var ship = fleet.StartShip(folder, "--follow", "--journal", journal))
        {
            // Nobody writes it any more: it is all there is of it.
            Assert.Equal("follow-1.tcap", Shipped(ship));
            Stop(ship, code: 3);
        }

        Assert.Equal(3, File.ReadAllLines(journal).Length);
        // The end of its last line may be missing after a power cut.
        File.WriteAllText(journal, File.ReadAllText(journal)[..^20]);
        var last = fleet.Ship(folder, "--journal", journal);
        Assert.EndsWith("is there already", Assert.Single(last.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        fleet.HasOnce(["follow-0.tcap", "follow-2.tcap"], 100);
        Directory.Delete(Path.GetDirectoryName(journal)!, recursive: true);
    }

    [Fact]
    public void A_wrong_password_is_an_error_at_once_that_does_not_show_it()
    {
        var capture = Path.Combine(folder, "secret.tcap");
        TwoShards.Record(capture, "secret", 10);
        File.WriteAllText(Path.Combine(folder, "password"), "wrong and secret");
        var result = Tracecap.Run("ship", capture, "--to", "clickhouse", "--url", fleet.Servers[0].Url, "--user", "tracecap_writer", "--password-file", Path.Combine(folder, "password"), "--retry-for", "1h");
        Assert.Equal(1, result.Code);
        Assert.Contains("Authentication failed", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong and secret", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://me:secret@127.0.0.1:8123", "seen by all users")]
    [InlineData("ftp://127.0.0.1", "expected the HTTP interface")]
    [InlineData("127.0.0.1:8123", "expected the HTTP interface")]
    [InlineData("http://clickhouse.example:8123", "expected https://")]
    public void What_would_show_a_password_is_refused(string url, string why)
    {
        var capture = Path.Combine(folder, "refused.tcap");
        TwoShards.Record(capture, "refused", 1);
        var result = Tracecap.Run("ship", capture, "--to", "clickhouse", "--url", url, "--password-file", fleet.Password);
        Assert.Equal(2, result.Code);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_of_whom_nobody_vouches_gets_nothing()
    {
        var capture = Path.Combine(folder, "tls.tcap");
        TwoShards.Record(capture, "tls", 10);
        using var front = new TlsFront(fleet.Servers[0].HttpPort);
        using var other = new TlsFront(fleet.Servers[0].HttpPort);
        var (authority, wrong) = (Path.Combine(folder, "authority.pem"), Path.Combine(folder, "wrong.pem"));
        File.WriteAllText(authority, front.Authority);
        File.WriteAllText(wrong, other.Authority);
        string[] shipping = ["ship", capture, "--to", "clickhouse", "--url", front.Url, "--user", "tracecap_writer", "--password-file", fleet.Password, "--retry-for", "1h"];
        foreach (var trusted in new string[][] { [], ["--ca-file", wrong] })
        {
            var refused = Tracecap.Run([.. shipping, .. trusted]);
            Assert.Equal(1, refused.Code);
            Assert.Contains("--ca-file names", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0UL, Rows("tls.tcap"));
        Assert.Contains("no certificate in it", Tracecap.Run([.. shipping, "--ca-file", fleet.Password]).Error, StringComparison.Ordinal);
        var taken = Tracecap.Run([.. shipping, "--ca-file", authority]);
        Assert.Equal((0, ""), (taken.Code, taken.Error));
        fleet.HasOnce(["tls.tcap"], 10);
    }

    /// <summary>Whatever a journal has become, it costs a question to the server and no more.</summary>
    [Theory]
    [InlineData("\0\0\0\0\0\0\0\0\n")]
    [InlineData("{\"file\":5}\n{}\nnull\n[]\n{\"file\":\"\\u0000\"}\n")]
    [InlineData("no JSON\n\ufffd\ud800")]
    public void A_journal_that_is_damaged(string content)
    {
        var (capture, journal) = (Path.Combine(folder, "noted.tcap"), Path.Combine(folder, "journal"));
        TwoShards.Record(capture, "noted", 10);
        Assert.Equal(0, fleet.Ship(capture, "--journal", journal).Code);
        Assert.Equal("", fleet.Ship(capture, "--journal", journal).Text);
        File.AppendAllText(journal, content);
        Assert.Equal("", fleet.Ship(capture, "--journal", journal).Text);
        File.WriteAllText(journal, content + File.ReadAllText(journal)[1..]);
        var again = fleet.Ship(capture, "--journal", journal);
        Assert.Equal((0, "", $"{capture}: is there already\n"), (again.Code, again.Error, again.Text));
        Assert.Single(File.ReadAllLines(journal));
    }

    [Fact]
    public void A_capture_without_times_of_day_is_refused_and_the_others_are_shipped()
    {
        using (var file = File.Create(Path.Combine(folder, "a-undated.tcap")))
        {
            var writer = new Format.Writing.CaptureWriter(file, new Format.Metadata.CaptureHeader { Host = "undated" });
            writer.Append(new Format.Events.TcpEvent { Timestamp = 1, Type = Format.Events.TcpEventType.Connect, IpVersion = 4 });
            writer.Complete("end of test", end: null);
        }

        TwoShards.Record(Path.Combine(folder, "b-dated.tcap"), "dated", 10);
        var result = fleet.Ship(folder);
        Assert.Equal(1, result.Code);
        Assert.Contains("a-undated.tcap: it does not tell the time of day", result.Error, StringComparison.Ordinal);
        fleet.HasOnce(["b-dated.tcap"], 10);
    }

    private static string Shipped(Process ship)
    {
        var line = ship.StandardOutput.ReadLine() ?? ship.StandardError.ReadToEnd();
        Assert.Contains(" sent", line, StringComparison.Ordinal);
        return Path.GetFileName(line.Split(": ")[0]);
    }

    private static void Stop(Process ship, int code = 0)
    {
        Assert.Equal(0, Shell.Run(string.Create(CultureInfo.InvariantCulture, $"kill -TERM {ship.Id}")).Code);
        Assert.True(ship.WaitForExit(patience));
        Assert.Equal(code, ship.ExitCode);
    }

    private static ulong OwnRows(ClickHouseServer server) => server.Number("SELECT count() FROM tracecap_shard.events WHERE capture LIKE 'storm%'");

    private ulong Rows(string capture) => fleet.Servers[0].Number($"SELECT count() FROM tracecap.events WHERE capture = '{capture}'");
}
