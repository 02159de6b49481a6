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
        var input = OptionFactory.File($"What a capture is made of: {string.Join("; ", ImportFormat.All.Select(format => format.Meaning))}. - is standard input.");
        var output = OptionFactory.CaptureOutput();
        var format = OptionFactory.Word(
            "What FILE is; if not given, as it looks.", "FORMAT", ImportFormat.All.ToDictionary(one => one.Word), "--format", one => one.Meaning);
        var comment = OptionFactory.Text("A remark to keep in the capture.", "TEXT", "--comment");
        var force = OptionFactory.Force();
        var command = new Command("import", "Makes a capture out of packets, of what other tools printed, or of events as JSON lines.")
        {
            input, output, format, comment, force,
        };
        command.Does(parsed => Run(
            parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(format), parsed.GetValue(comment) ?? "", parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string input, string path, ImportFormat? format, string comment, bool force)
    {
        using var file = CaptureFile.OpenSource(input);
        using var output = NewCapture.Create(path, force, input);
        var source = file.Read(() =>
        {
            var first = new byte[EventImport.PeekedBytes];
            var got = file.Stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            var all = new ImportSource(new PeekedStream(first.AsMemory(0, got), file.Stream));
            var found = format ?? ImportFormat.All.First(one => one.Looks(first.AsMemory(0, got)));
            EventImport.Run(all, found, output.Stream, Version.Tool, comment, found.HasEnds ?? EventImport.HaveEnds(first.AsSpan(0, got)));
            return all;
        });
        output.Finish();
        foreach (var (what, count) in source.LeftOut)
        {
            Messages.Warn(FormattableString.Invariant($"{file.Name}: left out: {count:N0} {what}"));
        }

        if (source.Truncated is { } truncated)
        {
            Messages.Warn($"{file.Name}: {truncated}");
            return ExitCode.Damaged;
        }

        return ExitCode.Done;
    }
}
