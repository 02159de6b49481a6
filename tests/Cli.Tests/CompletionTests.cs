using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What shells complete: the words that there are, and no others.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private const string Container = "4f1e9b7c2d3a5e6f4f1e9b7c2d3a5e6f4f1e9b7c2d3a5e6f4f1e9b7c2d3a5e6f";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string, string> Lines => new()
    {
        { "tracecap rep", "tracecap rep" },
        { "tracecap repl", "tracecap replay " },
        { "tracecap help lif", "tracecap help lifetimes " },
        { "tracecap replay --times", "tracecap replay --timestamp " },
        { "tracecap replay --format mar", "tracecap replay --format markdown " },
        { "tracecap replay --format=mar", "tracecap replay --format=markdown " },
        { "tracecap summary --by service,uni", "tracecap summary --by service,unit " },
        { "tracecap plot heat", "tracecap plot heatmap " },
        { "tracecap record --probes fe", "tracecap record --probes fentry " },
        { "tracecap churn traffic.tcap --unit traf", "tracecap churn traffic.tcap --unit traffic.service " },
        { "tracecap verify loss", "tracecap verify lossy" },
        { "tracecap verify lossy.t", "tracecap verify lossy.tcap " },
        { "tracecap import READ", "tracecap import README.md " },
        { "tracecap lossy.t", "tracecap lossy.tcap " },
        { "tracecap record -u roo", "tracecap record -u root " },
        { "tracecap record -o x.tcap -- tracecap ver", "tracecap record -o x.tcap -- tracecap verify " },
        { "tracecap lifetimes --where 'lifeti", "tracecap lifetimes --where 'lifetime " },
        { "tracecap lifetimes --where 'lifetime > 1ms and endi", "tracecap lifetimes --where 'lifetime > 1ms and ending " },
        { "tracecap check run.tcap --expect \"opened[port == 1] > 0 and faile", "tracecap check run.tcap --expect \"opened[port == 1] > 0 and failed" },
        { "tracecap check run.tcap --expect 'opened[proc", "tracecap check run.tcap --expect 'opened[process " },
        { "tracecap no-such-comm", "tracecap no-such-comm" },
        { "tracecap record --no-such-opt", "tracecap record --no-such-opt" },
        { "tracecap replay --where '$(touch ran) po", "tracecap replay --where '$(touch ran) po" },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Bash_completes_by_itself()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "bash is not installed");
        // bash alone does not go on within the command that is recorded.
        var lines = Lines.Where(line => !line.Data.Item1.Contains(" -- ", StringComparison.Ordinal)).ToArray();
        Complete(lines, typed => Completing.InBash("source <(tracecap completion bash)", typed));
    }

    [Fact]
    public void Bash_completes_with_the_file_that_a_package_brings()
    {
        Assert.SkipUnless(File.Exists("/usr/share/bash-completion/bash_completion"), "bash-completion is not installed");
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "completions")).FullName, "tracecap");
        File.WriteAllText(file, Tracecap.Run("completion", "bash").Text);
        Complete([.. Lines], typed => Completing.InBash($"source /usr/share/bash-completion/bash_completion; BASH_COMPLETION_USER_DIR={folder}", typed));
    }

    [Fact]
    public void A_condition_that_is_begun_without_a_quote_gets_one() => Assert.Equal(
        ["tracecap lifetimes --where 'lifetime ", "tracecap replay --where 'type == tcp.accept'"],
        Completing.InBash("source <(tracecap completion bash)", "tracecap lifetimes --where lifeti", "tracecap replay --where 'type == tcp.acc").Select(line => line.Replace("accept' ", "accept'", StringComparison.Ordinal)));

    [Fact]
    public void Zsh_completes_with_the_file_that_a_package_brings()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zsh") || File.Exists("/bin/zsh"), "zsh is not installed");
        File.WriteAllText(Path.Combine(folder, "_tracecap"), Tracecap.Run("completion", "zsh").Text);
        Complete([.. Lines], typed => Completing.InZsh($"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -d {folder}/dump", typed));
    }

    [Fact]
    public void Zsh_completes_by_its_settings()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zsh") || File.Exists("/bin/zsh"), "zsh is not installed");
        Assert.Equal(["tracecap replay "], Completing.InZsh($"autoload -Uz compinit; compinit -u -d {folder}/dump; source <(tracecap completion zsh)", "tracecap repl").Select(line => line));
    }

    [Fact]
    public void Fish_offers_words_with_their_meanings()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish"), "fish is not installed");
        File.WriteAllText(Path.Combine(folder, "tracecap.fish"), Tracecap.Run("completion", "fish").Text);
        Assert.Equal(
            ["replay\tPrints a capture as tcptracer would have printed it, in true time order", "report\tMakes one HTML page of figures, findings, charts and tables, to be explored in a browser"],
            Completing.InFish(folder, "tracecap rep").Order(StringComparer.Ordinal));
        Assert.Equal(["--format=markdown\ta table of Markdown"], Completing.InFish(folder, "tracecap replay --format=mar"));
        Assert.Contains("lossy.tcap", Completing.InFish(folder, "tracecap verify loss"));
        Assert.Contains("lifetime >=", Completing.InFish(folder, "tracecap lifetimes --where 'lifetime "));
        Assert.Contains(Completing.InFish(folder, "tracecap record -u roo"), line => line.StartsWith("root", StringComparison.Ordinal));
        Assert.Contains(Completing.InFish(folder, "tracecap record -- tracecap ver"), line => line.StartsWith("verify\t", StringComparison.Ordinal));
        Assert.Empty(Completing.InFish(folder, "tracecap record --probes x"));
    }

    /// <summary>All at once: where one is refused, the command is.</summary>
    [Fact]
    public void Every_field_and_metric_that_is_offered_is_taken()
    {
        foreach (var command in new[] { "replay", "lifetimes" })
        {
            var fields = Offered(command, "--fields", "").Except(["all"]).ToArray();
            var names = Offered(command, "--where", "").Where(name => !name.EndsWith(' ')).ToArray();
            Assert.InRange(fields.Length, 25, 100);
            Assert.InRange(names.Length, fields.Length, 100);
            Assert.Equal(0, Tracecap.Run(command, "ends.tcap", "--fields", string.Join(',', fields), "--where", string.Join(" or ", names)).Code);
        }

        foreach (var command in new[] { "summary ends.tcap", "churn ends.tcap", "fields", "check ends.tcap --expect lost==0" })
        {
            string[] words = command.Split(' ');
            var columns = Offered([.. words, "--fields", ""]);
            Assert.InRange(columns.Length, 4, 100);
            Assert.Equal(0, Tracecap.Run([.. words, "--format", "csv", "--fields", string.Join(',', columns.Except(["all"]))]).Code);
        }

        var metrics = Offered("check", "x.tcap", "--expect", "");
        Assert.Equal(1, Tracecap.Run("check", "ends.tcap", "--allow-loss", "--expect", string.Join(" and ", metrics.Select(name => name + " < 0"))).Code);
        Assert.Equal(0, Tracecap.Run("summary", "ends.tcap", "--by", string.Join(',', Offered("summary", "--by", "").Except(["errno", "service"]))).Code);
        Assert.All(Offered("summary", "--sort", ""), metric => Assert.Equal(0, Tracecap.Run("summary", "ends.tcap", "--sort", metric).Code));
    }

    /// <summary>Both are of one table; a command that has words of its own for either would show here.</summary>
    [Fact]
    public void What_the_help_of_an_option_lists_is_what_is_offered()
    {
        var seen = 0;
        foreach (var command in Offered("").Where(command => command is not "help"))
        {
            foreach (Match option in WordOption().Matches(Tracecap.Run(command, "--help").Text))
            {
                var listed = option.Groups["words"].Value.Split([", ", " or "], StringSplitOptions.None);
                Assert.True(
                    Offered(command, option.Groups["name"].Value, "").ToHashSet().SetEquals(listed), $"{command} {option.Groups["name"]}: {option.Groups["words"]}");
                seen++;
            }
        }

        Assert.InRange(seen, 20, int.MaxValue);
    }

    [Fact]
    public void Options_are_those_of_the_help_but_for_those_that_are_there_already()
    {
        foreach (var command in Offered("").Where(command => command is not "help"))
        {
            var named = OptionNames().Matches(Tracecap.Run(command, "--help").Text.Split("\nExamples:")[0])
                .SelectMany(row => LongName().Matches(row.Groups[1].Value)).Select(name => name.Value).ToHashSet();
            Assert.True(named.SetEquals(Offered(command, "--")), command);
        }

        Assert.DoesNotContain("--all", Offered("replay", "--all", "--"));
        Assert.Contains("--port", Offered("replay", "--port", "443", "--"));
        Assert.Contains("-t", Offered("replay", "-"));
    }

    [Fact]
    public void Names_are_those_of_the_captures_on_the_line()
    {
        var capture = Path.Combine(folder, "named.tcap");
        var rows = string.Concat(new[] { $"/system.slice/docker-{Container}.scope", "/system.slice/nginx.service" }.Select((path, i) =>
            $$"""{"monotonic_ns":"{{i}}","event.name":"tcp.connect","connection.id":"{{i + 1}}","network.local.address":"10.0.0.1","network.local.port":{{i + 1}},"network.peer.address":"10.0.0.2","network.peer.port":80,"linux.cgroup.id":"{{i + 1}}","linux.cgroup.path":"{{path}}","linux.netns":5,"linux.netns.name":"blue"}""" + "\n"));
        Assert.Equal(0, Tracecap.Run(System.Text.Encoding.UTF8.GetBytes(rows), "import", "-", "-o", capture).Code);

        Assert.Equal([Container[..12]], Offered("summary", capture, "--container", ""));
        Assert.Contains("nginx.service", Offered("replay", capture, "--unit", ""));
        Assert.Contains("unit == nginx.service", Offered("lifetimes", capture, "--where", "unit == ng"));
        Assert.Equal(["/system.slice/nginx.service"], Offered("churn", capture, "--cgroup", "/system.slice/n"));
        Assert.Equal(["5"], Offered("info", capture, "-N", ""));
        Assert.Empty(Offered("summary", "--container", ""));
        Assert.Empty(Offered("summary", Path.Combine(folder, "none.tcap"), "--container", ""));
    }

    /// <summary>Whoever makes a capture, or a cgroup, chooses its name; who takes it from a completion runs nothing of it.</summary>
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public void A_name_that_is_completed_stays_one_word_in_the_quotes_that_it_stands_in(string shell)
    {
        Assert.SkipUnless(File.Exists($"/bin/{shell}") || File.Exists($"/usr/bin/{shell}"), $"{shell} is not installed");
        var capture = Path.Combine(folder, "hostile.tcap");
        string[] names = ["/a'$(touch ran)'b", "/b\"$(touch ran)\"`touch ran`\"", "/c\\'; touch ran; '", "/d\ntouch ran"];
        var rows = names.Select((name, i) => $"{{\"monotonic_ns\":{i},\"event.name\":\"tcp.connect\",\"connection.id\":{i + 1},\"network.local.address\":\"10.0.0.1\",\"network.local.port\":1,"
            + $"\"network.peer.address\":\"10.0.0.2\",\"network.peer.port\":80,\"linux.cgroup.id\":{i + 1},\"linux.cgroup.path\":{System.Text.Json.JsonSerializer.Serialize(name)}}}\n");
        Assert.Equal(0, Tracecap.Run(System.Text.Encoding.UTF8.GetBytes(string.Concat(rows)), "import", "-", "-o", capture).Code);
        Assert.Equal(names[..3], Offered("churn", capture, "--cgroup", "/").Order(StringComparer.Ordinal));

        var typed = names[..3].SelectMany(name => new[] { "", "'", "\"" }.Select(quote => (Name: name, Line: $"tracecap churn {capture} --cgroup {quote}{name[..2]}"))).ToArray();
        string[] lines = [.. typed.Select(one => one.Line)];
        var completed = shell == "bash"
            ? Completing.InBash("source <(tracecap completion bash)", lines)
            : Completing.InZsh($"autoload -Uz compinit; compinit -u -d {folder}/dump; source <(tracecap completion zsh)", lines);
        Assert.All(typed.Zip(completed), one => Assert.Equal(one.First.Name, Shell.Run($"cd {folder}; {shell} -c {Completing.Quote($"print_last() {{ shift $(($# - 1)); printf %s \"$1\"; }}; print_last {one.Second}")}").Text));
        Assert.False(File.Exists(Path.Combine(folder, "ran")));
    }

    [Fact]
    public void Names_of_this_host_are_those_of_its_processes_and_cgroups()
    {
        Assert.Contains($"{Environment.ProcessId}", Offered("record", "--pid", ""));
        var own = File.ReadAllText("/proc/self/comm").TrimEnd('\n');
        Assert.Contains(own, Offered("trace", "--comm", own[..3]));
    }

    private void Complete(TheoryDataRow<string, string>[] lines, Func<string[], string[]> complete)
    {
        var completed = complete([.. lines.Select(line => line.Data.Item1)]);
        Assert.Equal(lines.Select(line => line.Data.Item2), completed);
        Assert.False(File.Exists(Repository.File("samples/captures/ran")));
    }

    private static string[] Offered(params string[] words)
    {
        var result = Tracecap.Run(["complete", "--", .. words]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return [.. result.Text.Split('\n')[1..^1].Select(line => line.Split('\t')[0])];
    }

    [GeneratedRegex(@"^  (-\w, )?(?<name>--[a-z-]+) <[^>]+>.* Expected: (one of )?(?<words>[a-z0-9-]+((, | or )[a-z0-9-]+)+)\.$", RegexOptions.Multiline)]
    private static partial Regex WordOption();

    [GeneratedRegex(@"^  (-.*?)(?: <|  |$)", RegexOptions.Multiline)]
    private static partial Regex OptionNames();

    [GeneratedRegex("--[a-z-]+[a-z0-9]|--[a-z]")]
    private static partial Regex LongName();
}
