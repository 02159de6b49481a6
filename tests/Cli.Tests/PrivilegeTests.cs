using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TraceCap.Cli.Tests;

/// <summary>What the recorder may do while it records.</summary>
[Collection(nameof(Alone))]
public sealed class PrivilegeTests : IDisposable
{
    private const string None = "0000000000000000";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>What .NET runs elsewhere has no native code: on Linux it would find that out when a capture is there.</summary>
    [Theory]
    [InlineData("run.tcap")]
    [InlineData("run-%n.tcap")]
    public void A_build_that_cannot_record_says_so_and_leaves_no_file(string output)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(AppContext.BaseDirectory, "libtracecap_native.so")), "this build has no native code");
        var build = Directory.CreateDirectory(Path.Combine(folder, "build")).FullName;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, Path.Combine(build, Path.GetFileName(file)));
        }

        var captures = Directory.CreateDirectory(Path.Combine(folder, "captures")).FullName;
        string[] command = [Path.Combine(build, "tracecap.dll"), "record", "-d", "1", "-o", Path.Combine(captures, output)];
        using var recorder = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardError = true })!;
        Assert.StartsWith("tracecap: this build of tracecap reads captures and records nothing", recorder.StandardError.ReadToEnd(), StringComparison.Ordinal);
        recorder.WaitForExit();
        Assert.Equal(1, recorder.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(captures));
    }

    [Fact]
    public void No_thread_of_it_has_a_capability_or_a_way_to_one()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = LiveRecorder.Start("-o", Path.Combine(folder, "run.tcap"));

        Assert.All(Threads(recorder), status =>
        {
            Assert.Equal([None, None, None, None, None], new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }.Select(field => status[field]));
            Assert.Equal("1", status["NoNewPrivs"]);
        });
        LiveRecorder.End(recorder);
    }

    [Fact]
    public void It_becomes_another_user_whose_files_it_writes()
    {
        LiveRecorder.SkipUnlessRoot();
        Own(folder, "nobody");
        using var recorder = LiveRecorder.Start("-o", Path.Combine(folder, "run-%n.tcap"), "--user", "nobody");
        LiveRecorder.Signal(recorder, "HUP");
        var second = Path.Combine(folder, "run-000002.tcap");
        while (!File.Exists(second))
        {
            Assert.False(recorder.HasExited);
        }

        Assert.All(Threads(recorder), status =>
        {
            Assert.Equal("65534 65534 65534 65534", status["Uid"]);
            Assert.Equal("65534 65534 65534 65534", status["Gid"]);
            Assert.Equal("65534", status["Groups"]);
            Assert.Equal(None, status["CapPrm"]);
            Assert.Equal(None, status["CapBnd"]);
        });
        LiveRecorder.End(recorder);
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal("nobody", Shell($"stat -c %U {file}").Trim()));
    }

    [Fact]
    public void A_single_file_goes_where_only_root_may_write_and_belongs_to_the_user()
    {
        LiveRecorder.SkipUnlessRoot();
        var capture = Path.Combine(folder, "run.tcap");
        using var recorder = LiveRecorder.Start("-o", capture, "--user", "nobody");
        Loopback.Churn(1);
        LiveRecorder.End(recorder);

        Assert.Equal("nobody", Shell($"stat -c %U {capture}").Trim());
        Assert.Equal(0, Tracecap.Run("verify", capture).Code);
    }

    [Fact]
    public void A_series_where_the_user_may_not_write_is_refused_at_once()
    {
        LiveRecorder.SkipUnlessRoot();
        var refused = Tracecap.Run("record", "-o", Path.Combine(folder, "run-%n.tcap"), "--user", "nobody");

        Assert.Equal(1, refused.Code);
        Assert.Contains($"{folder}: nobody may not create files there", refused.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    /// <summary>Without the one the kernel does not list the descriptors of others, without the other it does not say what they are.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData(",+dac_read_search", false)]
    [InlineData(",+sys_ptrace", false)]
    [InlineData(",+sys_ptrace,+dac_read_search", true)]
    public void Whose_an_earlier_connection_is_takes_two_capabilities_and_what_is_missing_is_said(string more, bool isKnown)
    {
        LiveRecorder.SkipUnlessRoot();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using var server = listener.AcceptTcpClient();
        var (capture, capabilities) = (Path.Combine(folder, "run.tcap"), "+bpf,+perfmon,+net_admin" + more);
        Shell($"chmod 777 {folder}; setpriv --reuid=54321 --regid=54321 --clear-groups --inh-caps=-all,{capabilities} --ambient-caps=-all,{capabilities} "
            + $"{Tracecap.Path} record -q -o {capture} -d 1");

        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var pid = isKnown ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : "";
        Assert.Equal($"event.name,process.pid\ntcp.open,{pid}\ntcp.open,{pid}\n", Tracecap.Run("export", capture, "--to", "csv", "--type", "O", "--port", port, "--fields", "type,pid").Text);
        Assert.Equal(!isKnown, Tracecap.Run("info", capture).Text.Contains("takes CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH", StringComparison.Ordinal));
    }

    /// <summary>In a container, and where names may not be looked up, a user is a number.</summary>
    [Fact]
    public void A_user_without_a_name_who_may_not_write_is_told_by_number()
    {
        LiveRecorder.SkipUnlessRoot();
        const string capabilities = "+bpf,+perfmon,+net_admin";
        Shell($"chmod 755 {folder}");
        var told = Shell($"setpriv --reuid=54321 --regid=54321 --clear-groups --inh-caps=-all,{capabilities} --ambient-caps=-all,{capabilities} "
            + $"{Tracecap.Path} record -o {folder}/run.tcap 2>&1 || true");

        Assert.Contains($"{folder}: 54321 may not create files there", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_that_is_not_there_is_told()
    {
        LiveRecorder.SkipUnlessRoot();
        var refused = Tracecap.Run("record", "-o", Path.Combine(folder, "run.tcap"), "--user", "no-such-user");

        Assert.Equal(2, refused.Code);
        Assert.Equal("tracecap: --user no-such-user: there is no such user on this host\n", refused.Error);
    }

    [Fact]
    public void An_ordinary_user_records_with_three_capabilities_and_then_without()
    {
        LiveRecorder.SkipUnlessRoot();
        Own(folder, "nobody");
        const string capabilities = "+bpf,+perfmon,+net_admin";
        using var recorder = Process.Start(new ProcessStartInfo("setpriv", [
            "--reuid=nobody", "--regid=nogroup", "--clear-groups", $"--inh-caps=-all,{capabilities}", $"--ambient-caps=-all,{capabilities}",
            Tracecap.Path, "record", "-o", Path.Combine(folder, "run-%n.tcap"), "-p", LiveRecorder.Text(Environment.ProcessId)])
        {
            RedirectStandardError = true,
        })!;
        LiveRecorder.AwaitBegin(recorder);
        Loopback.Churn(5);

        Assert.All(Threads(recorder), status => Assert.Equal((None, None, "1"), (status["CapPrm"], status["CapAmb"], status["NoNewPrivs"])));
        Assert.Contains("30 events", LiveRecorder.End(recorder), StringComparison.Ordinal);
    }

    /// <summary>The fields of /proc/PID/task/TID/status of all threads, but for those that end meanwhile.</summary>
    private static List<Dictionary<string, string>> Threads(Process process)
    {
        List<Dictionary<string, string>> threads = [];
        foreach (var task in Directory.GetDirectories($"/proc/{process.Id}/task"))
        {
            try
            {
                threads.Add(File.ReadAllLines(Path.Combine(task, "status"))
                    .Select(line => line.Split(':', 2)).ToDictionary(field => field[0], field => field[1].Trim().Replace('\t', ' ')));
            }
            catch (IOException) when (!process.HasExited)
            {
                // A thread of the pool that has had nothing to do for a while.
            }
        }

        Assert.NotEmpty(threads);
        return threads;
    }

    private static void Own(string path, string user) => Shell($"chown {user} {path}");

    private static string Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", command]) { RedirectStandardOutput = true })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
