using System.Diagnostics;
using System.Globalization;

namespace TraceCap.Cli.Tests;

/// <summary>Recording into file after file.</summary>
[Collection(nameof(Alone))]
public sealed class RotationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Numbered => Path.Combine(folder, "run-%n.tcap");

    private string[] Files => [.. Directory.GetFiles(folder, "*.tcap").Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Under_load_every_event_is_in_exactly_one_file()
    {
        const int connections = 20_000;
        using var recorder = LiveRecorder.Start("-o", Numbered, "-p", LiveRecorder.Text(Environment.ProcessId), "--rotate-size", "64K", "--rotate-every", "1s");
        Loopback.Churn(connections);
        LiveRecorder.Signal(recorder, "HUP");
        WaitFor(recorder, () => Files.Length > 4);
        var said = LiveRecorder.End(recorder);

        Assert.Contains($"{Files[0]} to {Files[^1]} ({Files.Length} files): 120,000 events", said, StringComparison.Ordinal);
        Assert.Contains("none lost", said, StringComparison.Ordinal);
        var sections = Files.Select(LiveRecorder.Info).ToArray();
        Assert.All(sections, section => Assert.Equal(section.GetProperty("events").GetInt64(), section.GetProperty("ledger").GetProperty("emitted").GetInt64()));
        Assert.Equal(6ul * connections, Sum(section => LiveRecorder.Number(section.GetProperty("events"))));
        var clocks = sections.Select(section => section.GetProperty("clocks")[0].GetProperty("monotonic_ns").GetString()).ToArray();
        Assert.Equal(clocks.Length, clocks.Distinct().Count());

        // Each file stands alone, and no event is in two of them.
        var verified = Tracecap.Run(["verify", .. Files]);
        Assert.True(verified.Code == 0, verified.Text);
        var numbers = Files.SelectMany(file => Tracecap.Run("replay", "--all", "--json", file).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(6 * connections, numbers.Distinct().Count());

        ulong Sum(Func<System.Text.Json.JsonElement, ulong> value) => sections.Aggregate(0ul, (sum, section) => sum + value(section));
    }

    [Fact]
    public void A_tiny_ring_loses_events_and_the_files_together_say_how_many()
    {
        const int connections = 5_000;
        using var recorder = LiveRecorder.Start("-o", Numbered, "-p", LiveRecorder.Text(Environment.ProcessId), "--buffer", "4K", "--rotate-every", "1s");
        Loopback.Churn(connections);
        LiveRecorder.Signal(recorder, "HUP");
        WaitFor(recorder, () => Files.Length > 1);
        Loopback.Churn(connections);
        LiveRecorder.Signal(recorder, "INT");
        recorder.StandardError.ReadToEnd();
        recorder.WaitForExit();

        var sections = Files.Select(LiveRecorder.Info).ToArray();
        Assert.All(sections, section => Assert.Equal(0, section.GetProperty("ledger").GetProperty("unaccounted").GetInt64()));
        Assert.Equal(12ul * connections, sections.Aggregate(0ul, (sum, section) =>
            sum + LiveRecorder.Number(section.GetProperty("events")) + LiveRecorder.Number(section.GetProperty("ledger").GetProperty("lost"))));
    }

    [Fact]
    public void A_hang_up_begins_the_next_file_and_the_oldest_are_deleted()
    {
        var foreign = Path.Combine(folder, "run-1.tcap");
        File.WriteAllText(foreign, "not of the series: its number has too few digits");
        File.Copy(Repository.File("samples/captures/traffic.tcap"), Path.Combine(folder, "run-000007.tcap"));
        using var recorder = LiveRecorder.Start("-o", Numbered, "--keep", "2");
        foreach (var number in Enumerable.Range(9, 3))
        {
            LiveRecorder.Signal(recorder, "HUP");
            WaitFor(recorder, () => File.Exists(Path.Combine(folder, $"run-{number:D6}.tcap")));
        }

        Assert.Contains($"the last 2 of 4 files, up to {folder}/run-000011.tcap: ", LiveRecorder.End(recorder), StringComparison.Ordinal);
        Assert.Equal(["run-000010.tcap", "run-000011.tcap", "run-1.tcap"], Files.Select(Path.GetFileName));
        Assert.Equal("rotated", LiveRecorder.Info(Files[0]).GetProperty("end_reason").GetString());
        Assert.Equal("stopped by a signal", LiveRecorder.Info(Files[1]).GetProperty("end_reason").GetString());
    }

    [Fact]
    public void What_somebody_planted_neither_ends_it_nor_has_captures_deleted()
    {
        LiveRecorder.SkipUnlessRoot();
        string[] planted = ["run-000002.tcap", "run-000003.tcap", "run-999999999999999999.tcap"];
        using var recorder = LiveRecorder.Start("-o", Numbered, "--keep", "2");
        Assert.Equal(0, Shell.Run($"cd {folder}; touch {planted[0]}; mkfifo {planted[1]}; cp {Repository.File("samples/captures/traffic.tcap")} {planted[2]}; chown 65534 {string.Join(' ', planted)}").Code);
        foreach (var number in Enumerable.Range(4, 3))
        {
            LiveRecorder.Signal(recorder, "HUP");
            WaitFor(recorder, () => File.Exists(Path.Combine(folder, $"run-{number:D6}.tcap")));
        }

        LiveRecorder.End(recorder);
        Assert.Equal([.. planted[..2], "run-000005.tcap", "run-000006.tcap", planted[2]], Files.Select(Path.GetFileName));
    }

    [Fact]
    public void Names_have_the_host_and_the_time_and_change_on_the_second()
    {
        using var recorder = LiveRecorder.Start("-o", Path.Combine(folder, "%h-%t-100%%.tcap"), "--rotate-every", "1s");
        WaitFor(recorder, () => Files.Length >= 3);
        LiveRecorder.End(recorder);

        var times = Files.Select(file => Path.GetFileName(file)[(Environment.MachineName.Length + 1)..]).Select(name =>
            DateTime.ParseExact(name, "yyyyMMdd'T'HHmmss'Z-100%.tcap'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)).ToArray();
        Assert.All(times, time => Assert.InRange(time, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow));
        Assert.Equal(times.Length, times.Distinct().Count());
    }

    [Fact]
    public void A_program_gets_each_closed_file_as_one_argument_and_no_shell_sees_it()
    {
        var seen = Path.Combine(folder, "seen");
        Directory.CreateDirectory(seen);
        using var recorder = LiveRecorder.Start("-o", Path.Combine(folder, "a $(b) '%n.tcap"), "--on-rotate", $"cp -t {seen}");
        LiveRecorder.Signal(recorder, "HUP");
        WaitFor(recorder, () => File.Exists(Path.Combine(seen, "a $(b) '000001.tcap")));
        LiveRecorder.End(recorder);
    }

    [Theory]
    [InlineData("false", "false * ended with 1")]
    [InlineData("gone", "*/gone * could not be run: No such file or directory$")]
    public void A_program_that_fails_is_told(string program, string expected)
    {
        var gone = Path.Combine(folder, "gone");
        Assert.Equal(0, Shell.Run($"cp /bin/true {gone}").Code);
        using var recorder = LiveRecorder.Start("-o", Numbered, "--on-rotate", program == "gone" ? gone : program);
        File.Delete(gone);
        LiveRecorder.Signal(recorder, "HUP");

        Assert.Matches("^tracecap: " + expected.Replace("*", ".*", StringComparison.Ordinal), recorder.StandardError.ReadLine());
        LiveRecorder.Signal(recorder, "INT");
        recorder.StandardError.ReadToEnd();
        recorder.WaitForExit();
        Assert.Equal(0, recorder.ExitCode);
    }

    [Fact]
    public void Files_that_were_packed_are_still_of_the_series()
    {
        Assert.Equal(0, Shell.Run($"gzip < traffic.tcap > {folder}/run-000007.tcap.gz").Code);
        using var recorder = LiveRecorder.Start("-o", Numbered, "--keep", "2", "--on-rotate", "gzip -9");
        foreach (var number in Enumerable.Range(8, 3))
        {
            LiveRecorder.Signal(recorder, "HUP");
            WaitFor(recorder, () => File.Exists(Path.Combine(folder, $"run-{number:D6}.tcap.gz")) && !File.Exists(Path.Combine(folder, $"run-{number:D6}.tcap")));
        }

        LiveRecorder.End(recorder);

        // The last one is packed when the recorder is gone, or not yet.
        Assert.Equal(["run-000010", "run-000011"], Directory.GetFiles(folder).Select(file => Path.GetFileName(file)[..10]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_second_that_has_a_file_of_another_recording_is_waited_for()
    {
        var name = Path.Combine(folder, "%t.tcap");
        var recorders = Enumerable.Range(0, 3).Select(_ => LiveRecorder.Start("-o", name, "-d", "0.1")).ToArray();
        foreach (var recorder in recorders)
        {
            recorder.WaitForExit();
            Assert.True(recorder.ExitCode == 0, recorder.StandardError.ReadToEnd());
            recorder.Dispose();
        }

        Assert.Equal(3, Files.Length);
    }

    private static void WaitFor(Process recorder, Func<bool> condition)
    {
        while (!condition())
        {
            Assert.False(recorder.HasExited);
            Thread.Yield();
        }
    }
}
