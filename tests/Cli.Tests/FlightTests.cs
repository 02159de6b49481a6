using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>Keeping the last of what happened in memory.</summary>
[Collection(nameof(Alone))]
public sealed class FlightTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Numbered => Path.Combine(folder, "run-%n.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_is_written_on_a_signal_and_at_the_end_and_each_file_is_whole()
    {
        using var recorder = LiveRecorder.Start("-o", Numbered, "--flight", "1h", "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(100);
        Assert.Empty(Directory.GetFiles(folder));
        LiveRecorder.Signal(recorder, "USR1");
        Assert.Matches(@"run-000001\.tcap: 600 events of the last [\d.]+ s \(SIGUSR1\)$", recorder.StandardError.ReadLine());
        Loopback.Churn(10);
        LiveRecorder.Signal(recorder, "HUP");
        Assert.Matches(@"run-000002\.tcap: 660 events of the last [\d.]+ s \(SIGHUP\)$", recorder.StandardError.ReadLine());
        Loopback.Churn(1);
        LiveRecorder.End(recorder);

        AssertWhole("run-000001.tcap", 600, "SIGUSR1");
        AssertWhole("run-000002.tcap", 660, "SIGHUP");
        AssertWhole("run-000003.tcap", 666, "stopped by a signal");
    }

    [Fact]
    public void A_trigger_has_it_written_and_a_program_gets_the_file()
    {
        var seen = Directory.CreateDirectory(Path.Combine(folder, "seen")).FullName;
        using var recorder = LiveRecorder.Start(
            "-o", Numbered, "--flight", "1h,64M", "--trigger", "closes>50/m", "--trigger", "ENETDOWN", "--on-rotate", $"cp -t {seen}");
        Loopback.Churn(100);
        Assert.Contains("(closes>50/m)", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        while (!File.Exists(Path.Combine(seen, "run-000001.tcap")))
        {
            Assert.False(recorder.HasExited);
        }

        LiveRecorder.End(recorder);
        Assert.Equal("closes>50/m", LiveRecorder.Info(Path.Combine(folder, "run-000001.tcap")).GetProperty("end_reason").GetString());
    }

    [Fact]
    public void Memory_is_bounded_and_the_newest_events_are_kept()
    {
        using var recorder = LiveRecorder.Start("-o", Numbered, "--flight", "64K", "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(20_000);
        var port = Loopback.Churn(1);
        LiveRecorder.End(recorder);

        var file = Path.Combine(folder, "run-000001.tcap");
        Assert.InRange(new FileInfo(file).Length, 1, 80 << 10);
        var section = LiveRecorder.Info(file);
        Assert.InRange(LiveRecorder.Number(section.GetProperty("events")), 4ul, 119_999ul);
        Assert.Equal(0, section.GetProperty("ledger").GetProperty("unaccounted").GetInt64());
        Assert.Equal(0, Tracecap.Run("verify", file).Code);
        // What was not kept was not recorded.
        var recording = JsonDocument.Parse(Tracecap.Run("summary", "--json", file).Output).RootElement.GetProperty("recordings")[0];
        var (first, start) = (LiveRecorder.Number(section.GetProperty("first_monotonic_ns")), LiveRecorder.Number(recording.GetProperty("start_monotonic_ns")));
        Assert.InRange(start, first - 1_000_000_000, first);
        Assert.Equal(4, Tracecap.Run("replay", file).Text.Split('\n').Count(row => row.Contains($" {port} ", StringComparison.Ordinal)));
    }

    private void AssertWhole(string name, int events, string reason)
    {
        var file = Path.Combine(folder, name);
        var section = LiveRecorder.Info(file);
        Assert.Equal((events, reason), (section.GetProperty("events").GetInt64(), section.GetProperty("end_reason").GetString()));
        Assert.Equal((events, 0), (section.GetProperty("ledger").GetProperty("emitted").GetInt64(), section.GetProperty("ledger").GetProperty("lost").GetInt64()));
        Assert.Equal(0, Tracecap.Run("verify", file).Code);
    }
}
