using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Completion;
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
        var by = OptionFactory.By("How to group; by process if not given.");
        var sort = OptionFactory.Explained(
            "Order of the groups: by a metric, the greatest first, or with a dash before it the least; by sockets if not given.", "METRIC", MetricOrder.Parse, "--sort").Offering(
                ValueSource.Words(MetricTable.Shown.Where(metric => metric.IsOfGroups), metric => metric.Name, metric => metric.Meaning).Reversible());
        var limit = OptionFactory.Count("At most so many groups, the first; 20 if not given, all with --json and --format.", "COUNT", "--limit", "-n");
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var result = new TableResult("The groups", columns: Vocabulary.GroupColumns);
        var command = new Command("summary", "Sums up connections: counts, rates, lifetimes, bytes, failures, and findings.") { by, sort, limit, json };
        result.AddTo(command, json);
        files.AddTo(command);
        var follow = new FollowOption();
        follow.AddTo(command);
        command.Does(parsed =>
        {
            using var output = result.Open(parsed, files.Names(parsed));
            using var following = follow.Start(parsed);
            var filter = files.Filter(parsed);
            var summary = Empty();
            ExitCode code;
            using (following is not null && output.IsTerminal && StandardOutput.CanRedraw && result.Format(parsed) is null && !parsed.GetValue(json) ? new LivePicture(output.Stream, Draw) : null)
            {
                code = files.Read(parsed, following is null ? files.Feed(parsed, summary) : new ConnectionFeed(summary, filter), printsRows: following is not null, following);
            }

            var rows = (int)Math.Min(parsed.GetValue(limit) ?? int.MaxValue, int.MaxValue);
            if (result.Format(parsed) is { } format)
            {
                result.Write(parsed, output, format, GroupTable.Of(summary, rows, format.IsForPeople));
            }
            else
            {
                output.Stream.Write(parsed.GetValue(json) ? TrafficSummaryJson.Format(summary) : Text(summary));
            }

            output.Finish();
            return code;

            // All is read anew: what is open has no place in sums that go on.
            byte[]? Draw()
            {
                var now = Empty();
                return ConnectionFiles.TryReadNow(files.Names(parsed).Concat(following!.Further), new ConnectionFeed(now, filter)) ? Text(now) : null;
            }

            TrafficSummary Empty() => new(parsed.GetValue(by) ?? GroupBy.Process) { Order = parsed.GetValue(sort) };

            byte[] Text(TrafficSummary of) =>
                TrafficSummaryText.Format(of, (int)Math.Min(parsed.GetValue(limit) ?? Rows, int.MaxValue), output.Width, files.RowsOf(parsed), output.Colours);
        });
        return command;
    }
}
