using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>The commands that draw: <c>plot</c> and <c>report</c>.</summary>
public sealed partial class ChartCommandTests : IDisposable
{
    private static readonly string[] Png = ["plot", "lifetime", "--format", "png"];

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Commands => ["plot heatmap --format svg", "plot churn --format png", "report"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("plot lifetime", "chart.png", "\u0089PNG\r\n")]
    [InlineData("plot cdf --log --by service", "chart.svg", "<?xml")]
    [InlineData("plot peers --size 300x200 --format svg", "chart", "<?xml")]
    [InlineData("report", "page.html", "<!DOCTYPE html>")]
    public void A_file_is_written_for_its_owner_only(string command, string name, string beginning)
    {
        var path = Path.Combine(folder, name);
        var result = Tracecap.Run([.. command.Split(' '), "traffic.tcap", "-o", path]);

        Assert.Equal((0, "", ""), (result.Code, result.Text, result.Error));
        Assert.StartsWith(beginning, Encoding.Latin1.GetString(File.ReadAllBytes(path)), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_pipe_gives_the_same_as_the_file(string command)
    {
        var path = Path.Combine(folder, "out");
        Tracecap.Run([.. command.Split(' '), "traffic.tcap", "-o", path]);

        var piped = Tracecap.Run(File.ReadAllBytes(Repository.File("samples/captures/traffic.tcap")), [.. command.Split(' '), "-", "-o", "-"]);

        Assert.Equal((0, ""), (piped.Code, piped.Error));
        // But for the name of what it was made of.
        Assert.Equal(Encoding.Latin1.GetString(File.ReadAllBytes(path)).Replace("data-command=\"tracecap lifetimes traffic.tcap\"", "data-command=\"tracecap lifetimes -\"", StringComparison.Ordinal), Encoding.Latin1.GetString(piped.Output));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Nothing_is_replaced_unless_it_is_forced_and_nothing_by_what_failed(string command)
    {
        var path = Path.Combine(folder, "out");
        var noCapture = Path.Combine(folder, "no-capture");
        File.WriteAllText(path, "precious");
        File.WriteAllText(noCapture, "nothing of the kind");

        Assert.Contains("--force", Tracecap.Run([.. command.Split(' '), "traffic.tcap", "-o", path]).Error, StringComparison.Ordinal);
        Assert.Equal(1, Tracecap.Run([.. command.Split(' '), noCapture, "-o", path, "--force"]).Code);
        Assert.Contains("same file", Tracecap.Run([.. command.Split(' '), path, "-o", path, "--force"]).Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(path));
        Assert.Equal(2, Directory.GetFiles(folder).Length);

        Assert.Equal(0, Tracecap.Run([.. command.Split(' '), "traffic.tcap", "-o", path, "--force"]).Code);
        Assert.NotEqual("precious", File.ReadAllText(path));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Of_a_cut_capture_it_shows_what_there_is_and_ends_with_3(string command)
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        for (var length = 0; length < file.Length; length += file.Length / 3)
        {
            var some = Tracecap.Run(file[..length], [.. command.Split(' '), "-", "-o", "-"]);
            Assert.Equal(3, some.Code);
            Assert.NotEmpty(some.Output);
            Assert.Contains(length == 0 ? "empty" : "truncated", some.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_report_takes_several_captures_and_filters()
    {
        string Page(params string[] arguments) => Tracecap.Run(["report", "-o", "-", .. arguments]).Text;
        static int Rows(string page) => int.Parse(HeldRows().Match(page).Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        int Lifetimes(params string[] arguments) => Tracecap.Run(["lifetimes", .. arguments]).Text.Split('\n').Length - 2;

        Assert.Equal(Lifetimes("traffic.tcap"), Rows(Page("traffic.tcap")));
        Assert.Equal(Lifetimes("traffic.tcap", "tcptracer-example.tcap"), Rows(Page("traffic.tcap", "tcptracer-example.tcap")));
        Assert.Equal(7, Rows(Page("traffic.tcap", "nginx.tcap", "--rows", "7")));
        var filtered = Page("traffic.tcap", "--comm", "c-burst", "-4", "-D", "20000");
        Assert.Equal(Lifetimes("traffic.tcap", "--comm", "c-burst", "-4", "-D", "20000"), Rows(filtered));
        var containers = Page("incident.tcap", "--by", "cgroup");
        Assert.Contains("<h2 id=\"by-cgroup-title\">Cgroups</h2>", containers, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"by-container-title\">Containers</h2>", containers, StringComparison.Ordinal);
        Assert.Contains("only <code>-4 --comm c-burst -D 20000</code>", filtered, StringComparison.Ordinal);
        Assert.Contains("a filter may have left out the other side", filtered, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_shown_in_the_browser_that_the_environment_names()
    {
        var browser = Path.Combine(folder, "browser");
        File.WriteAllText(browser, "#!/bin/sh\nprintf '%s' \"$1\" > \"$0.shown\"\nmv \"$0.shown\" \"$0.page\"\n");
        FileModes.Set(browser, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string Shown()
        {
            SpinWait.SpinUntil(() => File.Exists(browser + ".page"));
            var page = File.ReadAllText(browser + ".page");
            File.Delete(browser + ".page");
            return page;
        }

        var named = Path.Combine(folder, "named.html");
        var result = Tracecap.RunWith(("BROWSER", browser), "report", "traffic.tcap", "-o", named, "--open");
        Assert.Equal((0, $"{named} is shown by {browser}\n"), (result.Code, result.Error));
        Assert.Equal(named, Shown());

        // Without a name it is in the temporary folder.
        Assert.Equal(0, Tracecap.RunWith(("BROWSER", browser), "report", "traffic.tcap", "--open").Code);
        var page = Shown();
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(page), StringComparison.Ordinal);
        File.Delete(page);

        var missing = Tracecap.RunWith(("BROWSER", Path.Combine(folder, "none")), "report", "traffic.tcap", "-o", named, "--force", "--open");
        Assert.Equal(0, missing.Code);
        Assert.Contains($"{named} is written, but {Path.Combine(folder, "none")} cannot be started to show it", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plot pie", "'pie' is no chart")]
    [InlineData("plot heatmap --by peer", "--by: a heatmap shows all connections alike")]
    [InlineData("plot timeline --log", "--log: a timeline has no counts")]
    [InlineData("plot churn --linear", "--linear: it is linear unless --log says otherwise")]
    [InlineData("plot churn --percentiles", "--percentiles: only cdf has percentiles")]
    [InlineData("plot cdf --percentiles --log", "--log: the axis of percentiles has a scale of its own")]
    [InlineData("plot heatmap --log --linear", "--log and --linear exclude each other")]
    [InlineData("plot cdf --size 10x10", "'10x10' is no size")]
    [InlineData("plot cdf --size 100000x600", "each side from 200 to 8192")]
    [InlineData("plot cdf --by colour", "there is no field 'colour'; expected some of process, peer, service, port")]
    [InlineData("plot cdf --format pdf", "expected one of png, svg, ")]
    public void What_cannot_be_drawn_is_told(string command, string message)
    {
        var result = Tracecap.Run([.. command.Split(' '), "traffic.tcap", "-o", Path.Combine(folder, "chart.svg")]);

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Times_are_those_of_this_machine_if_that_is_asked_for()
    {
        static string Axis(string zone, string option = "") => Regex.Match(
            Shell.Run($"TZ={zone} tracecap plot churn traffic.tcap -o - --format svg {option}").Text, @"time of day, [0-9-]+ \(([^)]*)\)").Groups[1].Value;

        Assert.Equal("UTC", Axis("Asia/Kolkata"));
        Assert.Equal("UTC+05:30", Axis("Asia/Kolkata", "--local"));
        Assert.Equal("UTC", Axis("UTC", "--local"));
    }

    [Fact]
    public void A_name_that_tells_no_format_asks_for_one() => Assert.Contains(
        "-o -: a name that ends in .png, .svg, .c",
        Tracecap.Run("plot", "cdf", "traffic.tcap", "-o", "-").Error,
        StringComparison.Ordinal);

    [Fact]
    public void Without_its_libraries_it_says_so_and_all_else_works()
    {
        Assert.SkipUnless(Tracecap.IsPublished, "only the published executable stands alone");
        var alone = Path.Combine(folder, "tracecap");
        File.Copy(Tracecap.Path, alone);
        var capture = Repository.File("samples/captures/traffic.tcap");
        Tracecap.Result Run(params string[] arguments) => Shell.Run($"{alone} {string.Join(' ', arguments)}");

        Assert.Equal(0, Run("replay", capture).Code);
        foreach (var arguments in (string[][])[[.. Png, capture, "-o", "-"], ["report", capture, "-o", Path.Combine(folder, "page.html")]])
        {
            var result = Run(arguments);
            Assert.Equal(1, result.Code);
            Assert.Equal($"tracecap: charts are drawn with libSkiaSharp.so, which is not in {folder}; copy it there from where tracecap was built (./build.sh publish leaves it beside the executable)\n", result.Error);
        }

        Assert.Equal([alone], Directory.GetFiles(folder));
    }

    [GeneratedRegex("<p>(?:All )?([0-9,]+) (?:of [0-9,]+ )?ends of connections")]
    private static partial Regex HeldRows();
}
