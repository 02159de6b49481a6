using System.CommandLine;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap info</c></summary>
internal static class InfoCommand
{
    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles();
        var json = OptionFactory.Flag("One JSON object a file.", "--json");
        var filters = new FileFilterOptions();
        var command = new Command("info", "Shows what captures hold: host, kernel, times, events, losses, sizes.") { files, json };
        filters.AddTo(command);
        command.Does(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(json), filters.ToFilter(parsed, parsed.GetValue(files)!)));
        return command;
    }

    private static ExitCode Run(string[] paths, bool json, CaptureFilter filter)
    {
        using var output = StandardOutput.Open();
        var isFirst = true;
        return CaptureFile.ForEach(paths, file =>
        {
            var summary = file.Read(() => CaptureSummary.Of(file.Stream, filter));
            if (!isFirst && !json)
            {
                output.Write("\n"u8);
            }

            isFirst = false;
            output.Write(json ? SummaryJson.Format(file.Name, summary) : SummaryText.Format(file.Name, summary, StandardOutput.Columns, ColourChoice.OfOutput));
            return file.ReportProblem() == ExitCode.Done && summary.IsWhole ? ExitCode.Done : ExitCode.Damaged;
        });
    }
}
