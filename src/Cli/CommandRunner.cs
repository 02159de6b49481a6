using System.CommandLine;
using TraceCap.Format;
using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary>Turns what a command ends with into an exit code and one line on stderr.</summary>
internal static class CommandRunner
{
    internal static int Run(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && args.Length > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Messages.Warn(error.Message);
            }

            var path = parsed.CommandResult.Command == root ? "tracecap" : $"tracecap {parsed.CommandResult.Command.Name}";
            Console.Error.WriteLine($"Try `{path} --help`.");
            return (int)ExitCode.Usage;
        }

        if (args.Length == 0)
        {
            root.Parse("--help").Invoke();
            return (int)ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Gives a command what it does.</summary>
    internal static void Does(this Command command, Func<ParseResult, ExitCode> action) =>
        command.SetAction(parsed => (int)Guard(() => action(parsed)));

    private static ExitCode Guard(Func<ExitCode> action)
    {
        try
        {
            return action();
        }
        catch (ClosedPipeException)
        {
            return ExitCode.Done;
        }
        catch (CommandException error)
        {
            Messages.Warn(error.Message);
            return error.Code;
        }
        catch (Exception error) when (error is ProbeException or CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            Messages.Warn(error.Message);
            return ExitCode.Failed;
        }
    }
}
