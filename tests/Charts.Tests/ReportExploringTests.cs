using System.Diagnostics;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Tests.Report;

namespace TraceCap.Charts.Tests;

/// <summary>A report is explored with the mouse, with the keyboard alone, and by its address.</summary>
public partial class ReportExploringTests
{
    private const string Plot = "#explored-begun .plot";

    private static readonly string page = ReportPages.Of("incident");

    [Fact]
    public async Task A_drag_selects_a_time_and_a_double_click_goes_back()
    {
        await using var browser = await ReportPages.Explore(page);
        var (left, top, width, height) = await Box(browser);

        await browser.Move((left + (width * 0.3), top + (height / 2)), (left + (width * 0.6), top + (height / 2)), drags: true);

        var (from, to) = await Times(browser);
        Assert.InRange((double)(to - from) / 25_037_000_000, 0.28, 0.32);
        Assert.Contains("opened 15:09:", await Selection(browser), StringComparison.Ordinal);
        // Every chart over time has the same.
        Assert.Single((await browser.Value<string[]>("[...document.querySelectorAll('.explored details')].slice(0, 2).map(one => { one.open = true; return one; }).map(one => one.querySelector('tbody th')?.textContent ?? '')")).Distinct());

        (left, top, width, height) = await Box(browser);
        await browser.DoubleClick((left + (width * 0.5), top + (height / 2)));
        Assert.Equal("", await browser.Value<string>("location.hash.slice(1)"));
        Assert.StartsWith("All 658 ends", await Selection(browser), StringComparison.Ordinal);
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Fact]
    public async Task The_pointer_shows_values()
    {
        await using var browser = await ReportPages.Explore(page);
        var (left, top, width, height) = await Box(browser);

        await browser.Move((left + (width * 0.2), top + 20), (left + (width * 0.4), top + (height / 2)), drags: false);

        Assert.Matches("^15:09:4[0-9.]+ to 15:09:4[0-9.]+: opened [0-9]+, accepted [0-9]+, failed [0-9]+$", await browser.Value<string>("document.querySelector('#explored-begun .readout').textContent"));
        // The cursor is one for all of them.
        Assert.Matches("open [0-9]+$", await browser.Value<string>("document.querySelector('#explored-open .readout').textContent"));
    }

