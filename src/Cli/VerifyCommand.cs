using System.CommandLine;
using System.Globalization;
using TraceCap.Analyzer;
using TraceCap.Format;

namespace TraceCap.Cli;

/// <summary><c>tracecap verify</c></summary>
internal static class VerifyCommand
{
    internal static Command Create()
    {
        var files = Options.CaptureFiles();
        var command = new Command("verify", "Checks captures for damage and contradictions; one line for each problem.") { files };
        command.Does(parsed => Run(parsed.GetValue(files)!));
        return command;
    }

    private static ExitCode Run(string[] paths)
    {
        using var output = StandardOutput.OpenText();
        return CaptureFile.ForEach(paths, file =>
        {
            var found = file.Read(() => CaptureVerifier.Verify(file.Stream));
            var held = string.Create(CultureInfo.InvariantCulture, $"{found.Events:N0} events in {found.Chunks:N0} {(found.Chunks == 1 ? "chunk" : "chunks")}");
            if (found.Problems.Count == 0)
            {
                output.WriteLine($"{PrintableText.Of(file.Name)}: ok, {held}");
                return ExitCode.Done;
            }

            foreach (var line in file.Describe(found.Problems))
            {
                output.WriteLine(PrintableText.Of(line));
            }

            output.WriteLine($"{PrintableText.Of(file.Name)}: NOT OK, {held} can be read");
            return ExitCode.Damaged;
        });
    }
}
