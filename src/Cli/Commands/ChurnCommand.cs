using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap churn</c></summary>
internal static class ChurnCommand
{
    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var every = OptionFactory.Duration("The length of an interval; 1s if not given.", "TIME", "--every");
        var json = OptionFactory.Flag("One JSON object a line for each interval.", "--json");
        var command = new Command("churn", "Counts connections opened, accepted, closed, failed and active, by interval.") { every, json };
        files.AddTo(command);
        var follow = new FollowOption();
        follow.AddTo(command);
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            var length = parsed.GetValue(every) ?? TimeSpan.FromSeconds(1);
            var churn = new ConnectionChurn((ulong)Math.Min(length.Ticks, long.MaxValue / 100) * 100);
            try
            {
                using var following = follow.Start(parsed);
                var feed = new ConnectionFeed(churn, files.Filter(parsed));
                if (following is not null)
                {
                    return Follow(new GrowingChurn(churn, feed), read => files.Read(parsed, feed, following: following, read: read), WriteHeader, Write);
                }

                var code = files.Read(parsed, feed);
                if (parsed.GetValue(json))
                {
                    ChurnJson.Write(output, churn);
                }
                else
                {
                    ChurnText.Write(output, churn, StandardOutput.Columns, isAscii: !TerminalKind.ShowsUnicode);
                }

                return code;

                void WriteHeader()
                {
                    if (!parsed.GetValue(json))
                    {
                        ChurnText.WriteHeader(output);
                    }
                }

                void Write(IReadOnlyList<ChurnInterval> intervals)
                {
                    if (parsed.GetValue(json))
                    {
                        ChurnJson.Write(output, churn, feed.Recordings, intervals);
                    }
                    else
                    {
                        ChurnText.WriteLines(output, intervals, churn.Every);
                    }
                }
            }
            catch (TooManyIntervalsException error)
            {
                throw new CommandException($"--every: {error.Message}");
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