    [Fact]
    public async Task The_keyboard_alone_does_as_well()
    {
        await using var browser = await ReportPages.Explore(page);
        await browser.Value<object?>($"document.querySelector('{Plot}').focus()");

        await browser.Press("Home", 36);
        await browser.Press("ArrowRight", 39);
        Assert.Matches("opened [0-9]+, accepted", await browser.Value<string>("document.querySelector('#explored-begun .readout').textContent"));
        await browser.Press("ArrowRight", 39, shift: true);
        await browser.Press("ArrowRight", 39, shift: true);
        await browser.Press("Enter", 13, "\r");
        var (from, to) = await Times(browser);
        Assert.InRange(to - from, 600_000_000ul, 3_100_000_000ul);

        await browser.Press("Escape", 27);
        Assert.Equal("", await browser.Value<string>("location.hash.slice(1)"));
        await browser.Press("+", 187, "+");
        (from, to) = await Times(browser);
        Assert.InRange(to - from, 12_000_000_000ul, 13_000_000_000ul);
        await browser.Press("-", 189, "-");
        Assert.StartsWith("All 658 ends", await Selection(browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_an_ending_and_words_filter_all_at_once_and_can_be_taken_back()
    {
        await using var browser = await ReportPages.Explore(page);
        Task Click(string what) => browser.Value<object?>($"[...document.querySelectorAll('button')].find(one => one.textContent === '{what}').click()");

        await Click("web");
        await Click("failed");
        Assert.StartsWith("192 ends", await Selection(browser), StringComparison.Ordinal);
        Assert.Equal("192", await browser.Value<string>("document.querySelector('[data-metric=failed] dd').textContent"));
        Assert.Equal(["10.77.0.2:5432"], await browser.Value<string[]>("[...document.querySelectorAll('#by-service tbody th')].map(one => one.textContent)"));
        Assert.StartsWith("0 opened, 0 accepted and 192 failed", await browser.Value<string>("document.querySelector('#begun-text').textContent"), StringComparison.Ordinal);
        Assert.Equal("#process=web&ending=failed", await browser.Value<string>("location.hash"));

        await browser.Value<object?>("history.back()");
        await browser.Value<object?>("new Promise(done => { const look = () => location.hash === '#process=web' ? requestAnimationFrame(done) : requestAnimationFrame(look); look(); })");
        Assert.StartsWith("200 ends", await Selection(browser), StringComparison.Ordinal);

        await browser.Value<object?>("document.querySelector('input[name=words]').focus()");
        await browser.Type("econnrefused");
        Assert.StartsWith("192 ends", await Selection(browser), StringComparison.Ordinal);
        await Click("Show all");
        Assert.StartsWith("All 658 ends", await Selection(browser), StringComparison.Ordinal);
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Fact]
    public async Task The_list_is_sorted_with_those_that_failed_first_among_equals()
    {
        await using var browser = await ReportPages.Explore(page);
        Task<string[]> Column(int number) => browser.Value<string[]>($"[...document.querySelectorAll('#connections tbody tr')].map(row => row.cells[{number}].textContent)");

        Assert.All(await Column(8), words => Assert.StartsWith("failed", words, StringComparison.Ordinal));
        await browser.Value<object?>("[...document.querySelectorAll('#connections thead button')].find(one => one.textContent === 'Role').click()");
        Assert.All(await Column(8), words => Assert.StartsWith("failed", words, StringComparison.Ordinal));
        await browser.Value<object?>("[...document.querySelectorAll('#connections thead button')].find(one => one.textContent === 'Opened').click()");
        var opened = (await Column(0)).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(opened.OrderDescending(), opened);
        Assert.Equal("descending", await browser.Value<string>("document.querySelector('#connections [aria-sort]').ariaSort"));

        await browser.Value<object?>("[...document.querySelectorAll('button')].find(one => one.textContent.startsWith('Show 100')).click()");
        Assert.Equal(200, (await Column(0)).Length);
    }

    [Fact]
    public async Task What_a_chart_shows_is_in_words_and_numbers_the_outage_included()
    {
        await using var browser = await ReportPages.Explore(page);

        var words = await browser.Value<string>("document.querySelector('#begun-text').textContent");
        Assert.Matches("An outage: 29[0-9] of 3[0-9][0-9] connects failed from 15:09:44[.0-9]* to 15:09:49", words);
        Assert.Equal(0, await browser.Value<int>("[...document.querySelectorAll('.explored:not([hidden])')].filter(one => one.querySelector('.text').textContent.length < 20).length"));
        await browser.Value<object?>("document.querySelectorAll('.explored details').forEach(one => { one.open = true; })");
        await browser.Value<object?>("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Assert.Equal(0, await browser.Value<int>("[...document.querySelectorAll('.explored:not([hidden])')].filter(one => one.querySelectorAll('tbody tr').length < 2).length"));
        Assert.Equal(331, await browser.Value<int>("[...document.querySelectorAll('#explored-begun tbody tr')].reduce((sum, row) => sum + Number(row.cells[3].textContent), 0)"));
    }

    [Theory]
    [InlineData("#from=9&to=1&process=nobody&ending=never&finding=99")]
    [InlineData("#from=x&to=&service=%3Cscript%3E&words=")]
    [InlineData("#finding=__proto__&ending=constructor&%%%")]
    public async Task An_address_that_means_nothing_shows_all(string hash)
    {
        await using var browser = await ReportPages.Explore(page, hash);
        Assert.StartsWith("All 658 ends", await Selection(browser), StringComparison.Ordinal);
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Fact]
    public async Task Fifty_thousand_connections_are_held_below_5_MiB_and_dragged_over()
    {
        var large = ReportPagesOf50000();
        Assert.InRange(large.Length, 0, 5 << 20);
        await using var browser = await ReportPages.Explore(large);
        Assert.StartsWith("All 50,000 ends", await Selection(browser), StringComparison.Ordinal);

        var (left, top, width, height) = await Box(browser);
        await browser.Move((left + (width * 0.2), top + (height / 2)), (left + (width * 0.8), top + (height / 2)), drags: true);
        Assert.Contains("opened ", await Selection(browser), StringComparison.Ordinal);
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Fact]
    public void The_library_that_draws_is_what_was_published()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/npm"), "there is no npm");
        using var compared = Process.Start(new ProcessStartInfo(Repository.File("tests/browser/uplot")) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complaint) = (compared.StandardOutput.ReadToEnd(), compared.StandardError.ReadToEnd());
        compared.WaitForExit();
        Assert.SkipWhen(compared.ExitCode != 0 && !complaint.Contains("differ", StringComparison.Ordinal), $"npm gives no uPlot: {complaint}");
        Assert.True(compared.ExitCode == 0, complaint);
        Assert.Matches(@"^uplot [0-9.]+\n$", said);
        Assert.Contains("The MIT License", page[page.IndexOf("<script>", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    private static string ReportPagesOf50000()
    {
        var report = new Analyzer.Output.Html.TrafficReport(pictures: ReportCharts.All());
        SampleTraffic.Give(report, SampleTraffic.Capture(SampleTraffic.Events("api", 50_000), isLossy: false));
        return report.ToHtml("");
    }

    private static Task<string> Selection(Browser browser) => browser.Value<string>("document.getElementById('selection').textContent");

    private static async Task<(ulong From, ulong To)> Times(Browser browser)
    {
        var hash = await browser.Value<string>("location.hash");
        return Range().Match(hash) is { Success: true } found ? (ulong.Parse(found.Groups[1].Value), ulong.Parse(found.Groups[2].Value)) : throw new FormatException(hash);
    }

    private static async Task<(double Left, double Top, double Width, double Height)> Box(Browser browser)
    {
        await browser.Value<object?>($"document.querySelector('{Plot}').scrollIntoView({{ block: 'center' }})");
        var box = await browser.Value<double[]>($"(() => {{ const box = document.querySelector('{Plot} .u-over').getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; }})()");
        return (box[0], box[1], box[2], box[3]);
    }

    [GeneratedRegex("from=([0-9]+)&to=([0-9]+)")]
    private static partial Regex Range();
}
