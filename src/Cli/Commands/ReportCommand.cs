using System.CommandLine;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Charts;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap report</c></summary>
internal static class ReportCommand
{
    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var output = OptionFactory.Page("The page to write; - is standard output.");
        var limit = OptionFactory.Count("List at most so many connections, the longest; 1000 if not given.", "COUNT", "--limit");
        var force = OptionFactory.Force();
        var command = new Command("report", "Makes one HTML page of figures, findings, charts and tables.") { output, limit, force };
        files.AddTo(command);
        command.Does(parsed =>
        {
            using var page = NewCapture.Create(parsed.GetValue(output)!, parsed.GetValue(force), files.Names(parsed));
            var rows = (int)Math.Min(parsed.GetValue(limit) ?? TrafficReport.DefaultRows, int.MaxValue);
            var report = new TrafficReport(rows, ReportCharts.All());
            var code = files.Read(parsed, new ConnectionFeed(report, files.Filter(parsed)));
            page.Stream.Write(Encoding.UTF8.GetBytes(report.ToHtml(files.Describe(parsed), files.RowsOf(parsed))));
            page.Finish();
            return code;
        });
        return command;
    }
}
