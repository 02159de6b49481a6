using System.CommandLine;
using TraceCap.Analyzer.Filters;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Reading;

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
            filters.ToFilter(parsed),
            OptionFactory.Describe(parsed, filters.All) + (parsed.GetValue(keepWhole) ? " --keep-whole" : ""),
            parsed.GetValue(keepWhole),
            parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string path, string outputPath, CaptureFilter filter, string selection, bool keepWhole, bool force)
    {
        using var file = CaptureFile.Open(path);
        if (keepWhole && !file.Stream.CanSeek)
        {
            throw new CommandException($"{file.Name} can be read once only, and --keep-whole reads twice; give a file", ExitCode.Usage);
        }

        using var output = NewCapture.Create(outputPath, force, path);
        var whole = keepWhole ? file.Read(() => ConnectionSet.Find(CaptureReader.Open(file.Stream, wanted: filter.Time), filter)) : null;
        if (keepWhole)
        {
            file.Stream.Position = 0;
        }

        // Whole connections reach beyond the time that is wanted.
        var reader = CaptureReader.Open(file.Stream, wanted: keepWhole ? null : filter.Time);
        file.Read(() => new CaptureCut(reader, output.Stream, filter, selection, whole).Run());
        return output.Finish(file, reader);
    }
}
