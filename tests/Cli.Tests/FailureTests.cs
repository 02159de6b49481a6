using System.Diagnostics;

namespace TraceCap.Cli.Tests;

/// <summary>Disks that fill up and folders that vanish: it is told, and what was written can be read.</summary>
[Collection(nameof(Alone))]
public sealed class FailureTests : IDisposable
{
    private const int Connections = 40_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private readonly string disk;
    private bool mounted;

    public FailureTests() => disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;

    public void Dispose()
    {
        if (mounted)
        {
            Process.Start("umount", ["--lazy", disk])!.WaitForExit();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_full_disk_ends_it_and_the_file_counts_what_it_could_not_take()
    {
        MountDisk("300k");
        var capture = Path.Combine(disk, "run.tcap");
        using var recorder = LiveRecorder.Start("-o", capture, "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(Connections);
        recorder.WaitForExit();

        Assert.Equal(1, recorder.ExitCode);
        var said = recorder.StandardError.ReadToEnd();
        Assert.Matches(@"^tracecap: recording ended: .*/run\.tcap: No space left on device; make room, or have the oldest files deleted \(--keep\); of [\d,]+ events, [\d,]+ were written before and can be read; LOST [\d,]+ \(.*dropped [\d,]+\).*\n$", said);
        var section = LiveRecorder.Info(capture);
        Assert.Equal($"{capture}: No space left on device; make room, or have the oldest files deleted (--keep)", section.GetProperty("end_reason").GetString());
        var ledger = section.GetProperty("ledger");
        Assert.True(LiveRecorder.Number(ledger.GetProperty("dropped")) > 0);
        Assert.Contains(FormattableString.Invariant($"; LOST {LiveRecorder.Number(ledger.GetProperty("lost")):N0} ("), said, StringComparison.Ordinal);
        Assert.Equal(
            LiveRecorder.Number(ledger.GetProperty("emitted")),
            LiveRecorder.Number(section.GetProperty("events")) + LiveRecorder.Number(ledger.GetProperty("lost")));
        Assert.Equal(0, Tracecap.Run("verify", capture).Code);
    }

    [Fact]
    public void Told_to_keep_going_it_counts_the_lost_events_in_the_next_file()
    {
        MountDisk("300k");
        using var recorder = LiveRecorder.Start("-o", Path.Combine(disk, "run-%n.tcap"), "--keep-going", "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(Connections);
        Assert.EndsWith("going on with the next file", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        var first = Path.Combine(disk, "run-000001.tcap");
        var moved = Path.Combine(folder, "moved.tcap");
        File.Move(first, moved);
        Assert.Matches(@"recording goes on in .*run-000002\.tcap, which counts [\d,]+ events as dropped(, and [\d,]+ as lost in the kernel)?$", recorder.StandardError.ReadLine());
        Loopback.Churn(10);
        var said = LiveRecorder.End(recorder);

        var files = new[] { moved }.Concat(Directory.GetFiles(disk).Order(StringComparer.Ordinal)).ToArray();
        var sections = files.Select(LiveRecorder.Info).ToArray();
        Assert.True(LiveRecorder.Number(sections[1].GetProperty("ledger").GetProperty("dropped")) > 0);
        var lost = sections.Aggregate(0ul, (sum, section) => sum + LiveRecorder.Number(section.GetProperty("ledger").GetProperty("lost")));
        Assert.Contains(FormattableString.Invariant($"LOST {lost:N0} ("), said, StringComparison.Ordinal);
        Assert.Equal(6ul * (Connections + 10), sections.Aggregate(0ul, (sum, section) =>
            sum + LiveRecorder.Number(section.GetProperty("events")) + LiveRecorder.Number(section.GetProperty("ledger").GetProperty("lost"))));
        Assert.Equal(0, Tracecap.Run("verify", files[^1]).Code);
    }

    [Theory]
    [InlineData("8M")]
    [InlineData("4K")]
    public void Whatever_file_a_disk_fills_up_in_each_accounts_for_its_events_and_all_for_all(string buffer)
    {
        MountDisk("128k");
        using var recorder = LiveRecorder.Start(
            "-o", Path.Combine(disk, "run-%n.tcap"), "--rotate-size", "64K", "--keep-going", "--buffer", buffer, "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(Connections);
        Assert.EndsWith("going on with the next file", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        File.Move(Path.Combine(disk, "run-000001.tcap"), Path.Combine(folder, "run-000001.tcap"));
        Assert.Matches(@"recording goes on in .*, which counts [\d,]+ events as dropped(, and [\d,]+ as lost in the kernel)?$", recorder.StandardError.ReadLine());
        Loopback.Churn(10);
        var said = LiveRecorder.End(recorder);

        var files = Directory.GetFiles(folder, "*.tcap", SearchOption.AllDirectories);
        Assert.InRange(files.Length, 3, int.MaxValue);
        Assert.All(files, file => Assert.Equal((0, ""), (Tracecap.Run("verify", file).Code, Tracecap.Run("verify", file).Error)));
        var sections = files.Select(LiveRecorder.Info).ToArray();
        Assert.All(sections, section => Assert.Equal(0, section.GetProperty("ledger").GetProperty("unaccounted").GetInt64()));
        Assert.Equal(6ul * (Connections + 10), Sum(section => section.GetProperty("ledger").GetProperty("emitted")));
        Assert.Contains(FormattableString.Invariant($": {Sum(section => section.GetProperty("events")):N0} events (C "), said, StringComparison.Ordinal);

        ulong Sum(Func<System.Text.Json.JsonElement, System.Text.Json.JsonElement> value) =>
            sections.Aggregate(0ul, (sum, section) => sum + LiveRecorder.Number(value(section)));
    }

    [Fact]
    public void A_folder_that_vanished_is_told()
    {
        var capture = Path.Combine(disk, "run.tcap");
        using var recorder = LiveRecorder.Start("-o", capture);
        Directory.Delete(disk, recursive: true);
        recorder.WaitForExit();

        Assert.Equal(1, recorder.ExitCode);
        Assert.StartsWith($"tracecap: recording ended: {capture} was deleted, or its folder was; of ", recorder.StandardError.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_next_file_that_cannot_be_created_ends_it_with_the_one_before_complete()
    {
        var files = Enumerable.Range(1, 3).Select(number => Path.Combine(disk, $"run-{number:D6}.tcap")).ToArray();
        using var recorder = LiveRecorder.Start("-o", Path.Combine(disk, "run-%n.tcap"), "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(5);
        LiveRecorder.Signal(recorder, "HUP");
        while (!File.Exists(files[1]))
        {
            Assert.False(recorder.HasExited);
        }

        // What happened before the second file began is drained before the third one is due.
        FileModes.Set(disk, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        LiveRecorder.Signal(recorder, "HUP");
        recorder.WaitForExit();

        Assert.Equal(1, recorder.ExitCode);
        Assert.Contains("run-000003.tcap", recorder.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(30ul, LiveRecorder.Number(LiveRecorder.Info(files[0]).GetProperty("events")) + LiveRecorder.Number(LiveRecorder.Info(files[1]).GetProperty("events")));
        Assert.Equal(0, Tracecap.Run("verify", files[0], files[1]).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_somebody_cut_is_told_and_given_up(bool keepGoing)
    {
        var first = Path.Combine(disk, "run-000001.tcap");
        using var recorder = LiveRecorder.Start(["-o", Path.Combine(disk, "run-%n.tcap"), .. keepGoing ? new[] { "--keep-going" } : [], "-p", LiveRecorder.Text(Environment.ProcessId)]);
        using (var other = new FileStream(first, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            other.SetLength(0);
        }

        var said = recorder.StandardError.ReadLine();
        if (keepGoing)
        {
            Assert.Equal($"tracecap: {first} was cut to 0 bytes by another process; going on with the next file", said);
            Assert.Contains("recording goes on in ", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
            Loopback.Churn(1);
            LiveRecorder.End(recorder);
            Assert.Equal(0, Tracecap.Run("verify", Path.Combine(disk, "run-000002.tcap")).Code);
        }
        else
        {
            Assert.StartsWith($"tracecap: recording ended: {first} was cut to 0 bytes by another process; of ", said, StringComparison.Ordinal);
            recorder.WaitForExit();
            Assert.Equal(1, recorder.ExitCode);
        }

        Assert.Equal(0, new FileInfo(first).Length);
    }

    /// <summary>The managed host needs more than the recorder: only the published executable can do it.</summary>
    [Fact]
    public void Whatever_number_of_files_it_may_open_it_records_or_says_what_is_missing()
    {
        LiveRecorder.SkipUnlessRoot();
        Assert.SkipUnless(Tracecap.IsPublished, "TRACECAP does not name the published executable");
        foreach (var most in new[] { 4, 5, 8, 16, 22, 32, 48, 63, 64, 96 })
        {
            var result = Shell.Run($"ulimit -n {most}; exec tracecap record -q -o {disk}/{most}.tcap -d 0.05");
            Assert.Equal(
                most < 64 ? (1, $"tracecap: this process may have {most} open files, and recording takes 64; raise the limit, such as by ulimit -n 1024\n") : (0, ""),
                (result.Code, result.Error));
            Assert.Equal(most >= 64, File.Exists($"{disk}/{most}.tcap"));
        }
    }

    [Fact]
    public void A_file_that_may_not_grow_ends_it_with_what_it_has()
    {
        LiveRecorder.SkipUnlessAllowed();
        Assert.SkipUnless(Tracecap.IsPublished, "the managed host does not start under such a limit");
        var capture = Path.Combine(disk, "run.tcap");
        using var recorder = Process.Start(new ProcessStartInfo(
            "bash", ["-c", $"ulimit -f 8; exec {Tracecap.Path} record -o {capture} -p {LiveRecorder.Text(Environment.ProcessId)}"])
        { RedirectStandardError = true })!;
        LiveRecorder.AwaitBegin(recorder);
        Loopback.Churn(Connections);
        recorder.WaitForExit();

        Assert.Equal(1, recorder.ExitCode);
        Assert.Contains($"recording ended: {capture}: File too large; begin the next file before (--rotate-size); of ", recorder.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(0, Tracecap.Run("verify", capture).Code);
        Assert.InRange(new FileInfo(capture).Length, 1, 8 << 10);
    }

    [Fact]
    public void After_a_full_disk_every_command_tells_what_the_next_file_lost_and_so_does_a_cut()
    {
        MountDisk("300k");
        using var recorder = LiveRecorder.Start("-o", Path.Combine(disk, "run-%n.tcap"), "--keep-going", "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(Connections);
        recorder.StandardError.ReadLine();
        File.Move(Path.Combine(disk, "run-000001.tcap"), Path.Combine(folder, "moved.tcap"));
        recorder.StandardError.ReadLine();
        Loopback.Churn(10);
        LiveRecorder.End(recorder);

        // The first one may have had no room for its footer.
        var files = Directory.GetFiles(disk).Order(StringComparer.Ordinal).ToArray();
        Assert.True(files.Sum(file => (long)LossAccountTests.AssertSame(file).Lost) > 0);
        var next = files[^1];
        var cut = Path.Combine(folder, "cut.tcap");
        Assert.Equal(0, Tracecap.Run("cut", next, "--from", "0", "-o", cut).Code);
        Assert.Equal(LossAccountTests.AssertSame(next), LossAccountTests.AssertSame(cut));
    }

    private void MountDisk(string size)
    {
        LiveRecorder.SkipUnlessRoot();
        using var mount = Process.Start("mount", ["-t", "tmpfs", "-o", $"size={size}", "none", disk])!;
        mount.WaitForExit();
        mounted = mount.ExitCode == 0;
        Assert.SkipUnless(mounted, "no file system may be mounted here");
    }
}
