using System.Diagnostics;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Monitoring;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Tests.Monitoring;

/// <summary>What is told of a recording, and the file that it is told in.</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Other = "somebody's";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private static RecordingMetrics Some { get; } = new(
        true,
        new RecordingTotals(30, 20, 4096, new LossCounters(40, 5, 3, 7, 2), new Dictionary<TcpEventType, ulong> { [TcpEventType.Connect] = 12, [TcpEventType.Close] = 8 }, 3, 2048),
        new RingFill(160, 3200, 8 << 20),
        1_700_000_000_500_000_000,
        1_700_000_012_250_000_000);

    private string Target => Path.Combine(folder, "tracecap.prom");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_figure_has_a_name_with_its_unit_and_a_value()
    {
        var samples = PrometheusText.Parse(Some.ToString());

        Assert.Equal(1, samples["tracecap_up"]);
        Assert.Equal(1_700_000_000.5, samples["tracecap_start_time_seconds"]);
        Assert.Equal(1_700_000_012.25, samples["tracecap_last_event_time_seconds"]);
        Assert.Equal(12, samples["tracecap_events_total{type=\"connect\"}"]);
        Assert.Equal(0, samples["tracecap_events_total{type=\"accept\"}"]);
        Assert.Equal(EventTypes.All.Length, samples.Keys.Count(name => name.StartsWith("tracecap_events_total{", StringComparison.Ordinal)));
        Assert.Equal(40, samples["tracecap_events_emitted_total"]);
        Assert.Equal((5, 3, 2), (samples["tracecap_events_lost_total{place=\"ring_full\"}"], samples["tracecap_events_lost_total{place=\"map_full\"}"], samples["tracecap_events_lost_total{place=\"dropped\"}"]));
        Assert.Equal((7, 2048, 3), (samples["tracecap_probes_missed_total"], samples["tracecap_written_bytes_total"], samples["tracecap_files_total"]));
        Assert.Equal((160, 3200, 8 << 20), (samples["tracecap_ring_used_bytes"], samples["tracecap_ring_highest_bytes"], samples["tracecap_ring_size_bytes"]));
    }

    [Fact]
    public void Before_the_first_event_there_is_no_time_of_the_last() =>
        Assert.DoesNotContain("tracecap_last_event_time_seconds", PrometheusText.Parse((Some with { LastEvent = null, IsUp = false }).ToString()).Keys);

    [Fact]
    public void Values_of_labels_are_escaped() =>
        Assert.Equal(1, PrometheusText.Parse(new MetricsText().Family("a_total", "Help \\ of\na.").Sample(1, ("l", "\"\\\n")).ToString())["a_total{l=\"\\\"\\\\\\n\"}"]);

    [Fact]
    public void Promtool_has_nothing_against_it()
    {
        var program = ((string[])["/usr/bin/promtool", Repository.File("tests/vm/tools/usr/bin/promtool")]).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "promtool is not there: tests/vm/vmtools unpacks it (Debian package prometheus)");
        using var promtool = Process.Start(new ProcessStartInfo(program, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        promtool.StandardInput.Write(Some.ToString());
        promtool.StandardInput.Close();
        var said = promtool.StandardOutput.ReadToEnd() + promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        Assert.Equal((0, ""), (promtool.ExitCode, said));
    }

    [Fact]
    public void The_file_is_replaced_as_a_whole_and_everybody_may_read_it()
    {
        var file = new MetricsFile(Target);
        file.Write("# HELP tracecap_up first\n");
        using var reader = new FileStream(Target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Write("# HELP tracecap_up second\n");
        new MetricsFile(Target).Write("# HELP tracecap_up third\n");

        Assert.Equal("# HELP tracecap_up first\n", new StreamReader(reader).ReadToEnd());
        Assert.Equal("# HELP tracecap_up third\n", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(Target));
        }
    }

    /// <summary>Who owns the folder above may rename it, and put a link in its place.</summary>
    [Fact]
    public void A_link_in_the_place_of_the_folder_leads_nowhere_else()
    {
        var (own, moved, other) = (Path.Combine(folder, "own"), Path.Combine(folder, "moved"), Path.Combine(folder, "elsewhere"));
        Directory.CreateDirectory(own);
        Directory.CreateDirectory(other);
        using var file = new MetricsFile(Path.Combine(own, "tracecap.prom"));
        file.Write("# HELP tracecap_up first\n");
        Directory.Move(own, moved);
        Directory.CreateSymbolicLink(own, other);
        file.Write("# HELP tracecap_up second\n");

        Assert.Empty(Directory.GetFileSystemEntries(other));
        Assert.Equal("# HELP tracecap_up second\n", File.ReadAllText(Path.Combine(moved, "tracecap.prom")));
    }

    [Fact]
    public void What_went_wrong_has_the_name_that_the_user_gave()
    {
        using var file = new MetricsFile("/proc/tracecap.prom");
        Assert.StartsWith("/proc/tracecap.prom: ", Assert.ThrowsAny<Exception>(() => file.Write("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_neither_followed_nor_replaced_and_nothing_else_is()
    {
        var other = Path.Combine(folder, "other");
        File.WriteAllText(other, Other);
        File.CreateSymbolicLink(Target, other);
        foreach (var path in new[] { Target, other, "/dev/null", folder })
        {
            Assert.Equal($"{path} is there already, and no file of metrics", Assert.Throws<IOException>(() => new MetricsFile(path).Write("")).Message);
        }

        Assert.Equal(Other, File.ReadAllText(other));
        Assert.Equal(other, new FileInfo(Target).LinkTarget);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder).Length);
    }
}
