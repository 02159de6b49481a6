using System.CommandLine;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Expectations;

namespace TraceCap.Cli;

/// <summary><c>tracecap diff</c></summary>
internal static class DiffCommand
{
    internal static Command Create()
    {
        var before = Options.File("The capture to compare with; - is standard input.", "BEFORE");
        var after = Options.File("The capture that is compared; - is standard input.", "AFTER");
        var failIf = Options.ParsedList(
            $"What must not hold: METRIC == != < <= > >= VALUE, such as 'lifetime.p99 > +20%', 'failed > +5' or, of the second capture alone, 'active.end > 3'; several: none of them. {Options.MetricNames}",
            "EXPR",
            Expectation.ParseComparison,
            "--fail-if");
        var json = Options.Flag("One JSON object.", "--json");
        var filters = new ConnectionFilterOptions();
        var command = new Command("diff", "Compares two captures, and tells changes from noise; with --fail-if, exit code 1 if it holds.") { before, after, failIf, json };
        filters.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(before) == CaptureFile.Pipe && result.GetValue(after) == CaptureFile.Pipe)
            {
                result.AddError("BEFORE and AFTER are both -; only one of them can come from standard input");
            }
        });
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            var unwanted = parsed.GetValue(failIf)!;
            var (one, code) = Read(parsed.GetValue(before)!);
            var (other, otherCode) = Read(parsed.GetValue(after)!);
            var comparison = new CaptureComparison(one, other);
            var results = unwanted.Select(comparison.Check).ToArray();
            output.Write(parsed.GetValue(json)
                ? ComparisonJson.Format(comparison, results)
                : ComparisonText.Format(comparison, results, StandardOutput.Columns));
            return results.Any(result => result.Holds != false) ? ExitCode.Failed : code == ExitCode.Done ? otherCode : code;

            (ComparedCapture Compared, ExitCode Code) Read(string path)
            {
                var compared = new ComparedCapture(unwanted);
                var feed = new ConnectionFeed(compared, filters.ToFilter(parsed));
                var code = ConnectionFiles.Read([path], feed);
                compared.End(feed.Recordings);
                return (compared, code);
            }
        });
        return command;
    }
}
