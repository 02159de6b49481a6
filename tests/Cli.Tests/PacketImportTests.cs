using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>Packets as Wireshark's tools see them.</summary>
public sealed class PacketImportTests : IDisposable
{
    /// <summary>Handshakes, data, ends, a reset and a refusal, as text2pcap reads them: TCP without its ports, which stand on the command line
    /// of each.</summary>
    private static readonly (int Port, string[] Segments)[] connections =
    [
        (40001, ["> 02 1000 0", "< 12 5000 1001", "> 10 1001 5001", "> 11 1001 5001", "< 11 5001 1002", "> 10 1002 5002"]),
        (40002, ["> 02 2000 0", "< 14 0 2001"]),
        (40003, ["> 02 3000 0", "< 12 1 3001", "> 10 3001 2", "< 04 2 0"]),
        (40004, ["> 02 4000 0"]),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("pcap")]
    [InlineData("nsecpcap")]
    [InlineData("pcapng")]
    public void Connections_are_those_that_tshark_finds(string type)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/tshark") && File.Exists("/usr/bin/text2pcap") && File.Exists("/usr/bin/editcap"), "tshark is not installed");
        var (made, packets, capture) = (InFolder("made.pcap"), InFolder($"packets.{type}"), InFolder("packets.tcap"));
        File.WriteAllText(InFolder("packets.txt"), string.Concat(connections.SelectMany((one, i) => one.Segments.Select((segment, at) => Hex(one.Port, segment, (i * 10) + at)))));
        Run("text2pcap", "-q", "-t", "%H:%M:%S.", "-l", "101", InFolder("packets.txt"), made);
        Run("editcap", "-F", type, made, packets);

        var result = Tracecap.Run("import", packets, "-o", capture);
        Assert.Equal((0, $"tracecap: {packets}: left out: 1 connects without an answer\n"), (result.Code, result.Error));
        Assert.Equal(0, Tracecap.Run("verify", capture).Code);

        var events = Tracecap.Run("replay", capture, "--json", "--all").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.All(events, one => Assert.False(one.TryGetProperty("process.pid", out _) || one.TryGetProperty("user.id", out _)));
        Assert.Equal(Seen("tcp.flags.syn == 1 && tcp.flags.ack == 1", packets, "tcp.dstport"), Found(events, "tcp.connect"));
        Assert.Equal(["40002"], events.Where(one => Name(one) == "tcp.connect_failed").Select(Port));
        Assert.Equal(["40001", "40003"], events.Where(one => Name(one) == "tcp.ended").Select(Port));
        Assert.Equal(["closed", "reset_received"], events.Where(one => Name(one) == "tcp.ended").Select(one => one.GetProperty("tcp.end").GetString()));
        Assert.Contains("seen on the wire", Tracecap.Run("info", capture).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_cut_short_is_read_as_far_as_it_goes_and_ends_with_3()
    {
        byte[] file = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, .. new byte[8], 0, 0, 1, 0, 101, 0, 0, 0, 1, 2, 3];
        var result = Tracecap.Run(file, "import", "-", "-o", InFolder("short.tcap"));

        Assert.Equal(3, result.Code);
        Assert.Contains("truncated within what begins at byte 24", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_capture_prints_as_tcptracer_it_prints_again_once_imported()
    {
        foreach (var options in new[] { new[] { "-t" }, ["-v", "-t"], ["-t", "--style", "libbpf"] })
        {
            var printed = Tracecap.Run(["replay", "tcptracer-example.tcap", .. options]);
            Assert.Equal(0, Tracecap.Run(printed.Output, "import", "-", "-o", InFolder("again.tcap"), "--force").Code);
            Assert.Equal(printed.Text, Tracecap.Run(["replay", InFolder("again.tcap"), .. options]).Text);
        }
    }

    private static string[] Found(JsonElement[] events, string name) =>
    [
        .. events.Where(one => Name(one) == name)
            .Select(one => $"{(decimal)(DateTimeOffset.Parse(one.GetProperty("time").GetString()!, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond:F6} {Port(one)}"),
    ];

    private static string Name(JsonElement one) => one.GetProperty("event.name").GetString()!;

    private static string Port(JsonElement one) => one.GetProperty("network.local.port").ToString();

    private static string[] Seen(string filter, string packets, string field) =>
    [
        .. Run("tshark", "-r", packets, "-Y", filter, "-T", "fields", "-E", "separator= ", "-e", "frame.time_epoch", "-e", field)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(parts => $"{decimal.Parse(parts[0], CultureInfo.InvariantCulture):F6} {parts[1]}"),
    ];

    /// <summary>One packet of IPv4 as a line of a hex dump with its time.</summary>
    private static string Hex(int port, string segment, int milliseconds)
    {
        var words = segment.Split(' ');
        var isThere = words[0] == ">";
        var (from, to) = isThere ? (port, 443) : (443, port);
        var (sequence, acknowledged) = (uint.Parse(words[2], CultureInfo.InvariantCulture), uint.Parse(words[3], CultureInfo.InvariantCulture));
        byte[] packet =
        [
            0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, isThere ? (byte)1 : (byte)2, 10, 0, 0, isThere ? (byte)2 : (byte)1,
            (byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to, .. BitConverter.GetBytes(sequence).Reverse(), .. BitConverter.GetBytes(acknowledged).Reverse(),
            0x50, Convert.FromHexString(words[1])[0], 4, 0, 0, 0, 0, 0,
        ];
        return $"12:00:{milliseconds / 1000:D2}.{milliseconds % 1000:D3}\n0000 {string.Join(' ', packet.Select(one => one.ToString("x2", CultureInfo.InvariantCulture)))}\n\n";
    }

    private string InFolder(string name) => Path.Combine(folder, name);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output;
    }
}
