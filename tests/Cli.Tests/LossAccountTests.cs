using System.Globalization;
using System.Text.Json;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>All commands say the same number of events, and of those that were lost.</summary>
[Collection(nameof(Alone))]
public sealed class LossAccountTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Samples =>
        [.. Directory.GetFiles(Repository.File("samples/captures"), "*.tcap").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Of_a_sample_all_commands_say_as_many(string sample) => AssertSame(Repository.File($"samples/captures/{sample}"));

    [Fact]
    public void Of_a_recording_whose_cgroup_is_named_before_its_first_chunk_all_commands_say_as_many()
    {
        LiveRecorder.SkipUnlessRoot();
        var capture = Path.Combine(folder, "run.tcap");
        using (var recorder = LiveRecorder.Start("-o", capture, "-p", LiveRecorder.Text(Environment.ProcessId)))
        {
            Loopback.Churn(100);
            LiveRecorder.End(recorder);
        }

        Assert.NotEmpty(LiveRecorder.Info(capture).GetProperty("cgroups").EnumerateArray());
        Assert.Equal((600ul, 0ul), AssertSame(capture));
    }

    /// <summary>As after a full disk: what was lost before a file could be begun is for that file to tell.</summary>
    [Fact]
    public void What_was_lost_before_a_file_began_all_commands_tell_and_so_does_a_cut_of_it()
    {
        const ulong begin = 100_000_000_000;
        var (capture, cut) = (Path.Combine(folder, "next.tcap"), Path.Combine(folder, "cut.tcap"));
        using (var file = File.Create(capture))
        {
            var writer = new CaptureWriter(file, new CaptureHeader { Start = new ClockAnchor(begin, begin, 2 * begin) })
            {
                Watermark = begin - 1_000,
                LossCounters = new LossCounters(12, 4, 3, 0, 5),
            };
            writer.Complete("stopped by a signal", new ClockAnchor(begin + 1, begin + 1, (2 * begin) + 1));
        }

        Assert.Equal((12ul, 12ul), AssertSame(capture));
        Assert.Equal(0, Tracecap.Run("cut", capture, "--from", "0", "-o", cut).Code);
        Assert.Equal((12ul, 12ul), AssertSame(cut));
        Assert.Contains("12 of 12 events", Tracecap.Run("summary", capture, "--from", "0").Text, StringComparison.Ordinal);
    }

    /// <summary>What they all say.</summary>
    internal static (ulong Emitted, ulong Lost) AssertSame(string capture)
    {
        var ledger = LiveRecorder.Info(capture).GetProperty("ledger");
        var info = (Number(ledger, "emitted"), Number(ledger, "lost"));
        var recordings = Json("summary", "--json", capture).RootElement.GetProperty("recordings").EnumerateArray().ToArray();
        Assert.Equal(info, (Sum(recordings, "events_emitted"), Sum(recordings, "events_lost")));
        Assert.Equal(0, Tracecap.Run("check", capture, "--expect", $"emitted == {Text(info.Item1)}", "--expect", $"lost == {Text(info.Item2)}").Code);
        Assert.Equal(1, Tracecap.Run("check", capture, "--expect", $"emitted > {Text(info.Item1)}").Code);
        Assert.Contains($" of {info.Item1.ToString("N0", CultureInfo.InvariantCulture)} events", Tracecap.Run("summary", capture).Text, StringComparison.Ordinal);
        return info;
    }

    private static ulong Sum(JsonElement[] recordings, string name) => recordings.Aggregate(0ul, (sum, recording) => sum + Number(recording, name));

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static ulong Number(JsonElement of, string name) => of.GetProperty(name).GetUInt64();

    private static JsonDocument Json(params string[] arguments) => JsonDocument.Parse(Tracecap.Run(arguments).Output);
}
