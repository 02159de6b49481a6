using System.Text.RegularExpressions;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Analyzer.Tests.Report;

public sealed partial class ComparisonPageTests
{
    private const ulong Ms = 1_000_000;

    [Fact]
    public async Task It_shows_what_changed_without_a_complaint_or_a_request()
    {
        await using var browser = await Browser.Show(Page("a.tcap"));

        Task<string[]> Row(string table, string name) => browser.Value<string[]>($"[...[...document.querySelectorAll('#{table} tbody tr')].find(row => row.cells[0].textContent === '{name}').cells].map(cell => cell.textContent)");
        Assert.Equal(MetricTable.All.Count, await browser.Value<int>("document.querySelector('#metrics tbody').rows.length + document.querySelector('#same tbody').rows.length"));
        Assert.Equal(["lifetime.p50", "10.0 ms", "15.0 ms", "+50.0 %", "+49 to +51 %", "", "changed: longer", "< 0.0001", "the median lifetime"], await Row("metrics", "lifetime.p50"));
        Assert.Equal(["lifetime.p50 > +20%", "FAILED", "10.0 ms", "15.0 ms", "+50.0 %", "+49 to +51 %", "", "changed: longer", "< 0.0001"], await Row("conditions", "lifetime.p50 > +20%"));
        Assert.StartsWith("UNKNOWN: before: ", (await Row("conditions", "connect.p99 > +1%"))[1], StringComparison.Ordinal);
        Assert.Equal(["10.0.0.3:80", "new", "0", "60", "x 6 or more", "", "changed: more", "0.00053"], await Row("services", "10.0.0.3:80"));
        Assert.All(browser.Complaints, text => Assert.Fail(text));
        Assert.All(browser.Requests, address => Assert.Matches("^(file|data):", address));
    }

    [Fact]
    public void Rows_say_by_how_much_before_they_say_how_likely()
    {
        var page = Page("a.tcap");
        string[] Row(string name)
        {
            var row = page[page.IndexOf($"<th scope=\"row\">{name}<", StringComparison.Ordinal)..];
            return [.. Cell().Matches(row[..row.IndexOf("</tr>", StringComparison.Ordinal)]).Select(cell => System.Net.WebUtility.HtmlDecode(cell.Groups[1].Value))];
        }

        Assert.Equal(["10.0 ms", "15.0 ms", "+50.0 %", "+49 to +51 %", "changed: longer", "< 0.0001", "the median lifetime"], Row("lifetime.p50"));
        Assert.Equal(["new", "0", "60", "x 6 or more", "changed: more", "0.00053"], Row("10.0.0.3:80"));
    }

    /// <summary>Failures and times that somebody waits are worse if they are more, and better if less; colour never tells it alone.</summary>
    [Fact]
    public void Better_and_worse_are_told_by_a_word_and_the_noise_is_folded_away()
    {
        var quick = To("10.0.0.2", 300, 10).Select((one, i) => one with { Duration = (ulong)(10_000 + i) }).ToArray();
        var slow = quick.Select((one, i) => i % 3 == 0 ? one.FailedWith(111) : one with { Duration = one.Duration * 100 }).ToArray();
        var worse = Format(quick, slow);
        Assert.Contains("<li class=\"worse\"><strong>worse</strong>: <code>failed.share</code>", worse, StringComparison.Ordinal);
        Assert.Contains("<li class=\"worse\"><strong>worse</strong>: <code>connect.p50</code>", worse, StringComparison.Ordinal);
        Assert.Contains("<td class=\"worse\">changed: worse</td>", worse, StringComparison.Ordinal);
        Assert.DoesNotContain("better</strong>", worse, StringComparison.Ordinal);
        var better = Format(slow, quick);
        Assert.Contains("<li class=\"better\"><strong>better</strong>: <code>failed.share</code>", better, StringComparison.Ordinal);
        Assert.DoesNotContain("worse</strong>", better, StringComparison.Ordinal);
        var same = Format(quick, quick);
        Assert.Contains("No metric is certain to have changed.", same, StringComparison.Ordinal);
        Assert.Contains($"<summary>{MetricTable.All.Count} metrics that did not change", same, StringComparison.Ordinal);
    }

