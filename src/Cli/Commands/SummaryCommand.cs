using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Options;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap summary</c></summary>
internal static class SummaryCommand
{
    private const ulong Rows = 20;

    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var by = OptionFactory.By("How to group; by process if not given.");
        var sort = OptionFactory.Explained(
            "Order of the groups: by a metric, the greatest first, or with a dash before it the least; by sockets if not given.", "METRIC", MetricOrder.Parse, "--sort");
        sort.CompletionSources.Add([.. MetricTable.Shown.Where(metric => metric.IsOfGroups).Select(metric => metric.Name)]);
        var limit = OptionFactory.Count("At most so many groups, the first; 20 if not given, all with --json and --format.", "COUNT", "--limit", "-n");
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var result = new TableResult("The groups");
        var command = new Command("summary", "Sums up connections: counts, rates, lifetimes, bytes, failures, and findings.") { by, sort, limit, json };
        result.AddTo(command, json);
        files.AddTo(command);
        command.Does(parsed =>
        {
            using var output = result.Open(parsed, files.Names(parsed));
            var summary = new TrafficSummary(parsed.GetValue(by) ?? GroupBy.Process) { Order = parsed.GetValue(sort) };
            var code = files.Read(parsed, new ConnectionFeed(summary, files.Filter(parsed)));
            var rows = (int)Math.Min(parsed.GetValue(limit) ?? int.MaxValue, int.MaxValue);
            if (result.Format(parsed) is { } format)
            {
                result.Write(parsed, output, format, GroupTable.Of(summary, rows, format.IsForPeople));
            }
            else
            {
                output.Stream.Write(parsed.GetValue(json)
                    ? TrafficSummaryJson.Format(summary)
                    : TrafficSummaryText.Format(summary, parsed.GetValue(limit) is null ? (int)Rows : rows, output.Width));
            }

            output.Finish();
            return code;
        });
        return command;
    }
}
