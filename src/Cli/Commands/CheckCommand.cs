using System.CommandLine;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap check</c></summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        var files = new ConnectionFiles();
        var expect = OptionFactory.ParsedList(
            $"What must hold: METRIC == != < <= > >= VALUE, such as 'failed == 0', 'lifetime.p99 <= 5ms' or 'opened[port=443] > 0'; several: all of them. {OptionFactory.MetricNames}",
            "EXPR",
            Expectation.Parse,
            "--expect").Offering(ExpressionWords.Expectations);
        (expect.Required, expect.DefaultValueFactory) = (true, null);
        var allowLoss = OptionFactory.AllowLoss();
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var result = new TableResult("What became of each expectation", columns: Vocabulary.Columns(() => VerdictTables.Of([], isForPeople: false).Columns));
        var command = new Command(
            "check",
            "Holds captures against expectations; exit code 1 if one does not hold, 4 if it cannot be told since events are missing.") { expect, allowLoss, json };
        result.AddTo(command, json);
        files.AddTo(command);
        command.Does(parsed =>
        {
            using var output = result.Open(parsed, files.Names(parsed));
            var check = new CaptureCheck(parsed.GetValue(expect)!) { AllowLoss = parsed.GetValue(allowLoss) };
            var code = files.Read(parsed, files.Feed(parsed, check));
            var results = check.Results();
            if (result.Format(parsed) is { } format)
            {
                result.Write(parsed, output, format, VerdictTables.Of(results, format.IsForPeople));
            }
            else
            {
                output.Stream.Write(parsed.GetValue(json) ? CheckJson.Format(results) : CheckText.Format(results, output.Width, output.Colours));
            }

            output.Finish();
            return ExitCodes.Of(code, [.. results.Select(one => one.Verdict)]);
        });
        return command;
    }
}
