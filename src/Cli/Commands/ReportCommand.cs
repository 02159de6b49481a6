using System.CommandLine;
using System.Text;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Charts;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap report</c></summary>
internal static class ReportCommand
{
    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var output = OptionFactory.Page("The page to write; - is standard output. May be left out with --open: then it is a file in the temporary folder.");
        output.Required = false;
        var rows = OptionFactory.Count("Hold at most so many connections: all that failed and that a finding names first, then the longest, then a sample. If not given, as many as keep the page below 5 MiB.", "COUNT", "--rows");
        var by = OptionFactory.By("Show a table of these groups, too.", forFailures: false);
        var open = OptionFactory.Flag("Show the page in the browser.", "--open");
        var force = OptionFactory.Force();
        var command = new Command("report", "Makes one HTML page of figures, findings, charts and tables, to be explored in a browser.") { output, rows, by, open, force };
        files.AddTo(command);
        command.Does(parsed =>
        {
            var opens = parsed.GetValue(open);
            var path = parsed.GetValue(output) ?? (opens ? Browser.NewPage() : throw new CommandException("-o is missing: a file for the page, - for standard output, or --open is expected", ExitCode.Usage));
            if (opens && path == CaptureName.Pipe)
            {
                throw new CommandException("--open shows a file, and -o - writes none; name one, or leave out -o", ExitCode.Usage);
            }

            ExitCode code;
            using (var page = NewCapture.Create(path, parsed.GetValue(force), files.Names(parsed)))
            {
                var report = new TrafficReport(parsed.GetValue(rows) is { } count ? (int)Math.Min(count, int.MaxValue / 4) : null, ReportCharts.All(), parsed.GetValue(by));
                code = files.Read(parsed, files.Feed(parsed, report));
                page.Stream.Write(Encoding.UTF8.GetBytes(report.ToHtml(files.Describe(parsed), files.RowsOf(parsed))));
                page.Finish();
            }

            if (opens)
            {
                Browser.Open(path);
            }

            return code;
        });
        return command;
    }
}
