using System.Diagnostics;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests.Report;

namespace TraceCap.Charts.Tests;

/// <summary>Everyone can use the page: whatever the screen, the colours, the eyes, on paper, and without scripts.</summary>
public partial class ReportAccessTests
{
    private static readonly string page = ReportPages.Of("incident");
    private static readonly string axe = Repository.File("tests/browser/axe-core/axe.min.js");

    public static TheoryData<string, bool> Schemes => new(
        from scheme in (string[])["light", "dark"]
        from explored in (bool[])[true, false]
        select (scheme, explored));

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task Axe_finds_nothing_on_any_screen(string scheme, bool explored)
    {
        Assert.SkipUnless(File.Exists(axe), "there is no axe-core: tests/browser/axecore fetches it");
        // Where no script may run axe-core cannot either.
        var shown = explored ? page : Script().Replace(page, "").Replace("(scripting: enabled)", "not all", StringComparison.Ordinal);
        await using var browser = await Browser.Show(shown, obeysPolicy: false, hash: explored ? "#process=web&from=1000000000&to=20000000000" : "");
        await browser.Prefer("prefers-color-scheme", scheme);
        if (explored)
        {
            await browser.Explored();
        }

        await FindNothing(browser);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Axe_finds_nothing_in_a_comparison(string scheme)
    {
        Assert.SkipUnless(File.Exists(axe), "there is no axe-core: tests/browser/axecore fetches it");
        static ComparedCapture Read(string sample)
        {
            using var capture = File.OpenRead(Repository.File($"samples/captures/{sample}.tcap"));
            return ComparedCapture.Read(capture);
        }

        var comparison = new CaptureComparison(Read("nginx"), Read("incident"));
        await using var browser = await Browser.Show(ComparisonPage.Format(comparison, [], "nginx.tcap", "incident.tcap", ""), obeysPolicy: false);
        await browser.Prefer("prefers-color-scheme", scheme);
        // A line of each, and a band of each.
        Assert.Equal(4, await browser.Value<int>("document.querySelectorAll('#chart-lifetimes path[stroke^=\"var(--series\"], #chart-lifetimes path[fill^=\"var(--series\"]').length"));
        await FindNothing(browser);
    }

    private static async Task FindNothing(Browser browser)
    {
        await browser.Value<object?>("document.querySelectorAll('details').forEach(one => { one.open = true; })");
        // Rows beyond the first are like these, and axe takes minutes for thousands.
        await browser.Value<object?>("document.querySelectorAll('tbody').forEach(body => [...body.rows].slice(5).forEach(row => row.remove()))");
        await browser.Value<object?>(await File.ReadAllTextAsync(axe, TestContext.Current.CancellationToken) + "; undefined");
        foreach (var width in (int[])[1440, 768, 390])
        {
            await browser.Resize(width, 900);
            var faults = await browser.Value<string[]>("axe.run({ resultTypes: ['violations'] }).then(found => found.violations.map(fault => `${fault.id}: ${fault.help}: ${fault.nodes.map(node => node.html).join(' ').slice(0, 600)}`))");
            Assert.True(faults.Length == 0, $"{width}: {string.Join('\n', faults)}");
            Assert.InRange(await browser.Value<int>("document.documentElement.scrollWidth"), 1, width);
        }
    }

    [Fact]
    public async Task Without_scripts_there_are_pictures_with_their_numbers_and_all_tables()
    {
        await using var browser = await Browser.Show(page, runsScripts: false);

        Assert.Equal(ReportCharts.All().Count, await browser.Value<int>("[...document.querySelectorAll('.still figure svg')].filter(one => one.getBoundingClientRect().height > 100).length"));
        Assert.Equal(0, await browser.Value<int>("[...document.querySelectorAll('.still figure')].filter(one => one.querySelectorAll('tbody tr').length === 0).length"));
        Assert.Equal(100, await browser.Value<int>("document.querySelector('#connections tbody').rows.length"));
        Assert.Equal("none", await browser.Value<string>("getComputedStyle(document.getElementById('selection')).display"));
    }

    [Fact]
    public async Task On_paper_no_column_is_lost()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/pdftotext"), "there is no pdftotext");
        await using var browser = await ReportPages.Explore(page);
        var headers = await browser.Value<string[]>("[...document.querySelectorAll('#connections thead th, #by-process thead th')].map(one => one.textContent)");
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllBytesAsync(file, await browser.Print(), TestContext.Current.CancellationToken);
            using var process = Process.Start(new ProcessStartInfo("pdftotext", ["-layout", file, "-"]) { RedirectStandardOutput = true })!;
            var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(15 + 15, headers.Length);
            Assert.All(headers.SelectMany(header => header.Split(' ')), word => Assert.Contains(word, text, StringComparison.Ordinal));
            // The last column of the widest table is on the same line as its first.
            Assert.Contains(text.Split('\n'), line => line.TrimStart().StartsWith("Opened", StringComparison.Ordinal) && line.TrimEnd().EndsWith("RTT", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Motion_is_left_out_for_those_who_want_none_and_the_focus_is_seen()
    {
        await using var browser = await ReportPages.Explore(page);
        await browser.Prefer("prefers-reduced-motion", "reduce");
        Assert.True(await browser.Value<bool>("getComputedStyle(document.querySelector('.skip')).transitionDuration === '0s'"));

        await browser.Press("Tab", 9);
        Assert.Equal("Skip to the content", await browser.Value<string>("document.activeElement.textContent"));
        Assert.True(await browser.Value<bool>("document.activeElement.getBoundingClientRect().left >= 0 && parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"));
        await browser.Press("Enter", 13, "\r");
        Assert.Equal("content", await browser.Value<string>("document.activeElement.id"));
    }

    [GeneratedRegex("<script>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
