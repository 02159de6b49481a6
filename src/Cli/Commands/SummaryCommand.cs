using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap summary</c></summary>
internal static class SummaryCommand
{
    private const ulong Rows = 20;

    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var by = OptionFactory.Word("How to group; by process if not given.", "WHAT", Enum.GetValues<GroupBy>().ToDictionary(by => Grouping.Of(by).Word), "--by");
        var limit = OptionFactory.Count("At most so many groups, the largest; 20 if not given. JSON has all.", "COUNT", "--limit");
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var command = new Command("summary", "Sums up connections: counts, rates, lifetimes, bytes, failures, and findings.") { by, limit, json };
        files.AddTo(command);
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            var summary = new TrafficSummary(parsed.GetValue(by));
            var code = files.Read(parsed, new ConnectionFeed(summary, files.Filter(parsed)));
            output.Write(parsed.GetValue(json)
                ? TrafficSummaryJson.Format(summary)
                : TrafficSummaryText.Format(summary, (int)Math.Min(parsed.GetValue(limit) ?? Rows, int.MaxValue), StandardOutput.Columns, files.RowsOf(parsed)));
            return code;
        });
        return command;
    }
}
