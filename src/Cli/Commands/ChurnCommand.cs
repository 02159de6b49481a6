using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap churn</c></summary>
internal static class ChurnCommand
{
    private const ulong UsualGroups = 20;

    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var every = OptionFactory.Duration("The length of an interval; 1s if not given.", "TIME", "--every");
        var by = OptionFactory.By("A row for each interval and group, but for those of which nothing happened nor was open.");
        var limit = OptionFactory.Count("With --by, tell at most so many groups apart, the largest; 20 if not given.", "COUNT", "--limit", "-n");
        var json = OptionFactory.Flag("One JSON object a line for each interval.", "--json");
        var result = new TableResult("Intervals");
        var command = new Command("churn", "Counts connections opened, accepted, closed, failed and active, by interval, or by interval and group.") { every, by, limit, json };
        result.AddTo(command, json);
        files.AddTo(command);
        command.Does(parsed =>
        {
            using var output = result.Open(parsed, files.Names(parsed));
            var length = parsed.GetValue(every) ?? TimeSpan.FromSeconds(1);
            var nanoseconds = (ulong)Math.Min(length.Ticks, long.MaxValue / 100) * 100;
            var format = result.Format(parsed) ?? (parsed.GetValue(json) ? TableFormat.Find("ndjson") : null);
            try
            {
                var code = parsed.GetValue(by) is { } grouping
                    ? ByGroup(new ChurnByGroup(nanoseconds, grouping), format ?? TableFormat.Table, output)
                    : Whole(new ConnectionChurn(nanoseconds), output);
                output.Finish();
                return code;
            }
            catch (TooManyIntervalsException error)
            {
                throw new CommandException($"--every: {error.Message}");
            }

            ExitCode ByGroup(ChurnByGroup churn, TableFormat made, ResultOutput to)
            {
                var code = files.Read(parsed, new ConnectionFeed(churn, files.Filter(parsed)));
                result.Write(parsed, to, made, ChurnTable.Of(churn, (int)Math.Min(parsed.GetValue(limit) ?? UsualGroups, ActivityGroups.MaxGroups), made.IsForPeople));
                return code;
            }

            ExitCode Whole(ConnectionChurn churn, ResultOutput to)
            {
                var code = files.Read(parsed, new ConnectionFeed(churn, files.Filter(parsed)));
                if (parsed.GetValue(json))
                {
                    ChurnJson.Write(to.Stream, churn);
                }
                else if (format is not null)
                {
                    result.Write(parsed, to, format, ChurnTable.Of(churn));
                }
                else
                {
                    ChurnText.Write(to.Stream, churn, to.Width);
                }

                return code;
            }
        });
        return command;
    }
}
