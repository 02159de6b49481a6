using System.CommandLine;
using TraceCap.Analyzer;
using TraceCap.Format;

namespace TraceCap.Cli;

/// <summary><c>tracecap recover</c></summary>
internal static class RecoverCommand
{
    internal static Command Create()
    {
        var file = Options.CaptureFile();
        var output = Options.CaptureOutput();
        var force = Options.Force();
        var command = new Command("recover", "Makes a sound capture out of one that is damaged or was cut short.") { file, output, force };
        command.Does(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string path, string outputPath, bool force)
    {
        using var file = CaptureFile.Open(path);
        using var output = NewCapture.Create(outputPath, force, path);
        var reader = CaptureReader.Open(file.Stream);
        var kept = file.Read(() => new CaptureRecovery(reader, output.Stream).Run());
        if (reader.Section == 0)
        {
            throw new CommandException($"{file.Name}: there is nothing to recover: not even the header is complete");
        }

        file.Report(reader);
        var problems = output.Verify();
        output.Finish();
        return Sum(output.Name, kept, problems);
    }

    private static ExitCode Sum(string name, in Rewritten kept, DamageLog? problems)
    {
        var missing = kept.Missing;
        var lost = missing.IsNone
            ? kept.CutShort is null ? "nothing is missing" : "nothing of that is missing"
            : $"missing: {SummaryText.Counted(missing.Events, "event")} or more, {SummaryText.Counted(missing.Blocks, "block")}, {SummaryText.Counted(missing.Bytes, "byte")} that cannot be read";
        Messages.Warn($"{name}: {SummaryText.Counted(kept.Events, "event")} in {SummaryText.Counted(kept.Chunks, "chunk")}; {lost}{(kept.CutShort is { } end ? $"; {end}" : "")}");
        foreach (var problem in problems?.Entries ?? [])
        {
            Messages.Warn(FormattableString.Invariant($"{name}: at byte {problem.Offset}: {problem.What}; it was so in the input"));
        }

        return missing.IsNone && kept.CutShort is null && problems is null or { Count: 0 } ? ExitCode.Done : ExitCode.Damaged;
    }
}
