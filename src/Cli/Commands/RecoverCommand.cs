using System.CommandLine;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap recover</c></summary>
internal static class RecoverCommand
{
    internal static Command Create()
    {
        var file = OptionFactory.CaptureFile();
        var output = OptionFactory.CaptureOutput();
        var force = OptionFactory.Force();
        var command = new Command("recover", "Makes a sound capture out of one that is damaged or truncated.") { file, output, force };
        command.Does(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string path, string outputPath, bool force)
    {
        using var file = CaptureFile.Open(path);
        using var output = NewCapture.Create(outputPath, force, path);
        using var input = file.Stream.CanSeek ? null : Copy(file, output);
        var stream = input ?? file.Stream;
        var watermarks = file.Read(() => KeptWatermarks.Find(CaptureReader.Open(stream)));
        stream.Position = 0;
        var reader = CaptureReader.Open(stream);
        var recovery = new CaptureRecovery(reader, output.Stream, watermarks);
        var kept = file.Read(recovery.Run);
        if (reader.Section == 0)
        {
            throw new CommandException($"{file.Name}: there is nothing to recover: not even the header is complete");
        }

        file.Report(reader);
        output.Finish();
        var isConsistent = TellContradictions(output.Name, watermarks, recovery.Renumbered);
        return Sum(output.Name, kept) == ExitCode.Done && isConsistent ? ExitCode.Done : ExitCode.Damaged;
    }

    /// <summary>A capture is read twice: whether its watermarks hold depends on what comes later.</summary>
    private static Stream Copy(CaptureFile file, NewCapture output)
    {
        var copy = output.OpenTemporary();
        file.Stream.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    /// <summary>Says what was changed because the capture contradicts itself.</summary>
    /// <returns>Whether that is nothing.</returns>
    private static bool TellContradictions(string name, KeptWatermarks watermarks, long renumbered)
    {
        if (!watermarks.AreAll)
        {
            Messages.Warn($"{name}: events are earlier than the watermarks before them; these are lowered");
        }

        if (renumbered > 0)
        {
            Messages.Warn($"{name}: {CountText.Of(renumbered, "event")} had a sequence number that the same CPU gave to another event; now without one");
        }

        return watermarks.AreAll && renumbered == 0;
    }

    private static ExitCode Sum(string name, in Rewritten kept)
    {
        var missing = kept.Missing;
        var lost = missing.IsNone
            ? kept.Truncated is null ? "nothing is missing" : "nothing of that is missing"
            : $"missing: {CountText.Of(missing.Events, "event")} or more, {CountText.Of(missing.Blocks, "block")}, {CountText.Of(missing.Bytes, "byte")} that cannot be read";
        Messages.Warn($"{name}: {CountText.Of(kept.Events, "event")} in {CountText.Of(kept.Chunks, "chunk")}; {lost}{(kept.Truncated is { } end ? $"; {end}" : "")}");
        return missing.IsNone && kept.Truncated is null ? ExitCode.Done : ExitCode.Damaged;
    }
}
