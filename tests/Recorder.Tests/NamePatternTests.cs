using System.IO.Compression;
using TraceCap.Format.Blocks;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Flight;

namespace TraceCap.Recorder.Tests;

/// <summary>The names of a series of files.</summary>
public sealed class NamePatternTests : IDisposable
{
    private const ulong Time = 1_769_903_940_999_999_999;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("run.tcap", "run.tcap")]
    [InlineData("%h-%t-%n.tcap", "web1-20260131T235900Z-000042.tcap")]
    [InlineData("%h/100%%%n", "web1/100%000042")]
    [InlineData("%%n", "%n")]
    public void It_is_filled_in(string pattern, string expected) =>
        Assert.Equal(expected, NamePattern.Parse(pattern, "web1").Format(Time, 42));

    [Theory]
    [InlineData("a%qb", 1)]
    [InlineData("100%", 3)]
    [InlineData("%n/run.tcap", 0)]
    [InlineData("%h/%t/run", 3)]
    public void A_mistake_is_pointed_at(string pattern, int character) => Assert.EndsWith(
        $"\n  {pattern}\n  {new string(' ', character)}^",
        Assert.Throws<FormatException>(() => NamePattern.Parse(pattern, "web1")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Only_files_of_the_series_are_deleted_and_numbers_go_on()
    {
        foreach (var name in new[] { "web1-000009.tcap", "web1-000010.tcap", "web1-000011.tcap", "web2-000001.tcap", "web1-1.tcap", "web1-000001.tcap.gz", "web1-000011.tcap.zst", "web1-000002.tcap.orig" })
        {
            using var earlier = File.Create(Path.Combine(folder, name));
            earlier.Write(name.EndsWith(".zst", StringComparison.Ordinal) ? [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0] : name.EndsWith(".gz", StringComparison.Ordinal) ? Pack(BlockHeader.Magic) : BlockHeader.Magic);
        }

        var files = new CaptureFiles(NamePattern.Parse(Path.Combine(folder, "%h-%n.tcap"), "web1"), force: false, keep: 2);
        using (var next = files.Create(Time)!)
        {
            next.Write(BlockHeader.Magic);
        }

        files.Prune();

        Assert.Equal(
            ["web1-000002.tcap.orig", "web1-000011.tcap", "web1-000011.tcap.zst", "web1-000012.tcap", "web1-1.tcap", "web2-000001.tcap"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Numbers_go_on_from_a_file_that_was_packed()
    {
        File.WriteAllBytes(Path.Combine(folder, "000041.xz"), [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 4]);
        using var file = new CaptureFiles(NamePattern.Parse(Path.Combine(folder, "%n"), "web1"), force: false, keep: null).Create(Time)!;

        Assert.EndsWith("/000042", file.Path, StringComparison.Ordinal);
    }

    private static byte[] Pack(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    [Fact]
    public void A_second_without_a_number_has_one_file()
    {
        var files = new CaptureFiles(NamePattern.Parse(Path.Combine(folder, "%t"), "web1"), force: true, keep: null);
        using var first = files.Create(Time)!;

        Assert.Null(files.Create(Time));
        using var second = files.Create(Time + 1_000_000_000)!;
        Assert.EndsWith("20260131T235901Z", second.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10m", 600, 256L << 20)]
    [InlineData("64M", null, 64L << 20)]
    [InlineData("1.5h,512K", 5400, 512L << 10)]
    [InlineData("1G,30s", 30, 1L << 30)]
    public void Limits_are_told_apart_by_their_units(string text, int? seconds, long bytes)
    {
        var limits = FlightLimits.Parse(text);
        Assert.Equal((seconds, bytes), ((int?)limits.Time?.TotalSeconds, limits.Bytes));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("10", 0)]
    [InlineData("10m,", 4)]
    [InlineData("10m,5s", 4)]
    [InlineData("64M,x", 4)]
    public void Wrong_limits_are_pointed_at(string text, int character) => Assert.EndsWith(
        $"\n  {text}\n  {new string(' ', character)}^", Assert.Throws<FormatException>(() => FlightLimits.Parse(text)).Message, StringComparison.Ordinal);
}
