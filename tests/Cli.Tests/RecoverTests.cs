using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

public sealed class RecoverTests : IDisposable
{
    private static readonly byte[] Nginx = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    /// <summary>What is in it: <c>9,000 events in 2 chunks</c>.</summary>
    private static readonly string Whole = Describe(Nginx);

    private string Output => Path.Combine(folder, "recovered.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_capture_that_was_cut_short_becomes_whole_and_says_what_is_missing()
    {
        var cut = Nginx[..(Nginx.Length * 9 / 10)];
        var result = Tracecap.Run(cut, "recover", "-", "-o", Output);

        Assert.Equal(3, result.Code);
        Assert.Empty(result.Output);
        Assert.Matches(@"\ntracecap: .*recovered\.tcap: [\d,]+ events in \d+ chunks?; missing: [\d,]+ events? or more, 0 blocks, [\d,]+ bytes that cannot be read; truncated: it ended without a footer, and what followed 2026-\d\d-\d\dT[\d:.]+Z is unknown\n$", result.Error);
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
        var replay = Tracecap.Run("replay", "-t", Output);
        Assert.Equal(0, replay.Code);
        Assert.Equal(Tracecap.Run(cut, "replay", "-t", "-").Text, replay.Text);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Output));
        }
    }

    [Fact]
    public void That_a_capture_ended_at_a_block_without_a_footer_is_told_from_then_on()
    {
        using var whole = new MemoryStream(Nginx);
        var reader = new CaptureReader(whole);
        while (reader.Read() && reader.Footer is null)
        {
        }

        var result = Tracecap.Run(Nginx[..(int)reader.Offset], "recover", "-", "-o", Output);
        const string unknown = @"truncated: it ended without a footer, and what followed 2026-\d\d-\d\dT[\d:.]+Z is unknown\n";

        Assert.Equal(3, result.Code);
        Assert.Matches($@"recovered\.tcap: {Whole}; nothing of that is missing; {unknown}$", result.Error);
        var verified = Tracecap.Run("verify", Output);
        Assert.Equal(0, verified.Code);
        Assert.Matches($"ok, {Whole}; {unknown}", verified.Text);
        var info = Tracecap.Run("info", Output).Text;
        Assert.Matches("\nended       " + unknown, info);
        Assert.Contains("\nstate       recovered after it was truncated\n", info, StringComparison.Ordinal);
        Assert.Matches($"recovered\\.tcap: {unknown}", Tracecap.Run("summary", Output).Error);
        Assert.Matches($"recovered\\.tcap: {unknown}", Tracecap.Run("replay", Output).Error);
    }

    [Fact]
    public void A_sound_capture_stays_as_it_is_and_ends_with_0()
    {
        var result = Tracecap.Run("recover", "nginx.tcap", "-o", Output);

        Assert.Equal((0, ""), (result.Code, result.Text));
        Assert.Equal($"tracecap: {Output}: {Whole}; nothing is missing\n", result.Error);
        Assert.Equal(Nginx.Length, new FileInfo(Output).Length);
    }

    [Fact]
    public void A_capture_that_contradicts_itself_becomes_sound_and_says_what_was_changed()
    {
        using var file = new MemoryStream();
        var writer = new CaptureWriter(file, new CaptureHeader { Probes = "kprobe" }) { Watermark = 50 };
        writer.Append(new TcpEvent { Timestamp = 60, Sequence = 1, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.CloseChunk();
        writer.Append(new TcpEvent { Timestamp = 40, Sequence = 1, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.Complete("end of test", null);
        Assert.Equal(3, Tracecap.Run(file.ToArray(), "verify", "-").Code);

        var result = Tracecap.Run(file.ToArray(), "recover", "-", "-o", Output);
        Assert.Equal(3, result.Code);
        Assert.Equal(
            $"tracecap: {Output}: events are earlier than the watermarks before them; these are lowered\n"
            + $"tracecap: {Output}: 1 event had a sequence number that the same CPU gave to another event; now without one\n"
            + $"tracecap: {Output}: 2 events in 2 chunks; nothing is missing\n", result.Error);
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
    }

    [Fact]
    public void Nothing_is_left_behind_if_there_is_nothing_to_recover()
    {
        var nothing = Tracecap.Run(Nginx[..100], "recover", "-", "-o", Output);
        Assert.Equal(1, nothing.Code);
        Assert.Equal("tracecap: standard input: there is nothing to recover: not even the header is complete\n", nothing.Error);

        Assert.Equal(1, Tracecap.Run("hello"u8.ToArray(), "recover", "-", "-o", Output).Code);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_pipe_gets_what_the_file_would_hold()
    {
        var result = Tracecap.Run(Nginx, "recover", "-", "-o", "-");

        Assert.Equal(0, result.Code);
        Assert.Equal(0, Tracecap.Run(result.Output, "verify", "-").Code);
    }

    [Fact]
    public void What_it_reads_is_never_replaced_by_whatever_path()
    {
        var input = Path.Combine(folder, "input.tcap");
        var symbolic = Path.Combine(folder, "symbolic.tcap");
        var hard = Path.Combine(folder, "hard.tcap");
        File.WriteAllBytes(input, Nginx);
        File.CreateSymbolicLink(symbolic, input);
        System.Diagnostics.Process.Start("ln", [input, hard])!.WaitForExit();
        foreach (var path in new[] { input, symbolic, hard, Path.Combine(folder, ".", "input.tcap") })
        {
            var result = Tracecap.Run("recover", input, "-o", path, "--force");
            Assert.Equal(1, result.Code);
            Assert.Equal($"tracecap: {path} is the same file as the input {input}; a capture cannot replace what it is made of\n", result.Error);
        }

        Assert.Equal(Nginx, File.ReadAllBytes(input));
        Assert.Equal(3, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void What_is_there_is_replaced_only_by_force_and_through_links()
    {
        var linked = Path.Combine(folder, "linked.tcap");
        File.WriteAllText(linked, "precious");
        File.CreateSymbolicLink(Output, linked);

        var refused = Tracecap.Run("recover", "nginx.tcap", "-o", Output);
        Assert.Equal(1, refused.Code);
        Assert.Equal("precious", File.ReadAllText(linked));

        Assert.Equal(0, Tracecap.Run("recover", "nginx.tcap", "-o", Output, "--force").Code);
        Assert.Equal(linked, new FileInfo(Output).LinkTarget);
        Assert.Equal(0, Tracecap.Run("verify", linked).Code);
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        var device = FullDevice.In(folder);
        var result = Tracecap.Run("recover", "nginx.tcap", "-o", device, "--force");

        Assert.Equal((1, $"tracecap: {device}: No space left on device\n"), (result.Code, result.Error));
        Assert.True(FullDevice.Is(device));
    }

    private static string Describe(byte[] capture)
    {
        var reader = new CaptureReader(new MemoryStream(capture));
        var (events, chunks) = (0, 0);
        while (reader.Read())
        {
            (events, chunks) = (events + reader.Events.Length, chunks + (reader.Events.Length > 0 ? 1 : 0));
        }

        return FormattableString.Invariant($"{events:N0} events in {chunks} chunks");
    }
}
