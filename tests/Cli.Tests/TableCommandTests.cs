using System.Globalization;
using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>Tables of any fields, in any format, in any order, as commands write them.</summary>
public sealed class TableCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string, string> Tables => new(
        from of in new[]
        {
            ("replay nginx.tcap", "table csv tsv json ndjson markdown"), ("lifetimes traffic.tcap", "table json"), ("summary nginx.tcap --by service,process", "csv table"),
            ("churn nginx.tcap --every 50ms", "tsv"), ("churn nginx.tcap --every 50ms --by process", "table json"), ("fields", "table ndjson"), ("check nginx.tcap --expect failed==0", "markdown tsv"),
            ("diff traffic.tcap nginx.tcap", "table ndjson"), ("plot lifetime nginx.tcap", "csv"), ("plot cdf nginx.tcap --by process", "json"), ("plot churn nginx.tcap", "csv"),
            ("plot active nginx.tcap --by service", "table"), ("plot heatmap nginx.tcap", "tsv"), ("plot peers nginx.tcap", "csv"), ("plot timeline nginx.tcap", "json"),
        }
        from format in of.Item2.Split(' ')
        select (of.Item1, format));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_table_has_every_format(string command, string format)
    {
        var result = Tracecap.Run([.. command.Split(' '), "--format", format]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        var lines = result.Text.Split('\n')[..^1];
        Assert.NotEmpty(lines);
        switch (format)
        {
            case "json":
                using (var array = JsonDocument.Parse(result.Text))
                {
                    Assert.Equal((JsonValueKind.Array, true), (array.RootElement.ValueKind, array.RootElement.GetArrayLength() > 0));
                }

                break;
            case "ndjson":
                Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
                break;
            case "csv" when !command.StartsWith("fields", StringComparison.Ordinal) && !command.StartsWith("check", StringComparison.Ordinal):
                Assert.Single(lines.Select(line => line.Count(letter => letter == ',')).Distinct());
                break;
            case "tsv":
                Assert.Single(lines.Select(line => line.Count(letter => letter == '\t')).Distinct());
                break;
            case "markdown":
                Assert.All(lines, line => Assert.True(line is ['|', .., '|'], line));
                break;
        }
    }

    [Fact]
    public void Fields_come_in_the_order_in_which_they_are_asked_for() => Assert.Equal(
        "PEER.PORT  TYPE...\n", Tracecap.Run("replay", "traffic.tcap", "--fields", "peer.port,type", "-n", "1").Text.Split('\n')[0].Replace("EVENT", "TYPE...", StringComparison.Ordinal).TrimEnd() + "\n");

    [Fact]
    public void A_file_has_what_standard_output_would_have_and_its_name_tells_the_format()
    {
        foreach (var (name, format) in new[] { ("a.csv", "csv"), ("a.tsv", "tsv"), ("a.json", "json"), ("a.ndjson", "ndjson"), ("a.md", "markdown") })
        {
            foreach (var command in new[] { "fields --of events" }.Concat(format == "csv" ? ["replay traffic.tcap", "lifetimes traffic.tcap", "summary traffic.tcap", "churn traffic.tcap", "plot peers traffic.tcap"] : []))
            {
                var path = Path.Combine(folder, name);
                var written = Tracecap.Run([.. command.Split(' '), "-o", path, "--force"]);
                Assert.Equal((0, "", ""), (written.Code, written.Text, written.Error));
                Assert.Equal(Tracecap.Run([.. command.Split(' '), "--format", format]).Text, File.ReadAllText(path));
            }
        }
    }

    [Fact]
    public void Without_fields_a_file_has_the_table_that_there_was_before()
    {
        var path = Path.Combine(folder, "a.txt");
        foreach (var command in new[] { "replay", "lifetimes", "summary", "churn" })
        {
            Assert.Equal(0, Tracecap.Run(command, "traffic.tcap", "-o", path, "--force").Code);
            Assert.Equal(Tracecap.Run(command, "traffic.tcap").Text, File.ReadAllText(path));
        }

        Assert.Equal(Tracecap.Run("lifetimes", "traffic.tcap", "-s").Text, Tracecap.Run("lifetimes", "traffic.tcap", "--format", "csv").Text);
        Assert.Equal(Tracecap.Run("replay", "traffic.tcap", "--json").Text, Tracecap.Run("replay", "traffic.tcap", "--format", "ndjson").Text);
    }

    [Fact]
    public void A_file_that_is_there_stays_unless_it_is_forced()
    {
        var path = Path.Combine(folder, "a.csv");
        File.WriteAllText(path, "before");
        var refused = Tracecap.Run("lifetimes", "traffic.tcap", "-o", path);
        Assert.Equal((1, $"tracecap: {path} is there already; choose another name, or overwrite it with --force\n", "before"), (refused.Code, refused.Error, File.ReadAllText(path)));
        Assert.Equal(2, Tracecap.Run("summary", "traffic.tcap", "-o", path, "--force", "--fields", "nothing").Code);
        Assert.Equal(("before", 1), (File.ReadAllText(path), Directory.GetFiles(folder).Length));
    }

    [Fact]
    public void Conditions_choose_what_every_command_reads()
    {
        static int Rows(params string[] arguments) => Tracecap.Run(arguments).Text.Count(letter => letter == '\n');
        Assert.Equal(
            Rows("lifetimes", "nginx.tcap", "--json", "-D", "18080", "--comm", "wrk"),
            Rows("lifetimes", "nginx.tcap", "--json", "--where", "rport == 18080 and process == wrk"));
        Assert.Equal(
            Rows("replay", "traffic.tcap", "--json", "--type", "F", "-6"), Rows("replay", "traffic.tcap", "--all", "--json", "--where", "type == F and ip == ipv6"));
        Assert.Equal(
            Tracecap.Run("summary", "nginx.tcap", "--comm", "wrk", "--json").Text, Tracecap.Run("summary", "nginx.tcap", "--where", "comm == wrk", "--json").Text);
        Assert.Equal(
            Tracecap.Run("check", "nginx.tcap", "--comm", "wrk", "--expect", "opened > 0").Text, Tracecap.Run("check", "nginx.tcap", "--where", "comm == wrk", "--expect", "opened > 0").Text);
        Assert.Equal(
            Tracecap.Run("plot", "peers", "nginx.tcap", "-4", "--format", "csv").Text, Tracecap.Run("plot", "peers", "nginx.tcap", "--where", "ip == ipv4", "--format", "csv").Text);
        var misspelt = Tracecap.Run("info", "traffic.tcap", "--where", "pdi == 1");
        Assert.Equal(2, misspelt.Code);
        Assert.StartsWith("tracecap: --where: there is no field 'pdi'; did you mean pid?\n  pdi == 1\n  ^^^\n", misspelt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cut_by_a_condition_has_what_it_holds_of(bool keepWhole)
    {
        var path = Path.Combine(folder, "cut.tcap");
        string[] whole = keepWhole ? ["--keep-whole"] : [];
        var cut = Tracecap.Run(["cut", "nginx.tcap", "-o", path, "--where", "type == C and connect > 8us", .. whole]);
        Assert.Equal((0, ""), (cut.Code, cut.Error));
        var wanted = Tracecap.Run("replay", "nginx.tcap", "--json", "--all", "--where", "type == C and connect > 8us").Text;
        Assert.NotEmpty(wanted);
        Assert.Equal(wanted, Tracecap.Run("replay", path, "--json", "--all", "--where", "type == C and connect > 8us").Text);
        Assert.Equal(keepWhole, Tracecap.Run("replay", path, "--json", "--all").Text != wanted);
    }

    [Fact]
    public void Rows_are_counted_as_they_are_shown()
    {
        Assert.Equal(3, Tracecap.Run("replay", "traffic.tcap", "--json", "-n", "3").Text.Count(letter => letter == '\n'));
        Assert.Equal(2, Tracecap.Run("replay", "traffic.tcap", "nginx.tcap", "--json", "--type", "F", "-n", "2").Text.Count(letter => letter == '\n'));
        Assert.Equal(4, Tracecap.Run("lifetimes", "traffic.tcap", "-n", "3").Text.Count(letter => letter == '\n'));
        var path = Path.Combine(folder, "failed.tcap");
        Assert.Equal(0, Tracecap.Run("cut", "traffic.tcap", "-o", path, "--type", "F").Code);
        var hidden = Tracecap.Run("replay", path);
        Assert.Equal(0, hidden.Code);
        Assert.Matches("^[0-9]+ events, of which none is to be shown; F .*, O .* are shown with --all.\n$", hidden.Error);
        Assert.Empty(Tracecap.Run("replay", path, "--all").Error);
    }

    [Fact]
    public void A_row_of_a_failure_ends_with_its_errno_and_other_rows_are_tcptracers()
    {
        var plain = Tracecap.Run("replay", "traffic.tcap").Text.Split('\n');
        foreach (var style in new[] { "bcc", "libbpf" })
        {
            var all = Tracecap.Run("replay", "traffic.tcap", "--all", "--style", style).Text.Split('\n')[..^1];
            Assert.All(all.Where(row => row.StartsWith("F ", StringComparison.Ordinal)), row => Assert.Matches("(aborted|E[A-Z]+)$", row));
            Assert.Contains(all, row => row.EndsWith(" ECONNREFUSED", StringComparison.Ordinal));
        }

        Assert.Equal(plain, Tracecap.Run("replay", "traffic.tcap", "--all").Text.Split('\n').Where(row => row is not ['F' or 'O', ' ', ..]));
    }

    [Fact]
    public void Times_of_day_have_the_precision_that_is_asked_for_and_are_those_of_json()
    {
        var times = Tracecap.Run("replay", "traffic.tcap", "--json").Text.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("time").GetString()!).ToArray();
        foreach (var (precision, length, style) in new[] { ("s", 8, "bcc"), ("ms", 12, "libbpf"), ("us", 15, "bcc"), ("ns", 18, "libbpf") })
        {
            var rows = Tracecap.Run("replay", "traffic.tcap", "--precision", precision, "--style", style).Text.Split('\n')[..^1].SkipWhile(row => !row.StartsWith("TIME", StringComparison.Ordinal)).Skip(1);
            Assert.Equal(times.Select(time => time.Substring(11, length)), rows.Select(row => row[..length]));
        }

        Assert.Equal(Tracecap.Run("replay", "traffic.tcap", "-T").Text, Tracecap.Run("replay", "traffic.tcap", "--utc").Text);
        var ended = Tracecap.Run("lifetimes", "traffic.tcap", "--json").Text.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("ended.time").GetString()!.Substring(11, 12));
        Assert.Equal(ended, Tracecap.Run("lifetimes", "traffic.tcap", "--precision", "ms").Text.Split('\n')[1..^1].Select(row => row[..12]));
    }

    [Fact]
    public void Any_field_sorts_connections_and_any_metric_groups()
    {
        static long[] Sorted(params string[] arguments) => [.. Tracecap.Run([.. arguments, "--format", "tsv"]).Text.Split('\n')[1..^1].Select(row => long.Parse(row, CultureInfo.InvariantCulture))];
        var lifetimes = Sorted("lifetimes", "nginx.tcap", "--fields", "lifetime", "--sort", "lifetime");
        Assert.Equal(lifetimes.OrderDescending(), lifetimes);
        Assert.Equal(lifetimes.Order(), Sorted("lifetimes", "nginx.tcap", "--fields", "lifetime", "--sort=-lifetime"));
        Assert.Equal(lifetimes.Order(), Sorted("lifetimes", "nginx.tcap", "--fields", "lifetime", "--sort", "lifetime", "--reverse"));
        var ports = Sorted("lifetimes", "nginx.tcap", "--fields", "rport", "--sort", "rport", "-n", "100");
        Assert.Equal(ports.Order(), ports);
        Assert.Equal(100, ports.Length);
        var closed = Sorted("summary", "nginx.tcap", "--by", "process,role", "--fields", "closed", "--sort", "closed");
        Assert.Equal(closed.OrderDescending(), closed);
        Assert.Equal(closed.Order().Take(2), Sorted("summary", "nginx.tcap", "--by", "process,role", "--fields", "closed", "--sort=-closed", "--limit", "2"));
    }

    [Fact]
    public void Groups_of_an_interval_add_up_to_the_interval()
    {
        static Dictionary<string, long> Sums(params string[] arguments) => Tracecap.Run([.. arguments, "--format", "ndjson"]).Text.Split('\n')[..^1]
            .Select(line => JsonDocument.Parse(line).RootElement)
            .SelectMany(row => new[] { "opened", "accepted", "closed", "failed", "active" }, (row, name) => (Key: $"{row.GetProperty("seconds")} {name}", Value: row.GetProperty(name).GetInt64()))
            .GroupBy(one => one.Key).Select(group => (group.Key, Sum: group.Sum(one => one.Value))).Where(one => one.Sum > 0).ToDictionary(one => one.Key, one => one.Sum);

        var whole = Sums("churn", "nginx.tcap", "--every", "20ms");
        Assert.Equal(whole, Sums("churn", "nginx.tcap", "--every", "20ms", "--by", "process"));
        Assert.Equal(whole, Sums("churn", "nginx.tcap", "--every", "20ms", "--by", "service,role"));
        // With more groups than are told apart.
        Assert.Equal(whole, Sums("churn", "nginx.tcap", "--every", "20ms", "--by", "rport", "--limit", "3"));
    }

    [Fact]
    public void Groups_of_a_table_are_those_of_the_summary()
    {
        var rows = Tracecap.Run("summary", "nginx.tcap", "--by", "process", "--format", "ndjson").Text.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        using var summary = JsonDocument.Parse(Tracecap.Run("summary", "nginx.tcap", "--by", "process", "--json").Text);
        var groups = summary.RootElement.GetProperty("groups").EnumerateArray().ToArray();
        Assert.Equal(groups.Select(group => group.GetProperty("name").GetString()), rows.Select(row => row.GetProperty("thread.name").GetString()));
        Assert.Equal(groups.Select(group => group.GetProperty("sockets").ToString()), rows.Select(row => row.GetProperty("sockets").ToString()));
        Assert.Equal(
            groups.Select(group => group.GetProperty("lifetime").TryGetProperty("p99_above_ns", out var above) ? above.ToString() : null),
            rows.Select(row => row.TryGetProperty("lifetime.p99_above", out var above) ? above.ToString() : null));
    }

    [Fact]
    public void What_a_picture_shows_adds_up()
    {
        static long Sum(string column, params string[] arguments) => Tracecap.Run([.. arguments, "--format", "ndjson"]).Text.Split('\n')[..^1].Sum(line => JsonDocument.Parse(line).RootElement.GetProperty(column).GetInt64());
        using var summary = JsonDocument.Parse(Tracecap.Run("summary", "nginx.tcap", "--json").Text);
        long Of(string name) => long.Parse(summary.RootElement.GetProperty("all").GetProperty(name).ToString(), CultureInfo.InvariantCulture);
        Assert.Equal(Of("sockets"), Sum("sockets", "plot", "peers", "nginx.tcap"));
        Assert.Equal(Of("closed"), Sum("ended", "plot", "lifetime", "nginx.tcap"));
        Assert.Equal(Of("closed"), Sum("ended", "plot", "lifetime", "nginx.tcap", "--by", "process"));
        Assert.Equal(Of("closed"), Sum("ended", "plot", "cdf", "nginx.tcap"));
        Assert.Equal(Of("closed"), Sum("connections", "plot", "heatmap", "nginx.tcap"));
        Assert.Equal(Of("opened"), Sum("opened", "plot", "churn", "nginx.tcap"));
        Assert.Equal(Of("opened"), Sum("opened", "plot", "churn", "nginx.tcap", "--by", "rport"));
    }
}
