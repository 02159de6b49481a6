namespace TraceCap.Cli.Tests;

/// <summary>A recording around a command: whom the command runs as, and where its cgroup may be.</summary>
[Collection(nameof(Alone))]
public sealed class CommandUserTests : IDisposable
{
    private const string Nobody = "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n";

    /// <summary>Who it is, what it may do, and where it thinks that it is at home.</summary>
    private const string Who = "id; grep -E 'Cap(Prm|Eff|Amb)|NoNewPrivs' /proc/self/status | tr -d '\\t\\n'; echo; echo $HOME $USER $LOGNAME";

    private const string NoRights = "CapPrm:0000000000000000CapEff:0000000000000000CapAmb:0000000000000000NoNewPrivs:0\n";

    private static readonly string root = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2")?[1] ?? "";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private readonly string cgroup = $"{root}/tracecap-test-{Guid.NewGuid():n}";

    private string Capture => Path.Combine(folder, "run.tcap");

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        foreach (var path in new[] { cgroup + "/threads", cgroup }.Where(Directory.Exists))
        {
            Directory.Delete(path);
        }
    }

    [Theory]
    [InlineData("SUDO_UID=65534 SUDO_GID=65534")]
    [InlineData("DOAS_USER=nobody")]
    [InlineData("PKEXEC_UID=65534")]
    public void It_runs_as_who_asked_to_be_root_and_the_capture_is_theirs(string variables)
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Shell.Run($"{variables} HOME=/root USER=root LOGNAME=root tracecap record -q -o {Capture} -- sh -c \"{Who.Replace("$", "\\$", StringComparison.Ordinal)}\"");
        Assert.Equal((0, $"{Nobody}{NoRights}/nonexistent nobody nobody\n", ""), (result.Code, result.Text, result.Error));
        Assert.Equal("nobody\n", Shell.Run($"stat -c %U {Capture}").Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SUDO_UID=0 SUDO_GID=0")]
    [InlineData("SUDO_UID=65534 SUDO_GID=65534", "--as root")]
    public void It_runs_as_root_only_for_root_itself(string variables, string options = "")
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Shell.Run($"{variables} tracecap record -q -o {Capture} {options} -- id -u");
        Assert.Equal((0, "0\n", ""), (result.Code, result.Text, result.Error));
        Assert.Equal("root\n", Shell.Run($"stat -c %U {Capture}").Text);
    }

    [Fact]
    public void Root_may_have_it_run_as_anybody_and_keeps_the_capture()
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Shell.Run($"tracecap record -q -o {Capture} --as nobody -- id");
        Assert.Equal((0, Nobody, ""), (result.Code, result.Text, result.Error));
        Assert.Equal("root\n", Shell.Run($"stat -c %U {Capture}").Text);
    }

    [Fact]
    public void It_is_root_though_the_recorder_becomes_another_user()
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Shell.Run($"tracecap record -q -o {Capture} --user nobody -- id -u");
        Assert.Equal((0, "0\n", ""), (result.Code, result.Text, result.Error));
        Assert.Equal("nobody\n", Shell.Run($"stat -c %U {Capture}").Text);
    }

    [Fact]
    public void A_program_that_the_user_may_not_run_is_not_run()
    {
        LiveRecorder.SkipUnlessRoot();
        var program = Path.Combine(folder, "program");
        File.Copy("/bin/true", program);
        FileModes.Set(folder, (UnixFileMode)0x1ED);
        FileModes.Set(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var result = Shell.Run($"tracecap record -q -o {Capture} --as nobody -- {program}");
        Assert.Equal((126, $"tracecap: {program} cannot be run: Permission denied\n"), (result.Code, result.Error));
    }

    /// <summary>With the capabilities that recording takes; a command has none of them that its user would not have.</summary>
    [Fact]
    public void An_ordinary_user_records_a_command_wherever_cgroups_are_theirs_or_not()
    {
        LiveRecorder.SkipUnlessRoot();
        Directory.CreateDirectory(cgroup);
        var followed = AsNobody($"tracecap record -o {folder}/followed.tcap -- id");
        Assert.Equal((0, Nobody), (followed.Code, followed.Text));
        Assert.Matches("^tracecap: the command has no cgroup of its own \\(.*: Permission denied\\); its processes are followed instead\n", followed.Error);

        Shell.Run($"chown nobody {cgroup} {cgroup}/cgroup.procs");
        var result = AsNobody($"tracecap record -q -o {Capture} -- sh -c 'id; cat /proc/self/cgroup | tail -n 1'");
        Assert.Equal(0, result.Code);
        Assert.Matches("^(tracecap: connections from before the recording .*\n)*$", result.Error);
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(Nobody)}0::{cgroup[root.Length..]}/tracecap-[0-9]+\n$", result.Text);
        Assert.Empty(Directory.GetDirectories(cgroup));
    }

    [Fact]
    public void Where_a_cgroup_takes_only_threads_the_commands_lies_above()
    {
        LiveRecorder.SkipUnlessRoot();
        Directory.CreateDirectory(cgroup + "/threads");
        File.WriteAllText(cgroup + "/threads/cgroup.type", "threaded");
        Assert.Equal("domain threaded\n", File.ReadAllText(cgroup + "/cgroup.type"));
        var result = Shell.Run($"echo $$ > {cgroup}/cgroup.procs; tracecap record -q -o {Capture} -- tail -n 1 /proc/self/cgroup; echo 0 > {root}/cgroup.procs");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Matches("^0::/tracecap-[0-9]+\n$", result.Text);
    }

    [Theory]
    [InlineData("--as no-such-user -- true", 2, "--as no-such-user: there is no such user on this host")]
    [InlineData("--as nobody", 2, "--as is for a command to run, after --: tracecap record ... -- COMMAND")]
    [InlineData("--wait all", 2, "--wait is for a command to run, after --: tracecap record ... -- COMMAND")]
    [InlineData("--cgroup / -- true", 2, "--cgroup and a command exclude each other: the command has a cgroup of its own")]
    [InlineData("--", 2, "there is no command after --")]
    public void What_makes_no_sense_is_told(string arguments, int code, string message)
    {
        LiveRecorder.SkipUnlessRoot();
        var result = Tracecap.Run(["record", "-o", Capture, .. arguments.Split(' ')]);
        Assert.Equal((code, $"tracecap: {message}\n"), (result.Code, result.Error));
    }

    /// <summary>In the cgroup, with a folder that is nobody's.</summary>
    private Tracecap.Result AsNobody(string command)
    {
        Shell.Run($"chown nobody {folder}");
        const string capabilities = "+bpf,+perfmon,+net_admin";
        return Shell.Run($"echo $$ > {cgroup}/cgroup.procs; setpriv --reuid=nobody --regid=nogroup --init-groups --inh-caps=-all,{capabilities} --ambient-caps=-all,{capabilities} {command}; "
            + $"code=$?; echo 0 > {root}/cgroup.procs; exit $code");
    }
}
