using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>A recording around a command: what of the host it is of, and how the command runs in it.</summary>
[Collection(nameof(Alone))]
public sealed class CommandTests : IDisposable
{
    /// <summary>Connections to a listener of its own, made by children of every kind, that the command does not wait for.</summary>
    private const string Family = """
        import os, socket, sys
        each = int(sys.argv[1])
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        def connect():
            for _ in range(each):
                socket.create_connection(listener.getsockname()).close()
        def serve():
            for _ in range(30 * each):
                listener.accept()[0].close()
        def child(work):
            if os.fork() == 0:
                work()
                os._exit(0)
        def session():
            os.setsid()
            connect()
        def daemon(work):
            def between():
                os.setsid()
                child(work)
            child(between)
        daemon(serve)
        for _ in range(10):
            child(connect)
            child(session)
            daemon(connect)
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public CommandTests() => File.WriteAllText(FamilyFile, Family);

    private string Capture => Path.Combine(folder, "run.tcap");

    private string FamilyFile => Path.Combine(folder, "family.py");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task All_connections_of_all_its_descendants_are_recorded_and_no_others()
    {
        LiveRecorder.SkipUnlessRoot();
        using var done = new CancellationTokenSource();
        var noise = Task.Run(() =>
        {
            var made = 0;
            for (; !done.IsCancellationRequested; made += 10)
            {
                Loopback.Churn(10);
            }

            return made;
        });
        var result = Record("-q", "-o", Capture, "--", "python3", FamilyFile, "10");
        await done.CancelAsync();

        Assert.Equal((0, "", ""), (result.Code, result.Text, result.Error));
        Assert.True(await noise > 0);
        var rows = Rows(Capture);
        var server = Assert.Single(rows.Where(row => Text(row, "event.name") == "tcp.accept").Select(row => LiveRecorder.Number(row.GetProperty("network.local.port"))).Distinct());
        Assert.All(rows, row => Assert.True(
            LiveRecorder.Number(row.GetProperty("network.local.port")) == server || LiveRecorder.Number(row.GetProperty("network.peer.port")) == server));
        var types = rows.CountBy(row => Text(row, "event.name")).ToDictionary();
        Assert.Equal((300, 300, 600), (types["tcp.connect"], types["tcp.accept"], types["tcp.close"]));
        var check = Tracecap.Run("check", Capture, "--expect", "opened == 300", "--expect", "accepted == 300", "--expect", "failed == 0", "--expect", "lost == 0");
        Assert.True(check.Code == 0, check.Text);
        Assert.Empty(Cgroups());
    }

    [Fact]
    public void Two_at_a_time_do_not_see_each_other()
    {
        LiveRecorder.SkipUnlessRoot();
        var captures = new[] { 1, 2, 3 }.Select(each => (Each: each, Path: Path.Combine(folder, $"{each}.tcap"))).ToArray();
        var runs = captures.Select(capture => Task.Run(() => Record("-q", "-o", capture.Path, "--", "python3", FamilyFile, $"{capture.Each}"))).ToArray();
        Assert.All(runs, run => Assert.Equal((0, ""), (run.Result.Code, run.Result.Error)));
        Assert.Equal(captures.Select(capture => capture.Each * 30), captures.Select(capture => Rows(capture.Path).Count(row => Text(row, "event.name") == "tcp.connect")));
        Assert.Empty(Cgroups());
    }

    [Fact]
    public void Recorders_within_a_recorded_command_see_their_own_part()
    {
        LiveRecorder.SkipUnlessRoot();
        var inner = Path.Combine(folder, "inner.tcap");
        var result = Record("-q", "-o", Capture, "--", "/bin/sh", "-c", $"python3 {FamilyFile} 1; {Tracecap.Path} record -q -o {inner} -- python3 {FamilyFile} 2");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal((90, 60), (Rows(Capture).Count(row => Text(row, "event.name") == "tcp.connect"), Rows(inner).Count(row => Text(row, "event.name") == "tcp.connect")));
        Assert.Empty(Cgroups());
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public void Its_exit_code_is_passed_on_and_told(string script, int code)
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Record("-o", Capture, "--", "/bin/sh", "-c", script);
        Assert.Equal(code, result.Code);
        Assert.Matches(@"^tracecap: recording to .*run\.tcap until the command and all that it starts have ended\ntracecap: .*run\.tcap: 0 events in [\d.]+ s, none lost, .*\n$", result.Error);
        var info = LiveRecorder.Info(Capture);
        Assert.Equal($"/bin/sh -c '{script}'", info.GetProperty("options").GetProperty("command").GetString());
        Assert.Contains($"ended       the command ended with {code}\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    [Theory]
    [InlineData("no-such-program", 127, "no-such-program: there is no such program in PATH")]
    [InlineData("./no/such", 127, "./no/such: there is no such program")]
    [InlineData("/", 126, "/ is a folder, not a program")]
    [InlineData("/etc/passwd", 126, "/etc/passwd cannot be run: Permission denied")]
    public void What_cannot_be_run_is_told_and_leaves_nothing(string program, int code, string message)
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Record("-o", Capture, "--", program, "argument");
        Assert.Equal((code, "", $"tracecap: {message}\n"), (result.Code, result.Text, result.Error));
        Assert.False(File.Exists(Capture));
        Assert.Empty(Cgroups());
    }

    [Fact]
    public void What_fails_only_when_it_is_run_is_told()
    {
        LiveRecorder.SkipUnlessRoot();
        var script = Path.Combine(folder, "script");
        File.WriteAllText(script, "#!/no/such/interpreter\n");
        FileModes.Set(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var result = Record("-q", "-o", Capture, "--", script);
        Assert.Equal((126, $"tracecap: {script} cannot be run: No such file or directory\n"), (result.Code, result.Error));
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);

        // A script that does not say what it is for is for the shell.
        File.Delete(script);
        File.WriteAllText(script, "echo \"$0\" \"$1\"; exit 4");
        FileModes.Set(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        result = Record("-q", "--force", "-o", Capture, "--", script, "a b");
        Assert.Equal((4, $"{script} a b\n"), (result.Code, result.Text));
    }

    [Fact]
    public void Its_streams_are_those_of_the_recorder()
    {
        LiveRecorder.SkipUnlessRoot();
        byte[] input = [.. Enumerable.Range(0, 1 << 20).Select(number => (byte)(number * 7))];
        var result = Tracecap.Run(input, "record", "-q", "-o", Capture, "--", "/bin/sh", "-c", "cat; echo said >&2");
        Assert.Equal(input, result.Output);
        Assert.Equal((0, "said\n"), (result.Code, result.Error));
    }

    /// <summary>Run directly and run by the recorder, it prints the same: words of any bytes, environment, folder, descriptors, limits,
    /// and what signals do.</summary>
    [Theory]
    [InlineData("", @"printf '%s|' $'\xff\xfe' '' 'a b' $'line\nfeed' -d --wait -- @x '[x]'")]
    [InlineData(@"export ODD=$'\xff\n' EMPTY=; unset _;", "bash -c 'unset _ SHLVL; env -0 | sort -z'")]
    [InlineData("cd /usr/lib; umask 027;", "sh -c 'pwd -P; umask; nice; cat /proc/self/oom_score_adj'")]
    [InlineData("exec 7</dev/null 9>/dev/null;", "python3 -c 'import os; print(sorted(int(fd) for fd in os.listdir(\"/proc/self/fd\")))'")]
    [InlineData("exec 0<&-;", "python3 -c 'import os; print(os.listdir(\"/proc/self/fd\"))'")]
    [InlineData("trap '' INT QUIT HUP USR1;", "env --default-signal=PIPE grep -E 'Sig(Ign|Blk)|ShdPnd' /proc/self/status")]
    [InlineData("", "env --default-signal=PIPE grep -E 'Sig(Ign|Blk)|Cap|NoNewPrivs|Uid|Gid|Groups' /proc/self/status")]
    [InlineData("", "python3 -c 'import os; print(os.getpgid(0) == os.getpgid(os.getppid()), os.getsid(0) == os.getsid(os.getppid()))'")]
    public void It_runs_as_without_the_recorder(string before, string command)
    {
        LiveRecorder.SkipUnlessRoot();
        var direct = Shell.Run($"{before} {command}");
        var recorded = Shell.Run($"{before} tracecap record -q -o {Capture} -- {command}");
        Assert.Equal((0, ""), (recorded.Code, recorded.Error));
        Assert.Equal(Convert.ToHexString(direct.Output), Convert.ToHexString(recorded.Output));
        Assert.NotEmpty(direct.Output);
    }

    [Fact]
    public void Limits_and_SIGPIPE_are_as_they_were_before_the_runtime_changed_them()
    {
        LiveRecorder.SkipUnlessRoot();
        Assert.SkipUnless(Tracecap.IsPublished, "only the executable is there before the runtime");
        const string command = "sh -c 'ulimit -Sn; ulimit -Hn; grep SigIgn /proc/self/status'";
        const string before = "ulimit -Sn 100; trap '' PIPE;";
        Assert.Equal(Shell.Run($"{before} {command}").Text, Shell.Run($"{before} tracecap record -q -o {Capture} -- {command}").Text);
    }

    [Fact]
    public void An_exit_code_is_passed_on_although_the_caller_ignores_the_end_of_children()
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Shell.Python($"""
            import signal, subprocess
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            process = subprocess.Popen(["sh", "-c", tracecap + " record -q -o {Capture} -- sh -c 'exit 9'; echo $?"], stdout=subprocess.PIPE)
            print(process.stdout.read().decode())
            """);
        Assert.Equal("9\n\n", result.Text);
    }

    [Fact]
    public void The_table_goes_to_stderr_or_into_a_file_and_stdout_is_the_commands()
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Tracecap.Run("trace", "--", "/bin/sh", "-c", $"echo said; python3 {FamilyFile} 1; exit 3");
        Assert.Equal((3, "said\n"), (result.Code, result.Text));
        var types = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..].CountBy(row => row[0]).ToDictionary();
        Assert.Equal((30, 30, 60), (types['C'], types['A'], types['X']));

        var file = Path.Combine(folder, "rows.csv");
        result = Tracecap.Run("trace", "-o", file, "--", "/bin/sh", "-c", $"echo said; python3 {FamilyFile} 1");
        Assert.Equal((0, "said\n", ""), (result.Code, result.Text, result.Error));
        Assert.Equal(30, File.ReadLines(file).Count(row => row.Contains("tcp.accept", StringComparison.Ordinal)));
        Assert.Equal(1, Tracecap.Run("trace", "-o", file, "--", "true").Code);
        Assert.Equal(0, Tracecap.Run("trace", "-o", file, "--force", "--", "true").Code);
        Assert.Contains("said\n", Tracecap.Run("trace", "-o", "-", "--", "echo", "said").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 5)]
    public void A_recording_that_fails_lets_the_command_go_on_and_is_told_by_the_exit_code_if_that_is_0(int own, int code)
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-o", Capture, "--", "/bin/sh", "-c", $"rm {Capture}; read line; echo $line; exit {own}");
        LiveRecorder.AwaitBegin(recorder);
        Assert.StartsWith($"tracecap: recording ended: {Capture} was deleted", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        Assert.Equal("tracecap: recording has ended; the command goes on, and is waited for", recorder.StandardError.ReadLine());
        recorder.StandardInput.WriteLine("goes on");
        Assert.Equal("goes on\n", recorder.StandardOutput.ReadToEnd());
        recorder.WaitForExit();
        Assert.Equal(code, recorder.ExitCode);
    }

    [Theory]
    [InlineData("-d", "0.1", "the time was over")]
    [InlineData("-n", "1", "the number of events was reached")]
    public void A_recording_that_is_over_before_waits_for_the_command(string option, string value, string reason)
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-o", Capture, option, value, "--", "/bin/sh", "-c", $"python3 {FamilyFile} 1; read line; exit 6");
        LiveRecorder.AwaitBegin(recorder);
        Assert.Contains("run.tcap: ", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        Assert.Equal("tracecap: recording has ended; the command goes on, and is waited for", recorder.StandardError.ReadLine());
        Assert.Contains($"ended       {reason}\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
        recorder.StandardInput.Close();
        recorder.WaitForExit();
        Assert.Equal(6, recorder.ExitCode);
    }

    private static Tracecap.Result Record(params string[] arguments) => Tracecap.Run(["record", .. arguments]);

    private static JsonElement[] Rows(string capture) => [.. Tracecap.Run("replay", "--json", "--all", capture).Text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => JsonDocument.Parse(row).RootElement)
        .Where(row => Text(row, "event.name") != "tcp.ended")];

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    /// <summary>Cgroups of commands whose recorder has ended.</summary>
    private static IEnumerable<string> Cgroups() => Directory.EnumerateDirectories(
        File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).First(mount => mount[2] == "cgroup2")[1], "tracecap-*", SearchOption.AllDirectories)
        .Where(path => int.TryParse(Path.GetFileName(path).Split('-')[1], out var recorder) && !Directory.Exists($"/proc/{recorder}"));
}
