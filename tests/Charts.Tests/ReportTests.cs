using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests.Report;

namespace TraceCap.Charts.Tests;

public partial class ReportTests
{
    private static readonly (int Red, int Green, int Blue) LightBackground = Rgb(ColorTheme.Light.Background);
    private static readonly (int Red, int Green, int Blue) DarkBackground = Rgb(ColorTheme.Dark.Background);

    [Fact]
    public async Task It_is_shown_without_a_complaint_or_a_request()
    {
        await using var browser = await Browser.Show(Page());

        Assert.Equal("TCP connections of web1", await browser.Value<string>("document.title"));
        Assert.Equal(ChartTable.All.Sum(kind => kind.InReport.Length), await browser.Value<int>("[...document.querySelectorAll('figure svg')].filter(svg => svg.getBoundingClientRect().height > 100).length"));
        Assert.Equal(500, await browser.Value<int>("document.querySelector('#connections tbody').rows.length"));
        Assert.Contains("376 opened", await browser.Value<string>("document.querySelector('dl').textContent"), StringComparison.Ordinal);
        Assert.Contains("10 of 968 events were lost", await browser.Value<string>("document.querySelector('.findings').textContent"), StringComparison.Ordinal);
        Assert.All(browser.Complaints, text => Assert.Fail(text));
        Assert.All(browser.Requests, address => Assert.Matches("^(file|data):", address));
        Assert.Single(browser.Requests, address => address.StartsWith("file:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_else_it_would_ask_for_or_run_is_refused()
    {
        // If this did not complain, nothing above would.
        var page = Page().Replace("</main>", "<img src=\"http://127.0.0.1:9/\"><script>document.title = 'run'</script><p onclick=\"a()\"></p></main>", StringComparison.Ordinal);
        await using var browser = await Browser.Show(page);

        Assert.Equal("TCP connections of web1", await browser.Value<string>("document.title"));
        Assert.NotEmpty(browser.Complaints);
        Assert.Contains(browser.Complaints, text => text.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_column_is_sorted_by_the_keyboard()
    {
        await using var browser = await Browser.Show(Page());
        Task<string[]> Column(int number) => browser.Value<string[]>($"[...document.querySelectorAll('#connections tbody tr')].map(row => row.cells[{number}].dataset.v ?? row.cells[{number}].textContent)");
        Task Focus(string name) => browser.Value<object?>($"[...document.querySelectorAll('#connections thead button')].find(one => one.textContent === '{name}').focus()");

        await Focus("Lifetime");
        await browser.Press("Enter", 13, "\r");
        var descending = (await Column(9)).Select(double.Parse).ToArray();
        await browser.Press(" ", 32, " ");
        var ascending = (await Column(9)).Select(double.Parse).ToArray();
        Assert.Equal(descending.OrderDescending(), descending);
        Assert.Equal(descending.Order(), ascending);
        Assert.Equal("ascending", await browser.Value<string>("document.querySelector('#connections [aria-sort]').ariaSort"));

        await Focus("Other end");
        await browser.Press("Enter", 13, "\r");
        var ends = await Column(5);
        Assert.Equal(
            Enumerable.Range(0, 12).Select(number => $"10.0.1.{number}"), ends.Select(end => end.Split(':')[0]).Distinct());

        // Those still open have no counters; they are last in either order.
        foreach (var _ in "12")
        {
            await Focus("Sent");
            await browser.Press("Enter", 13, "\r");
            Assert.All((await Column(11))[^42..], Assert.Empty);
        }
    }

    [Fact]
    public async Task Rows_are_filtered_as_one_types()
    {
        await using var browser = await Browser.Show(Page());
        Task<int> Shown() => browser.Value<int>("[...document.querySelectorAll('#connections tbody tr')].filter(row => row.offsetParent !== null).length");

        await browser.Value<object?>("document.querySelector('[aria-controls=connections]').focus()");
        await browser.Type("NGINX  closed");

        var shown = await Shown();
        Assert.InRange(shown, 1, 94);
        Assert.Equal(shown, await browser.Value<int>("[...document.querySelectorAll('#connections tbody tr')].filter(row => row.cells[0].textContent === 'nginx' && row.cells[7].textContent === 'closed').length"));
        Assert.Equal($"{shown} of 500 rows", await browser.Value<string>("document.querySelector('[aria-controls=connections]').closest('.filter').querySelector('output').textContent"));

        await browser.Type(" nothing");
        Assert.Equal(0, await Shown());
    }

    [Fact]
    public async Task It_is_dark_for_those_who_prefer_that_and_by_a_button()
    {
        await using var browser = await Browser.Show(Page());
        async Task<(int, int, int)> Color(string of) => await browser.Value<string>(of) is var text && Numbers().Matches(text) is [var red, var green, var blue, ..] ? (int.Parse(red.Value), int.Parse(green.Value), int.Parse(blue.Value)) : throw new FormatException(text);
        Task<(int, int, int)> Background() => Color("getComputedStyle(document.body).backgroundColor");
        Task<(int, int, int)> ChartBackground() => Color("getComputedStyle(document.querySelector('svg rect')).fill");
        Task<string> Pressed() => browser.Value<string>("document.getElementById('theme').ariaPressed");

        await browser.Prefer("prefers-color-scheme", "light");
        Assert.Equal((LightBackground, LightBackground, "false"), (await Background(), await ChartBackground(), await Pressed()));
        await browser.Prefer("prefers-color-scheme", "dark");
        Assert.Equal((DarkBackground, DarkBackground, "true"), (await Background(), await ChartBackground(), await Pressed()));
        await browser.Value<object?>("document.getElementById('theme').click()");
        Assert.Equal((LightBackground, LightBackground, "false"), (await Background(), await ChartBackground(), await Pressed()));
        await browser.Prefer("prefers-color-scheme", "light");
        await browser.Value<object?>("document.getElementById('theme').click()");
        Assert.Equal((DarkBackground, DarkBackground, "true"), (await Background(), await ChartBackground(), await Pressed()));
    }

    [Theory]
    [InlineData(360)]
    [InlineData(800)]
    [InlineData(2500)]
    public async Task On_no_screen_the_page_is_wider_than_that(int width)
    {
        await using var browser = await Browser.Show(Page());
        await browser.Resize(width, 800);

        Assert.InRange(await browser.Value<int>("document.documentElement.scrollWidth"), 1, width);
        await Keep(browser, $"report-{width}");
    }

    [Fact]
    public async Task A_screen_reader_is_told_what_there_is()
    {
        await using var browser = await Browser.Show(Page());

        var told = await browser.Accessible();

        Assert.Superset(new HashSet<(string, string)>
        {
            ("heading", "Findings"), ("button", "Dark colours"), ("searchbox", "Filter Connections"), ("columnheader", "Lifetime"),
            ("rowheader", "nginx"), ("region", "Connections"), ("main", ""),
        }, told);
        Assert.Contains(told, one => one.Role == "image" && one.Name.StartsWith("Lifetime of connections. n = 470 connections; p50", StringComparison.Ordinal));
        Assert.Equal(
            await browser.Value<int>("document.querySelectorAll('[id]').length"),
            await browser.Value<int>("new Set([...document.querySelectorAll('[id]')].map(one => one.id)).size"));
    }

    [Theory]
    [InlineData("<script>a()", "<script>a()")]
    [InlineData("</script><b>", "</script><b>")]
    [InlineData("\"'><img src=x>", "\"'><img src=x>")]
    [InlineData("&lt;b&gt;", "&lt;b&gt;")]
    [InlineData("\" fill=\"#0072B2", "\" fill=\"#0072B2")]
    [InlineData("a\n\x1b[2J", "a\\n\\x1b[2J")]
    [InlineData("\u202Egpj.exe", "\\u202egpj.exe")]
    [InlineData("\u200F\u061C\u2067", "\\u200f\\u061c\\u2067")]
    [InlineData("\uFEFFx\u200D", "\\ufeffx\\u200d")]
    public async Task A_hostile_name_is_shown_and_never_run(string comm, string shown)
    {
        await using var browser = await Browser.Show(Page(comm));

        Assert.Contains(shown, await browser.Value<string[]>("[...document.querySelectorAll('#processes tbody th')].map(one => one.textContent)"));
        Assert.Contains(shown, await browser.Value<string[]>("[...document.querySelectorAll('svg text')].map(one => one.textContent.trim())"));
        Assert.Equal(1, await browser.Value<int>("document.scripts.length"));
        Assert.Equal(0, await browser.Value<int>("document.querySelectorAll('main img, main b').length"));
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Fact]
    public void Without_connections_it_says_so()
    {
        Assert.Contains("no connection", Page(SampleTraffic.Capture([], isLossy: false)), StringComparison.Ordinal);
        Assert.Contains("Nothing was recorded", new TrafficReport(10, ReportCharts.All()).ToHtml(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_pictures_it_says_so_and_all_else_is_there()
    {
        var report = new TrafficReport(TrafficReport.DefaultRows);
        SampleTraffic.Give(report);
        await using var browser = await Browser.Show(report.ToHtml(""));

        Assert.Equal("This page was made without charts.", await browser.Value<string>("document.querySelector('[aria-labelledby=charts-title] p').textContent"));
        Assert.Equal(0, await browser.Value<int>("document.querySelectorAll('figure, svg').length"));
        Assert.Equal(500, await browser.Value<int>("document.querySelector('#connections tbody').rows.length"));
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Fact]
    public void It_says_which_connections_it_is_of()
    {
        var report = new TrafficReport(10, ReportCharts.All());
        SampleTraffic.Give(report);

        var page = report.ToHtml("--comm <b>");

        Assert.Contains("only <code>--comm &lt;b&gt;</code>", page, StringComparison.Ordinal);
        Assert.Contains("The longest 10 of 500 ends", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_connections_take_less_than_2_MiB()
    {
        var page = Page(SampleTraffic.Capture(SampleTraffic.Events("a long name &&&", 1000), isLossy: true));

        Assert.Equal(1000, page[page.IndexOf("id=\"connections\"", StringComparison.Ordinal)..].Split("<tr><th scope=\"row\">").Length - 1);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 0, 2 << 20);
    }

    [Fact]
    public void Its_policy_has_the_hashes_of_its_own_style_and_script()
    {
        var page = Page();
        foreach (var (element, directive) in (ReadOnlySpan<(string, string)>)[("style", "style-src"), ("script", "script-src")])
        {
            var text = Regex.Match(page, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            Assert.Contains($"{directive} 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'", page, StringComparison.Ordinal);
        }
    }

    private static string Page(string comm = "api") => Page(SampleTraffic.Capture(SampleTraffic.Events(comm), isLossy: true));

    private static string Page(MemoryStream capture)
    {
        var report = new TrafficReport(TrafficReport.DefaultRows, ReportCharts.All());
        SampleTraffic.Give(report, capture);
        return report.ToHtml("");
    }

    private static (int Red, int Green, int Blue) Rgb(string color) => Convert.FromHexString(color[1..]) is var parts ? (parts[0], parts[1], parts[2]) : default;

    /// <summary>Pictures of it for those who want to look: TRACECAP_PICTURES names the folder.</summary>
    private static async Task Keep(Browser browser, string name)
    {
        if (Environment.GetEnvironmentVariable("TRACECAP_PICTURES") is { Length: > 0 } folder)
        {
            foreach (var scheme in (string[])["light", "dark"])
            {
                await browser.Prefer("prefers-color-scheme", scheme);
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}-{scheme}.png"), await browser.Picture(), TestContext.Current.CancellationToken);
            }
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
