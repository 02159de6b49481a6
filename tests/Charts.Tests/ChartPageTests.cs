using System.Globalization;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts.Tests;

/// <summary>docs/charts.md and the README show what their commands draw, in both themes, and say of each picture what it shows.</summary>
public sealed partial class ChartPageTests
{
    private static readonly string page = File.ReadAllText(Repository.File("docs/charts.md"));

    public static TheoryData<string> Commands => [.. Command().Matches(page).Select(match => match.Value)];

    [Fact]
    public void The_capture_is_the_one_that_was_made_up()
    {
        var file = Repository.File("samples/made/shop.tcap");
        if (Pictures.Update)
        {
            File.WriteAllBytes(file, SampleIncident.Capture().ToArray());
        }

        using var capture = Analyzer.Capture.Open(file);
        var (read, made) = (ChartTable.Find("churn")!.Create(new()), ChartTable.Find("churn")!.Create(new()));
        var (readFrom, madeFrom) = (capture.Read(read, null, TestContext.Current.CancellationToken), SampleTraffic.Give(made, SampleIncident.Capture()));
        Assert.Equal(made.Describe(madeFrom), read.Describe(readFrom));
        Assert.Equal(made.ToPng(madeFrom, new(300, 200), ColorTheme.Light), read.ToPng(readFrom, new(300, 200), ColorTheme.Light));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_picture_is_what_its_command_draws_and_its_text_what_the_chart_says(string command)
    {
        var parts = Command().Match(command);
        var name = parts.Groups["name"].Value;
        var options = parts.Groups["options"].Value;
        var chart = ChartTable.Find(parts.Groups["chart"].Value)!.Create(new(
            Value("by") is { } by ? Grouping.Parse(by) : null, options.Contains("--log", StringComparison.Ordinal) ? true : null, options.Contains("--percentiles", StringComparison.Ordinal)));
        var size = Value("size")!.Split('x').Select(side => int.Parse(side, CultureInfo.InvariantCulture)).ToArray();
        using var capture = Analyzer.Capture.Open(Repository.File(parts.Groups["file"].Value));
        var recordings = capture.Read(chart, null, TestContext.Current.CancellationToken);

        foreach (var (theme, colours) in (ReadOnlySpan<(string, ColorTheme)>)[("light", ColorTheme.Light), ("dark", ColorTheme.Dark)])
        {
            Pictures.Compare(Repository.File($"docs/charts/{name}-{theme}.png"), chart.ToPng(recordings, new(size[0], size[1]), colours));
        }

        var (title, subtitle) = chart.Describe(recordings);
        Assert.Contains($"| ![{title}. {subtitle}.](charts/{name}-light.png) | ![The same in dark colours.](charts/{name}-dark.png) |\n", page, StringComparison.Ordinal);

        string? Value(string option) => Regex.Match(options, $@"--{option} (\S+)") is { Success: true } match ? match.Groups[1].Value : null;
    }

    [Fact]
    public void The_page_shows_every_chart_in_the_order_of_the_table() => Assert.Equal(
        ChartTable.All.Select(kind => kind.Name), Command().Matches(page).Select(match => match.Groups["chart"].Value).Distinct());

    [Fact]
    public void The_readme_shows_two_of_them_in_either_theme()
    {
        var shown = Picture().Matches(File.ReadAllText(Repository.File("README.md")));

        Assert.Equal(2, shown.Count);
        Assert.All(shown, match => Assert.Contains($"![{match.Groups["text"].Value}](charts/{match.Groups["name"].Value}-light.png)", page, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^tracecap plot (?<chart>\w+) (?<file>\S+) -o (?<name>[\w-]+)\.png(?<options>.*)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("""<picture><source media="\(prefers-color-scheme: dark\)" srcset="docs/charts/(?<name>[\w-]+)-dark.png"><img src="docs/charts/\k<name>-light.png" alt="(?<text>[^"]+)"></picture>""")]
    private static partial Regex Picture();
}
