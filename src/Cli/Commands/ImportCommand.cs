using System.CommandLine;
using TraceCap.Analyzer.Import;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap import</c></summary>
internal static class ImportCommand
{
    internal static Command Create()
    {
        var input = OptionFactory.File("Events, one JSON object a line, as replay --json prints them; - is standard input.");
        var output = OptionFactory.CaptureOutput();
        var comment = OptionFactory.Text("A remark to keep in the capture.", "TEXT", "--comment");
        var force = OptionFactory.Force();
        var command = new Command("import", "Makes a capture out of events as JSON lines.") { input, output, comment, force };
        command.Does(parsed => Run(
            parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(comment) ?? "", parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string input, string path, string comment, bool force)
    {
        using var lines = CaptureFile.OpenLines(input);
        using var output = NewCapture.Create(path, force, input);
        lines.Read(() =>
        {
            var first = new byte[EventImport.PeekedBytes];
            var got = lines.Stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            var all = new PeekedStream(first.AsMemory(0, got), lines.Stream);
            return EventImport.Run(all, output.Stream, Version.Tool, comment, EventImport.HaveEnds(first.AsSpan(0, got)));
        });
        output.Finish();
        return ExitCode.Done;
    }
}
