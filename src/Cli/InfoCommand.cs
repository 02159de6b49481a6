using System.CommandLine;
using TraceCap.Analyzer;

namespace TraceCap.Cli;

/// <summary><c>tracecap info</c></summary>
internal static class InfoCommand
{
    internal static Command Create()
    {
        var files = Options.CaptureFiles();
        var json = Options.Flag("One JSON object a file.", "--json");
        var command = new Command("info", "Tells what captures hold: host, kernel, times, events, losses, sizes.") { files, json };
        command.Does(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(json)));
        return command;
    }

    private static ExitCode Run(string[] paths, bool json)
    {
        using var output = StandardOutput.Open();
        return CaptureFile.ForEach(paths, file =>
        {
            var summary = file.Read(() => CaptureSummary.Of(file.Stream));
            output.Write(json ? SummaryJson.Format(file.Name, summary) : SummaryText.Format(file.Name, summary));
            return summary.IsWhole ? ExitCode.Done : ExitCode.Damaged;
        });
    }
}
