using System.CommandLine;
using TraceCap.Analyzer;

namespace TraceCap.Cli;

/// <summary><c>tracecap info</c></summary>
internal static class InfoCommand
{
    internal static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Captures; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object a file." };
        var command = new Command("info", "Tells what captures hold: host, kernel, times, events, losses, sizes.") { files, json };
        command.Does(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(json)));
        return command;
    }

    private static ExitCode Run(string[] paths, bool json)
    {
        using var output = StandardOutput.Open();
        var code = ExitCode.Done;
        foreach (var path in paths)
        {
            try
            {
                using var file = CaptureFile.Open(path);
                var summary = file.Read(() => CaptureSummary.Of(file.Stream));
                output.Write(json ? SummaryJson.Format(file.Name, summary) : SummaryText.Format(file.Name, summary));
                code = Worse(code, summary.IsWhole ? ExitCode.Done : ExitCode.Damaged);
            }
            catch (CommandException error) when (paths.Length > 1)
            {
                Messages.Warn(error.Message);
                code = Worse(code, error.Code);
            }
        }

        return code;
    }

    /// <summary>A file that could not be read at all outweighs one that was read in part.</summary>
    private static ExitCode Worse(ExitCode one, ExitCode other) =>
        one == ExitCode.Failed || other == ExitCode.Failed ? ExitCode.Failed : (ExitCode)Math.Max((int)one, (int)other);
}
