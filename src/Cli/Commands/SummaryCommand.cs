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
        var by = OptionFactory.By("How to group; by process if not given.");
        var limit = OptionFactory.Count("At most so many groups, the largest; 20 if not given. JSON has all.", "COUNT", "--limit");
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var command = new Command("summary", "Sums up connections: counts, rates, lifetimes, bytes, failures, and findings.") { by, limit, json };
        files.AddTo(command);
        var follow = new FollowOption();
        follow.AddTo(command);
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            using var following = follow.Start(parsed);
            var filter = files.Filter(parsed);
            var summary = new TrafficSummary(parsed.GetValue(by) ?? GroupBy.Process);
            ExitCode code;
            using (following is not null && StandardOutput.CanRedraw && !parsed.GetValue(json) ? new LivePicture(output, Draw) : null)
            {
                code = files.Read(parsed, new ConnectionFeed(summary, filter), printsRows: following is not null, following);
            }

            output.Write(parsed.GetValue(json) ? TrafficSummaryJson.Format(summary) : Text(summary));
            return code;

            // All is read anew: what is open has no place in sums that go on.
            byte[]? Draw()
            {
                var now = new TrafficSummary(parsed.GetValue(by) ?? GroupBy.Process);
                return ConnectionFiles.TryReadNow(files.Names(parsed).Concat(following!.Further), new ConnectionFeed(now, filter)) ? Text(now) : null;
            }

            byte[] Text(TrafficSummary of) =>
                TrafficSummaryText.Format(of, (int)Math.Min(parsed.GetValue(limit) ?? Rows, int.MaxValue), StandardOutput.Columns);
        });
        return command;
    }
}
