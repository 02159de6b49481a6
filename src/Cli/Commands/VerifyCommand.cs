using System.CommandLine;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Rewriting;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap verify</c></summary>
internal static class VerifyCommand
{
    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles();
        var command = new Command("verify", "Checks captures for damage and contradictions; one line for each problem.") { files };
        command.Does(parsed => Run(parsed.GetValue(files)!));
        return command;
    }

    private static ExitCode Run(string[] paths)
    {
        using var output = StandardOutput.OpenText();
        var colours = ColourChoice.OfOutput;
        return CaptureFile.ForEach(paths, file =>
        {
            var found = file.Read(() => CaptureVerifier.Verify(file.Stream));
            var held = $"{CountText.Of(found.Events, "event")} in {CountText.Of(found.Chunks, "chunk")}";
            if (file.ReportProblem() == ExitCode.Done && found.Problems.Count == 0)
            {
                output.WriteLine($"{PrintableText.Of(file.Name)}: {colours.Of("ok", Emphasis.Good)}, {held}{(found.TruncatedBefore is { } end ? $"; {PrintableText.Of(end)}" : "")}");
                return ExitCode.Done;
            }

            foreach (var line in file.Describe(found.Problems))
            {
                output.WriteLine(PrintableText.Of(line));
            }

            output.WriteLine($"{PrintableText.Of(file.Name)}: {colours.Of("NOT OK", Emphasis.Bad)}, {held} can be read");
            return ExitCode.Damaged;
        });
    }
}
