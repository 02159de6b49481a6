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
        command.Does(parsed =>
        {
            using var output = StandardOutput.Open();
            var length = parsed.GetValue(every) ?? TimeSpan.FromSeconds(1);
            var churn = new ConnectionChurn((ulong)Math.Min(length.Ticks, long.MaxValue / 100) * 100);
            try
            {
                var code = files.Read(parsed, new ConnectionFeed(churn, files.Filter(parsed)));
                if (parsed.GetValue(json))
                {
                    ChurnJson.Write(output, churn);
                }
                else
                {
                    ChurnText.Write(output, churn, StandardOutput.Columns);
                }

                return code;
            }
            catch (TooManyIntervalsException error)
            {
                throw new CommandException($"--every: {error.Message}");
            }
        });
        return command;
    }
}