    /// <summary>Each has a name, a text and its numbers; and is drawn without a script.</summary>
    [Fact]
    public async Task Charts_lay_both_captures_over_each_other()
    {
        await using var browser = await Browser.Show(Page("a.tcap"));
        Assert.Equal(["lifetimes", "new"], await browser.Value<string[]>("[...document.querySelectorAll('figure')].map(one => one.id.slice('chart-'.length))"));
        Assert.Equal(2, await browser.Value<int>("document.querySelectorAll('figure svg[role=img][aria-label]').length"));
        Assert.StartsWith("The median is 10.0 ms before and 15.0 ms after", await browser.Value<string>("document.querySelector('#chart-lifetimes figcaption').textContent"), StringComparison.Ordinal);
        Assert.Equal(["50 %", "10.0 ms", "10.0 ms or more", "15.0 ms", "15.0 ms or more"], await browser.Value<string[]>("[...document.querySelector('#chart-lifetimes tbody').rows[4].cells].map(cell => cell.textContent)"));
        // A line of each; where all lived equally long there is no band.
        Assert.Equal(2, await browser.Value<int>("document.querySelectorAll('#chart-lifetimes path[stroke^=\"var(--series\"], #chart-lifetimes path[fill^=\"var(--series\"]').length"));
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1200)]
    public async Task On_no_screen_it_is_wider_than_that(int width)
    {
        await using var browser = await Browser.Show(Page("a.tcap"));
        await browser.Resize(width, 800);
        Assert.InRange(await browser.Value<int>("document.documentElement.scrollWidth"), 1, width);
    }

    [Theory]
    [InlineData("<script>a()", "<script>a()")]
    [InlineData("\u202Egpj.exe", "\\u202egpj.exe")]
    public async Task A_hostile_name_is_shown_and_never_run(string name, string shown)
    {
        await using var browser = await Browser.Show(Page(name));
        Assert.Equal($"{shown}, then b.tcap; only --comm {shown}", await browser.Value<string>("document.querySelector('header p').textContent"));
        Assert.Equal(1, await browser.Value<int>("document.scripts.length"));
        Assert.All(browser.Complaints, text => Assert.Fail(text));
    }

    private static string Page(string name)
    {
        Expectation[] unwanted = [Expectation.ParseComparison("lifetime.p50 > +20%"), Expectation.ParseComparison("connect.p99 > +1%")];
        var comparison = new CaptureComparison(
            Read(unwanted, To("10.0.0.2", 300, 10)),
            Read(unwanted, [.. To("10.0.0.2", 300, 15), .. To("10.0.0.3", 60, 15)]));
        return ComparisonPage.Format(comparison, [.. unwanted.Select(comparison.Check)], name, "b.tcap", $"--comm {name}");
    }

    private static string Format(Connection[] before, Connection[] after) =>
        ComparisonPage.Format(new CaptureComparison(Read([], before), Read([], after)), [], "a", "b", "");

    private static ComparedCapture Read(Expectation[] expectations, Connection[] connections)
    {
        var compared = new ComparedCapture(expectations) { Course = new ComparedCourse() };
        compared.Take(connections, Ends.Recording);
        compared.End([Ends.Recording]);
        return compared;
    }

    private static Connection[] To(string peer, int count, ulong milliseconds) =>
        [.. Enumerable.Range(0, count).Select(i => Ends.Client("app", peer, 80, (ulong)(i * 90_000 / count) * Ms, milliseconds * Ms))];

    [GeneratedRegex("<td[^>]*>([^<]*)</td>")]
    private static partial Regex Cell();
}
