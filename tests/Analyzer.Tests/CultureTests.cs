using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Tests;

/// <summary>Output is for programs as well: it is the same wherever the library runs.</summary>
public sealed class CultureTests
{
    public static TheoryData<string, Func<byte[]>> Outputs => new()
    {
        { "lifetimes", () => Print(new LifetimeTable(new LifetimeOptions { Clock = new ClockStyle(), Timestamps = true, Wide = true })) },
        { "lifetimes as CSV", () => Print(new LifetimeCsv(new LifetimeOptions { Clock = new ClockStyle(), Timestamps = true, Wide = true })) },
        { "events", () => PrintEvents(TableStyle.Bcc) },
        { "events as libbpf-tools has them", () => PrintEvents(TableStyle.Libbpf) },
        { "lifetimes as JSON", () => Print(new ConnectionJson()) },
        { "events as JSON", EventsAsJson },
        { "summary", () => Summarize(summary => TrafficSummaryText.Format(summary, 20, 0)) },
        { "summary as JSON", () => Summarize(TrafficSummaryJson.Format) },
        { "info", () => Info((name, summary) => SummaryText.Format(name, summary)) },
        { "info as JSON", () => Info(SummaryJson.Format) },
        { "churn", Churn },
        { "check", () => Check(results => CheckText.Format(results, 0)) },
        { "check as JSON", () => Check(CheckJson.Format) },
        { "diff", () => Compare((comparison, results) => ComparisonText.Format(comparison, results, 0)) },
        { "diff as JSON", () => Compare(ComparisonJson.Format) },
        { "diff as a page", () => Compare((comparison, results) => Encoding.UTF8.GetBytes(ComparisonPage.Format(comparison, results, "a", "b", ""))) },
        { "report", Report },
    };

    [Theory]
    [MemberData(nameof(Outputs), DisableDiscoveryEnumeration = true)]
    public void No_culture_changes_what_is_written(string name, Func<byte[]> output)
    {
        var expected = Encoding.UTF8.GetString(Under(CultureInfo.InvariantCulture, output));
        Assert.NotEmpty(expected);
        foreach (var culture in Cultures())
        {
            Assert.Equal(expected, Encoding.UTF8.GetString(Under(culture, output)));
        }

        Assert.NotEmpty(name);
    }

    /// <summary>What is peculiar to some: tests run without the data of real ones, which not every machine has.</summary>
    private static IEnumerable<CultureInfo> Cultures()
    {
        yield return Make("de-DE", ",", ".", "-", ".");
        yield return Make("ar-SA", "٫", "٬", "\u061c-", ":");
        yield return Make("fa-IR", "٫", "٬", "\u200e\u2212", ":");
        yield return Make("th-TH", ".", ",", "-", "-");

        static CultureInfo Make(string name, string point, string group, string minus, string time)
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = culture.NumberFormat.PercentDecimalSeparator = point;
            culture.NumberFormat.NumberGroupSeparator = culture.NumberFormat.PercentGroupSeparator = group;
            culture.NumberFormat.NegativeSign = minus;
            culture.DateTimeFormat.TimeSeparator = time;
            culture.DateTimeFormat.DateSeparator = ".";
            culture.DateTimeFormat.AbbreviatedMonthNames = culture.DateTimeFormat.MonthNames =
                [.. Enumerable.Range(1, 12).Select(month => $"{name} {month}"), ""];
            return culture;
        }
    }

    private static byte[] Under(CultureInfo culture, Func<byte[]> output)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            return output();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static FileStream Open(string name = "nginx") => File.OpenRead(Repository.File($"samples/captures/{name}.tcap"));

    private static byte[] Print(IConnectionRows rows)
    {
        using var output = new MemoryStream();
        using var file = Open();
        using var pipeline = new ConnectionPipeline(new ConnectionRowExporter(rows, output), 200);
        ConnectionFeed.ReadAll(file, pipeline);
        pipeline.End();
        return output.ToArray();
    }

    private static byte[] PrintEvents(TableStyle style)
    {
        using var output = new MemoryStream();
        using var file = Open();
        var table = new TcptracerTable(new TableOptions { Style = style, Timestamps = true, Uid = true });
        using var pipeline = new EventPipeline(new EventRowExporter(table, output), CaptureFilter.All, 200);
        pipeline.Run(new EventStream(CaptureReader.Open(file)), _ => { });
        return output.ToArray();
    }

    private static byte[] EventsAsJson()
    {
        var output = new ArrayBufferWriter<byte>();
        using var file = Open();
        var events = new EventStream(CaptureReader.Open(file));
        Assert.True(events.Read(out var batch));
        foreach (ref readonly var e in batch[..200])
        {
            EventJson.Write(output, in e, events.Known.Clocks.At(e.Timestamp)?.WallOffset);
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Info(Func<string, CaptureSummary, byte[]> format)
    {
        using var file = Open();
        return format("nginx.tcap", CaptureSummary.Of(file, new CaptureFilter(new EventFilter())));
    }

    private static byte[] Summarize(Func<TrafficSummary, byte[]> format)
    {
        using var file = Open();
        var summary = new TrafficSummary(GroupBy.Process);
        ConnectionFeed.ReadAll(file, summary);
        return format(summary);
    }

    private static byte[] Churn()
    {
        using var output = new MemoryStream();
        using var file = Open();
        var churn = new ConnectionChurn(100_000_000);
        ConnectionFeed.ReadAll(file, churn);
        ChurnText.Write(output, churn, 0);
        ChurnJson.Write(output, churn);
        return output.ToArray();
    }

    private static byte[] Check(Func<IReadOnlyList<CheckResult>, byte[]> format)
    {
        using var file = Open();
        return format(CaptureCheck.Run(file, MetricTable.All.Select(metric => $"{metric.Name} > 0")));
    }

    private static byte[] Compare(Func<CaptureComparison, IReadOnlyList<UnwantedResult>, byte[]> format)
    {
        using var before = Open("traffic");
        using var after = Open();
        Expectation[] unwanted = [Expectation.ParseComparison("opened.rate < -12.5%"), Expectation.ParseComparison("lifetime.p99 > +1.5ms")];
        var comparison = new CaptureComparison(ComparedCapture.Read(before, unwanted), ComparedCapture.Read(after, unwanted));
        return format(comparison, [.. unwanted.Select(comparison.Check)]);
    }

    private static byte[] Report()
    {
        using var file = Open();
        var report = new TrafficReport(rows: 50);
        ConnectionFeed.ReadAll(file, report);
        // The library of the charts numbers what it clips by.
        return Encoding.UTF8.GetBytes(Regex.Replace(report.ToHtml(""), "cl_[0-9a-f]+", "cl"));
    }
}
