using System.CommandLine;
using System.Text;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap diff</c></summary>
internal static class DiffCommand
{
    internal static Command Create()
    {
        var before = OptionFactory.File("The capture to compare with; - is standard input.", "BEFORE").Offering(ValueSource.Captures);
        var after = OptionFactory.File("The capture that is compared; - is standard input.", "AFTER").Offering(ValueSource.Captures);
        var failIf = OptionFactory.ParsedList(
            $"What must not hold: METRIC == != < <= > >= VALUE, such as 'lifetime.p99 > +20%', 'failed > +5' or, of the second capture alone, 'active.end > 3'; several: none of them. {OptionFactory.MetricNames}",
            "EXPR",
            Expectation.ParseComparison,
            "--fail-if").Offering(ExpressionWords.Expectations);
        var allowLoss = OptionFactory.AllowLoss();
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var page = OptionFactory.Page("Also write an HTML page; - is standard output, instead of the table.");
        page.Required = false;
        var force = OptionFactory.Force();
        var filters = new ConnectionFilterOptions();
        var command = new Command("diff", "Compares two captures, and separates changes from noise; with --fail-if, exit code 1 if it holds, 4 if that cannot be told since events are missing.") { before, after, failIf, allowLoss, json, page, force };
        var result = new TableResult("The metrics of both", hasFile: false);
        result.AddTo(command, json);
        filters.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(before) == CaptureName.Pipe && result.GetValue(after) == CaptureName.Pipe)
            {
                result.AddError("BEFORE and AFTER are both -; only one of them can come from standard input");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(json) && result.ValueIfRight(page) == CaptureName.Pipe)
            {
                result.AddError("--json and -o - exclude each other: both go to standard output");
            }
        });
        command.Does(parsed =>
        {
            var (beforePath, afterPath, pagePath) = (parsed.GetValue(before)!, parsed.GetValue(after)!, parsed.GetValue(page));
            using var html = pagePath is null ? null : NewCapture.Create(pagePath, parsed.GetValue(force), beforePath, afterPath);
            var unwanted = parsed.GetValue(failIf)!;
            var (one, code) = Read(beforePath);
            var (other, otherCode) = Read(afterPath);
            var comparison = new CaptureComparison(one, other) { AllowLoss = parsed.GetValue(allowLoss) };
            var results = unwanted.Select(comparison.Check).ToArray();
            html?.Stream.Write(Encoding.UTF8.GetBytes(ComparisonPage.Format(
                comparison, results, CaptureName.OfInput(beforePath), CaptureName.OfInput(afterPath), filters.Describe(parsed))));
            html?.Finish();
            if (pagePath != CaptureName.Pipe)
            {
                using var output = ResultOutput.Open(null, force: false);
                if (result.Format(parsed) is { } format)
                {
                    result.Write(parsed, output, format, VerdictTables.Of(comparison, format.IsForPeople));
                }
                else
                {
                    output.Stream.Write(parsed.GetValue(json)
                        ? ComparisonJson.Format(comparison, results)
                        : ComparisonText.Format(comparison, results, output.Width, output.Colours));
                }
            }

            return ExitCodes.Of(code == ExitCode.Done ? otherCode : code, [.. results.Select(result => result.Verdict.Not())]);

            (ComparedCapture Compared, ExitCode Code) Read(string path)
            {
                var compared = new ComparedCapture(unwanted) { Course = pagePath is null ? null : new ComparedCourse() };
                return (compared, ConnectionFiles.Read([path], new ConnectionFeed(SinkAside.Of(compared), filters.ToFilter(parsed, path))));
            }
        });
        return command;
    }
}
