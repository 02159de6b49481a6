using System.CommandLine;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Merging;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap merge</c></summary>
internal static class MergeCommand
{
    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles();
        var output = OptionFactory.CaptureOutput();
        var force = OptionFactory.Force();
        var command = new Command("merge", "Makes one capture out of several, of one host or of many, in the order of time.") { files, output, force };
        command.Does(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(output)!, parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string[] paths, string outputPath, bool force)
    {
        using var output = NewCapture.Create(outputPath, force, paths);
        FileContent.Expect(paths);
        var inputs = paths.Select(path => new MergeInput(CaptureName.OfInput(path), () => CaptureFile.Open(path).Stream)).ToArray();
        var merge = new CaptureMerge(inputs, Version.Tool, output.OpenTemporary);
        if (!merge.Run(output.Stream))
        {
            throw new CommandException("there is nothing in any of these captures");
        }

        output.Finish();
        if (merge.Repeated > 0)
        {
            Messages.Warn(FormattableString.Invariant($"{merge.Repeated:N0} events were in several of these captures, and are written once"));
        }

        var code = ExitCode.Done;
        foreach (var input in merge.Incomplete)
        {
            code = CaptureFile.Report(input.Name, input.Damage, input.IsTruncated ? 1 : 0);
        }

        return code;
    }
}
