using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests.Report;

namespace TraceCap.Charts.Tests;

/// <summary>Pages that tests explore.</summary>
internal static class ReportPages
{
    /// <summary>The page of a sample capture.</summary>
    internal static string Of(string sample, int? rows = null)
    {
        using var file = File.OpenRead(Repository.File($"samples/captures/{sample}.tcap"));
        var report = new TrafficReport(rows, ReportCharts.All());
        ConnectionFeed.ReadAll(file, report);
        return report.ToHtml("");
    }

    /// <summary>Shows it, ready to be explored.</summary>
    internal static async Task<Browser> Explore(string page, string hash = "", bool obeysPolicy = true)
    {
        var browser = await Browser.Show(page, obeysPolicy: obeysPolicy, hash: hash);
        try
        {
            return await browser.Explored();
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }
}
