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
        var quick = new Option<bool>("--quick")
        {
            Description = "Only hash chunks, and hold their headers against the footer: as fast as the disk. Finds what was damaged, but not what was written wrong.",
        };
        var command = new Command("verify", "Checks captures for damage and contradictions; one line for each problem.") { files, quick };
        command.Does(parsed => Run(parsed.GetValue(files)!, decodes: !parsed.GetValue(quick)));
        return command;
    }

    private static ExitCode Run(string[] paths, bool decodes)
    {
        using var output = StandardOutput.OpenText();
        var colours = ColourChoice.OfOutput;
        return CaptureFile.ForEach(paths, file =>
        {
            var found = file.Read(() => CaptureVerifier.Verify(file.Stream, decodes));
            var held = $"{CountText.Of(found.Events, "event")} in {CountText.Of(found.Chunks, "chunk")}";
            if (file.ReportProblem() == ExitCode.Done && found.Problems.Count == 0)
            {
                output.WriteLine($"{PrintableText.Of(file.Name)}: {colours.Of("ok", Emphasis.Good)}, {held}{(decodes ? "" : ", not decoded")}{(found.TruncatedBefore is { } end ? $"; {PrintableText.Of(end)}" : "")}");
                return ExitCode.Done;
            }

            foreach (var line in file.Describe(found.Problems))
            {
                output.WriteLine(PrintableText.Of(line));
            }

            output.WriteLine($"{PrintableText.Of(file.Name)}: {colours.Of("NOT OK", Emphasis.Bad)}, {held} {(decodes ? "can be read" : "are sound by their hashes")}");
            return ExitCode.Damaged;
        });
    }
}
