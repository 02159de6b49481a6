using System.CommandLine;
using TraceCap.Analyzer.Filters;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap cut</c></summary>
internal static class CutCommand
{
    internal static Command Create()
    {
        var file = OptionFactory.CaptureFile();
        var output = OptionFactory.CaptureOutput();
        var filters = new FileFilterOptions();
        var keepWhole = OptionFactory.Flag("Keep all events of a connection of which one is wanted. Reads FILE twice.", "--keep-whole");
        var force = OptionFactory.Force();
        var command = new Command("cut", "Makes a smaller capture out of the events that are wanted.") { file, output };
        filters.AddTo(command);
        command.Add(keepWhole);
        command.Add(force);
        command.Does(parsed => Run(
            parsed.GetValue(file)!,
            parsed.GetValue(output)!,
            filters.ToFilter(parsed, parsed.GetValue(file)!),
            OptionFactory.Describe(parsed, filters.All) + (parsed.GetValue(keepWhole) ? " --keep-whole" : ""),
            parsed.GetValue(keepWhole),
            parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string path, string outputPath, CaptureFilter filter, string selection, bool keepWhole, bool force)
    {
        using var file = CaptureFile.Open(path);
        if (keepWhole && !file.CanRewind)
        {
            throw new CommandException($"{file.Name} can be read once only, and --keep-whole reads twice; give a file", ExitCode.Usage);
        }

        using var output = NewCapture.Create(outputPath, force, path);
        var whole = keepWhole ? file.Read(() => ConnectionSet.Find(file.OpenReader(filter.Time), filter)) : null;
        if (keepWhole)
        {
            file.Rewind();
        }

        // Whole connections reach beyond the time that is wanted.
        var reader = file.OpenReader(keepWhole ? null : filter.Time);
        var asked = new AskedTime(filter);
        asked.Watch(reader);
        file.Read(() => new CaptureCut(reader, output.Stream, filter, selection, whole).Run());
        asked.Tell();
        return output.Finish(file, reader);
    }
}
