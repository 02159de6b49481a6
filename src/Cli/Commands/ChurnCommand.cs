using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Completion;
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
        var every = OptionFactory.Interval("The length of an interval; 1s if not given.", "--every");
        var by = OptionFactory.By("A row for each interval and group, but for those of which nothing happened nor was open.");
        var limit = OptionFactory.Count("With --by, tell at most so many groups apart, the largest; 20 if not given.", "COUNT", "--limit", "-n");
        var json = OptionFactory.Flag("One JSON object a line for each interval.", "--json");
        var result = new TableResult("Intervals", columns: Vocabulary.Columns(() => ChurnTable.Columns));
        var command = new Command("churn", "Counts connections opened, accepted, closed, failed and active, by interval, or by interval and group.") { every, by, limit, json };
        result.AddTo(command, json);
        files.AddTo(command);
        var follow = new FollowOption();
        follow.AddTo(command);
        foreach (var option in result.Choices.Prepend(by))
        {
            follow.Excludes(command, option, "each interval is printed as soon as it is complete, as text or with --json");
        }

        command.Does(parsed =>
        {
            using var output = result.Open(parsed, files.Names(parsed));
            var length = parsed.GetValue(every) ?? TimeSpan.FromSeconds(1);
            var nanoseconds = (ulong)Math.Min(length.Ticks, long.MaxValue / 100) * 100;
            var format = result.Format(parsed) ?? (parsed.GetValue(json) ? TableFormat.Find("ndjson") : null);
            try
            {
                using var following = follow.Start(parsed);
                var code = following is not null ? Grow(new ConnectionChurn(nanoseconds), output, following)
                    : parsed.GetValue(by) is { } grouping ? ByGroup(new ChurnByGroup(nanoseconds, grouping), format ?? TableFormat.Table, output)
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
                var code = files.Read(parsed, files.Feed(parsed, churn));
                result.Write(parsed, to, made, ChurnTable.Of(churn, (int)Math.Min(parsed.GetValue(limit) ?? UsualGroups, ActivityGroups.MaxGroups), made.IsForPeople));
                return code;
            }

            ExitCode Whole(ConnectionChurn churn, ResultOutput to)
            {
                var code = files.Read(parsed, files.Feed(parsed, churn));
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
                    ChurnText.Write(to.Stream, churn, to.Width, isAscii: !TerminalKind.ShowsUnicode, to.Colours);
                }

                return code;
            }

            ExitCode Grow(ConnectionChurn churn, ResultOutput to, Following following)
            {
                var feed = new ConnectionFeed(churn, files.Filter(parsed));
                var isJson = parsed.GetValue(json);
                return Follow(
                    new GrowingChurn(churn, feed),
                    read => files.Read(parsed, feed, following: following, read: read),
                    () =>
                    {
                        if (!isJson)
                        {
                            ChurnText.WriteHeader(to.Stream, to.Width, to.Colours);
                        }
                    },
                    intervals =>
                    {
                        if (isJson)
                        {
                            ChurnJson.Write(to.Stream, churn, feed.Recordings, intervals);
                        }
                        else
                        {
                            ChurnText.WriteLines(to.Stream, intervals, churn.Every, to.Width, to.Colours);
                        }
                    });
            }
        });
        return command;
    }

    /// <summary>Prints each interval as soon as it is complete.</summary>
    private static ExitCode Follow(GrowingChurn churn, Func<Action, ExitCode> read, Action begin, Action<IReadOnlyList<ChurnInterval>> write)
    {
        begin();
        var code = read(() => write(churn.TakeComplete()));
        write(churn.TakeRest());
        return code;
    }
}
