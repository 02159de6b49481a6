using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>Containers, units and cgroups, as the commands tell of them.</summary>
[Collection(nameof(Alone))]
public sealed class CgroupTests : IDisposable
{
    private const string Container = "3f4e8d2a9b1c7f60e5d4c3b2a19087f6e5d4c3b2a1908f7e6d5c4b3a29187f60";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private readonly string slice = $"tracecap-test-{Guid.NewGuid():n}.slice";

    private string Capture => Path.Combine(folder, "run.tcap");

    private string Scope => $"/{slice}/docker-{Container}.scope";

    private static string Root => File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).First(mount => mount[2] == "cgroup2")[1];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_one_cgroup_does_is_recorded_and_named_though_it_came_later_and_is_gone()
    {
        LiveRecorder.SkipUnlessRoot();
        Directory.CreateDirectory(Root + "/" + slice);
        using var recorder = LiveRecorder.Start("-o", Capture, "--cgroup", "/" + slice, "--user", "nobody");
        Loopback.Churn(1);
        ConnectIn(Scope);
        Directory.Delete(Root + "/" + slice);
        LiveRecorder.End(recorder);

        var section = LiveRecorder.Info(Capture);
        Assert.Equal(4, section.GetProperty("events_by_type").EnumerateObject().Where(type => type.Name != "E").Sum(type => type.Value.GetInt64()));
        Assert.Equal("/" + slice, section.GetProperty("filters").GetProperty("cgroup").GetString());
        var cgroup = Assert.Single(section.GetProperty("cgroups").EnumerateArray());
        Assert.Equal(
            (Scope, Container, "docker", $"docker-{Container}.scope"),
            (Text(cgroup, "linux.cgroup.path"), Text(cgroup, "container.id"), Text(cgroup, "container.runtime.name"), Text(cgroup, "systemd.unit")));
        AssertNamed(Capture, 4);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    /// <summary>As that of a service that is started again; the recorder has no privileges by then.</summary>
    [Fact]
    public void What_a_cgroup_does_that_is_made_anew_is_recorded_and_its_return_is_told()
    {
        LiveRecorder.SkipUnlessRoot();
        var path = "/" + slice;
        Directory.CreateDirectory(Root + path);
        using var recorder = LiveRecorder.Start("-o", Capture, "--cgroup", path, "--user", "nobody");
        for (var i = 0; i < 3; i++)
        {
            ConnectIn(Scope);
            Directory.Delete(Root + path);
            Assert.Contains($"the cgroup {path} was removed", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
            Directory.CreateDirectory(Root + path);
            Assert.EndsWith($"the cgroup {path} is there again", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        }

        ConnectIn(Scope);
        Directory.Delete(Root + path);
        LiveRecorder.End(recorder);
        AssertNamed(Capture, 16);
    }

    [Fact]
    public void Each_file_of_a_series_has_the_names()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = LiveRecorder.Start("-o", Path.Combine(folder, "run-%n.tcap"));
        ConnectIn(Scope);
        LiveRecorder.Signal(recorder, "HUP");
        while (!File.Exists(Path.Combine(folder, "run-000002.tcap")))
        {
            Assert.False(recorder.HasExited);
        }

        ConnectIn(Scope);
        LiveRecorder.End(recorder);
        Directory.Delete(Root + "/" + slice);

        AssertNamed(Path.Combine(folder, "run-000001.tcap"), 4);
        AssertNamed(Path.Combine(folder, "run-000002.tcap"), 4);
        Assert.Equal(4, Rows("lifetimes", "--json", ["--container", "3f4e8", .. Directory.GetFiles(folder)]).Length);
    }

    [Fact]
    public void Each_file_of_a_flight_recorder_has_the_names()
    {
        LiveRecorder.SkipUnlessRoot();
        using var recorder = LiveRecorder.Start("-o", Path.Combine(folder, "run-%n.tcap"), "--flight", "1h");
        ConnectIn(Scope);
        LiveRecorder.Signal(recorder, "USR1");
        Assert.Contains("(SIGUSR1)", recorder.StandardError.ReadLine(), StringComparison.Ordinal);
        Directory.Delete(Root + "/" + slice);
        LiveRecorder.End(recorder);

        AssertNamed(Path.Combine(folder, "run-000001.tcap"), 4);
        AssertNamed(Path.Combine(folder, "run-000002.tcap"), 4);
    }

    [Fact]
    public void Rows_as_they_happen_have_the_names_too()
    {
        LiveRecorder.SkipUnlessRoot();
        Directory.CreateDirectory(Root + "/" + slice);
        using var trace = Tracecap.Start("trace", "--json", "-n", "4", "--cgroup", Root + "/" + slice);
        // There is no sign of its beginning, so connections are made until it has all it wants.
        while (!trace.HasExited)
        {
            ConnectIn(Scope);
        }

        Directory.Delete(Root + "/" + slice);
        var rows = trace.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, rows.Length);
        Assert.All(rows, row => Assert.Equal(Scope, Text(JsonDocument.Parse(row).RootElement, "linux.cgroup.path")));
    }

    [Fact]
    public void Names_survive_import_and_every_command_filters_by_them()
    {
        string[] paths = [$"/docker/{Container}", "/system.slice/nginx.service", "/"];
        var lines = string.Concat(paths.Select((path, i) =>
            $$"""
            {"monotonic_ns":"{{i}}","event.name":"tcp.connect","connection.id":"{{i + 1}}","network.local.address":"10.0.0.1","network.local.port":{{i + 1}},"network.peer.address":"10.0.0.2","network.peer.port":80,"linux.cgroup.id":"{{i + 1}}","linux.cgroup.path":"{{path}}","linux.netns":5,"linux.netns.name":"blue"}

            """));
        Assert.Equal(0, Tracecap.Run(System.Text.Encoding.UTF8.GetBytes(lines), "import", "-", "-o", Capture).Code);

        foreach (var (filter, port) in new[] { ("--container 3F4e", 1), ("--unit nginx", 2), ("--cgroup /system.slice", 2) })
        {
            string[] options = filter.Split(' ');
            Assert.Contains($" {port}      80 ", Assert.Single(Rows("replay", Capture, options, skip: 2)), StringComparison.Ordinal);
            Assert.Contains($"\"network.local.port\":{port},", Assert.Single(Rows("lifetimes", "--json", [Capture, .. options])), StringComparison.Ordinal);
            Assert.Contains("events      1 of 3", Tracecap.Run(["info", Capture, .. options]).Text, StringComparison.Ordinal);
            Assert.Contains("1 opened", Tracecap.Run(["summary", Capture, .. options]).Text, StringComparison.Ordinal);
            var cut = Path.Combine(folder, $"{port}{options[0]}.tcap");
            Assert.Equal(0, Tracecap.Run(["cut", Capture, "-o", cut, .. options]).Code);
            Assert.Equal(Tracecap.Run(["replay", "--json", Capture, .. options]).Text, Tracecap.Run("replay", "--json", cut).Text);
            Assert.Single(LiveRecorder.Info(cut).GetProperty("cgroups").EnumerateArray());
        }

        var summary = Tracecap.Run("summary", Capture, "--by", "container").Text;
        Assert.Contains("\n3f4e8d2a9b1c         1 ", summary, StringComparison.Ordinal);
        Assert.Contains("\n(no container)       2 ", summary, StringComparison.Ordinal);
        Assert.Contains("netns       blue 5\n", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--container", "web")]
    [InlineData("--container", "")]
    [InlineData("--unit", "a/b")]
    [InlineData("--cgroup", "system.slice")]
    public void What_can_be_no_name_is_told(string option, string value)
    {
        var refused = Tracecap.Run("replay", "traffic.tcap", option, value);
        Assert.Equal(2, refused.Code);
        Assert.Contains($"{option}: '{value}' is no ", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>One connection of a process in a cgroup that is made for it, and goes with it: four events.</summary>
    private static void ConnectIn(string cgroup)
    {
        Directory.CreateDirectory(Root + cgroup);
        var done = Shell.Run($"echo $BASHPID >{Root}{cgroup}/cgroup.procs && exec python3 {Repository.File("tests/vm/corners.py")} plain");
        Assert.True(done.Code == 0, done.Error);
        while (File.ReadAllText($"{Root}{cgroup}/cgroup.events").Contains("populated 1", StringComparison.Ordinal))
        {
            Thread.Yield();
        }

        Directory.Delete(Root + cgroup);
    }

    private static void AssertNamed(string capture, int events)
    {
        var rows = Rows("replay", "--json", [capture, "--container", Container]);
        Assert.Equal(events, rows.Length);
        Assert.All(rows, row => Assert.Equal(Container, Text(JsonDocument.Parse(row).RootElement, "container.id")));
    }

    private static string[] Rows(string command, string first, string[] rest, int skip = 0) =>
        [.. Tracecap.Run([command, first, .. rest]).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(skip)];

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
