using System.Diagnostics;

namespace TraceCap.Cli.Tests;

/// <summary>A recording around a command: signals, the terminal, and how both end.</summary>
[Collection(nameof(Alone))]
public sealed class CommandEndTests : IDisposable
{
    /// <summary>Says that it is ready, and which signals come, until it is told to end.</summary>
    private const string Listener = """
        import os, signal, sys
        signals = {signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        print("ready", os.getpid(), flush=True)
        while (came := signal.sigwait(signals)) != signal.SIGTERM:
            print(signal.Signals(came).name, flush=True)
        sys.exit(3)
        """;

    /// <summary>What a shell does with a job: tracecap records the listener in a group of its own, in the foreground of a terminal.</summary>
    private const string Job = """
        import os, pty, signal, sys, termios
        master, slave = pty.openpty()
        os.setsid()
        import fcntl
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        job = os.fork()
        if job == 0:
            os.setpgid(0, 0)
            os.tcsetpgrp(slave, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            for fd in range(3):
                os.dup2(slave, fd)
            os.execv(tracecap, ["tracecap", "record", "-q", "-o", capture, "--", "python3", listener])
        terminal = os.fdopen(master, "rb", buffering=0)
        def line():
            text = b""
            while not text.endswith(b"\n"):
                text += terminal.read(1)
            return text.decode().strip()
        def state(pid):
            return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0]
        def wait(pid, wanted):
            while (state(pid) == "T") != wanted:
                pass
        def end():
            _, status = os.waitpid(job, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            # Else the terminal that is closed first would hang up its session.
            os._exit(0)
        command = int(line().split()[1])
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public CommandEndTests() => File.WriteAllText(ListenerFile, Listener);

    private string Capture => Path.Combine(folder, "run.tcap");

    private string ListenerFile => Path.Combine(folder, "listener.py");

    private string Go => Path.Combine(folder, "go");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Signals_are_the_commands_and_it_says_when_it_ends()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-q", "-o", Capture, "--", "python3", ListenerFile);
        Assert.StartsWith("ready", recorder.StandardOutput.ReadLine(), StringComparison.Ordinal);
        foreach (var signal in new[] { "INT", "HUP", "QUIT", "USR1", "USR2", "INT" })
        {
            LiveRecorder.Signal(recorder, signal);
            Assert.Equal($"SIG{signal}", recorder.StandardOutput.ReadLine());
        }

        LiveRecorder.Signal(recorder, "TERM");
        recorder.WaitForExit();
        Assert.Equal((3, ""), (recorder.ExitCode, recorder.StandardError.ReadToEnd()));
        Assert.Contains("ended       the command ended with 3\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flight_recorder_keeps_SIGUSR1_for_itself()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-q", "-o", Path.Combine(folder, "flight-%n.tcap"), "--flight", "1m", "--", "python3", ListenerFile);
        Assert.StartsWith("ready", recorder.StandardOutput.ReadLine(), StringComparison.Ordinal);
        LiveRecorder.Signal(recorder, "USR1");
        while (!File.Exists(Path.Combine(folder, "flight-000001.tcap")))
        {
            Assert.False(recorder.HasExited);
        }

        LiveRecorder.Signal(recorder, "TERM");
        recorder.WaitForExit();
        Assert.Equal((3, ""), (recorder.ExitCode, recorder.StandardOutput.ReadToEnd()));
    }

    [Fact]
    public void Signals_reach_a_command_of_another_user()
    {
        LiveRecorder.SkipUnlessRoot();
        FileModes.Set(folder, (UnixFileMode)0x1ED);
        using var recorder = Tracecap.Start("record", "-q", "-o", Capture, "--as", "nobody", "--", "python3", ListenerFile);
        Assert.StartsWith("ready", recorder.StandardOutput.ReadLine(), StringComparison.Ordinal);
        LiveRecorder.Signal(recorder, "INT");
        Assert.Equal("SIGINT", recorder.StandardOutput.ReadLine());
        LiveRecorder.Signal(recorder, "TERM");
        recorder.WaitForExit();
        Assert.Equal(3, recorder.ExitCode);
    }

    [Fact]
    public void A_signal_that_the_command_does_not_take_ends_both()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-q", "-o", Capture, "--", "/bin/sh", "-c", "echo ready; exec tail -f /dev/null");
        Assert.Equal("ready", recorder.StandardOutput.ReadLine());
        LiveRecorder.Signal(recorder, "INT");
        recorder.WaitForExit();
        Assert.Equal(130, recorder.ExitCode);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    /// <summary>A shell without job control has SIGINT ignored in what it starts in the background.</summary>
    [Fact]
    public void A_command_in_the_background_of_a_script_gets_SIGINT_all_the_same()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Process.Start(new ProcessStartInfo("/bin/sh", [
            "-c", $"{Tracecap.Path} record -q -o {Capture} -- python3 {ListenerFile} & echo $!; wait $!; echo $?"])
        { RedirectStandardOutput = true })!;
        var output = recorder.StandardOutput;
        var pid = output.ReadLine()!;
        Assert.StartsWith("ready", output.ReadLine(), StringComparison.Ordinal);
        Process.Start("kill", ["-INT", pid]).WaitForExit();
        Assert.Equal("SIGINT", output.ReadLine());
        Process.Start("kill", ["-TERM", pid]).WaitForExit();
        Assert.Equal("3", output.ReadLine());
    }

    [Fact]
    public void Control_C_at_a_terminal_comes_once()
    {
        LiveRecorder.SkipUnlessRoot();
        // Signals that are sent on come in their order: the second one would be a second SIGINT before it.
        var result = RunJob("""
            os.write(master, b"\x03")
            came = line()
            os.kill(job, signal.SIGUSR2)
            print(came.removeprefix("^C"), line())
            os.kill(job, signal.SIGTERM)
            end()
            """);
        Assert.Equal((0, "SIGINT SIGUSR2\n3\n", ""), (result.Code, result.Text, result.Error));
        Assert.Contains("ended       the command ended with 3\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_Z_stops_both_and_the_job_goes_on_later()
    {
        LiveRecorder.SkipUnlessRoot();
        var result = RunJob("""
            for _ in range(2):
                os.write(master, b"\x1a")
                _, status = os.waitpid(job, os.WUNTRACED)
                wait(command, True)
                print(os.WIFSTOPPED(status))
                os.killpg(job, signal.SIGCONT)
                wait(job, False)
                wait(command, False)
            os.kill(job, signal.SIGTERM)
            end()
            """);
        Assert.Equal((0, "True\nTrue\n3\n", ""), (result.Code, result.Text, result.Error));
    }

    [Fact]
    public void A_stop_of_the_recorder_alone_stops_the_command_too()
    {
        LiveRecorder.SkipUnlessRoot();
        var result = RunJob("""
            os.kill(job, signal.SIGTSTP)
            _, status = os.waitpid(job, os.WUNTRACED)
            wait(command, True)
            print(os.WIFSTOPPED(status))
            os.kill(job, signal.SIGCONT)
            wait(command, False)
            os.kill(job, signal.SIGTERM)
            end()
            """);
        Assert.Equal((0, "True\n3\n", ""), (result.Code, result.Text, result.Error));
    }

    [Fact]
    public void What_outlives_the_command_is_recorded_until_it_ends()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = StartWithDaemon();
        Assert.StartsWith("tracecap: the command ended with 4; recording goes on until what it started has ended", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        AssertRecordedToItsEnd(recorder, 6);
    }

    [Theory]
    [InlineData("command", "")]
    [InlineData("100ms", "tracecap: the command ended with 4, and what it started still runs: recording ends\n")]
    public void What_outlives_the_command_may_be_left_behind_and_its_cgroup_goes_with_it(string wait, string said)
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = StartWithDaemon("--wait", wait);
        recorder.WaitForExit();
        Assert.Equal(4, recorder.ExitCode);
        Assert.StartsWith(said, recorder.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Contains("ended       the command ended with 4; what it started still ran\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
        var cgroup = CgroupOf(recorder);
        Assert.Contains("populated 1", File.ReadAllText(cgroup + "/cgroup.events"), StringComparison.Ordinal);
        LetGo();
        while (Directory.Exists(cgroup))
        {
            Thread.Yield();
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_signal_after_the_command_ends_the_recording(string signal)
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = StartWithDaemon();
        Assert.StartsWith("tracecap: the command ended with 4", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        LiveRecorder.Signal(recorder, signal);
        recorder.WaitForExit();
        Assert.Equal(4, recorder.ExitCode);
        Assert.Contains("ended       stopped by a signal\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
        LetGo();
    }

    [Fact]
    public void A_recorder_that_is_killed_leaves_the_command_and_no_cgroup()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-q", "-o", Capture, "--", "/bin/sh", "-c", "echo ready; read line; mkdir -p $0/own/below; echo $line", CgroupFolder);
        Assert.Equal("ready", recorder.StandardOutput.ReadLine());
        var cgroup = CgroupOf(recorder);
        Assert.True(Directory.Exists(cgroup));
        recorder.Kill();
        recorder.StandardInput.WriteLine("goes on");
        Assert.Equal("goes on\n", recorder.StandardOutput.ReadToEnd());
        while (Directory.Exists(cgroup))
        {
            Thread.Yield();
        }
    }

    /// <summary>Whatever it starts, and nothing else: where no cgroup can be made, as in a container, its processes are followed.</summary>
    [Fact]
    public void A_command_without_a_cgroup_is_recorded_with_all_that_it_starts()
    {
        LiveRecorder.SkipUnlessRoot();
        Process.Start("mkfifo", [Go]).WaitForExit();
        File.WriteAllText(Path.Combine(folder, "family.py"), $"""
            import os, socket, threading
            def connect():
                listener = socket.socket()
                listener.bind(("127.0.0.1", 0))
                listener.listen()
                client = socket.create_connection(listener.getsockname())
                server, _ = listener.accept()
                client.close()
                server.close()
            connect()
            thread = threading.Thread(target=connect)
            thread.start()
            thread.join()
            child = os.fork()
            if child == 0:
                os.setsid()
                if os.fork() == 0:
                    open("{Go}").read()
                    connect()
                os._exit(0)
            os.waitpid(child, 0)
            os._exit(4)
            """);
        using var recorder = Process.Start(new ProcessStartInfo("unshare", ["--mount", "/bin/sh", "-c",
            $"mount -o remount,bind,ro {CgroupFolder} && exec {Tracecap.Path} record -o {Capture} -- python3 {folder}/family.py </dev/null"])
        { RedirectStandardError = true })!;
        var said = recorder.StandardError;
        Assert.Matches("^tracecap: the command has no cgroup of its own \\(.*Read-only file system\\); its processes are followed instead$", said.ReadLine());
        string? line;
        while ((line = said.ReadLine())?.StartsWith("tracecap: the command ended with 4; recording goes on", StringComparison.Ordinal) == false)
        {
        }

        Assert.NotNull(line);
        Loopback.Churn(10);
        AssertRecordedToItsEnd(recorder, 18);
    }

    /// <summary>Root that gave its capabilities up may not pass a folder that it closed to itself.</summary>
    [Fact]
    public void A_command_that_closes_its_cgroup_to_everybody_is_recorded_to_its_end()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = Tracecap.Start("record", "-q", "-o", Capture, "--", "/bin/sh", "-c", $"chmod 0 {CgroupFolder}$(sed -n s/^0:://p /proc/self/cgroup); exit 4");
        recorder.WaitForExit();

        Assert.Equal((4, ""), (recorder.ExitCode, recorder.StandardError.ReadToEnd()));
        Assert.Contains("ended       the command ended with 4\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(CgroupFolder, $"tracecap-{recorder.Id}"));
    }

    /// <summary>Lets the daemon go, and waits until it has ended.</summary>
    private void AssertRecordedToItsEnd(Process recorder, long events)
    {
        LetGo();
        recorder.WaitForExit();
        Assert.Equal(4, recorder.ExitCode);
        Assert.Equal(events, LiveRecorder.Info(Capture).GetProperty("events").GetInt64());
        Assert.Contains("ended       the command ended with 4\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    private static string CgroupFolder => File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).First(mount => mount[2] == "cgroup2")[1];

    private static string CgroupOf(Process recorder) =>
        Directory.EnumerateDirectories(CgroupFolder, $"tracecap-{recorder.Id}", SearchOption.AllDirectories).Single();

    /// <summary>Ends itself with 4, and leaves a daemon that makes a connection once it is let go.</summary>
    private Process StartWithDaemon(params string[] options)
    {
        File.WriteAllText(Path.Combine(folder, "daemon.py"), $"""
            import os, socket
            os.setsid()
            open("{Go}").read()
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            client = socket.create_connection(listener.getsockname())
            server, _ = listener.accept()
            client.close()
            server.close()
            """);
        Process.Start("mkfifo", [Go]).WaitForExit();
        var recorder = Tracecap.Start(["record", .. options, "-o", Capture, "--", "/bin/sh", "-c", $"python3 {folder}/daemon.py </dev/null >/dev/null 2>&1 & exit 4"]);
        LiveRecorder.AwaitBegin(recorder);
        return recorder;
    }

    private void LetGo() => File.OpenWrite(Go).Dispose();

    private Tracecap.Result RunJob(string script) => Shell.Python($"capture = '{Capture}'\nlistener = '{ListenerFile}'\n{Job}\n{script}");
}
