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
            Messages.Advise($"Try `{path} --help`.");
            return (int)ExitCode.Usage;
        }

        if (args.Length == 0)
        {
            Invoke(root.Parse("--help"));
            return (int)ExitCode.Usage;
        }

        return Invoke(parsed);
    }

    /// <summary>Gives a command what it does.</summary>
    internal static void Does(this Command command, Func<ParseResult, ExitCode> action) =>
        command.SetAction(parsed => (int)Guard(() => action(parsed)));

    /// <summary>Runs a command. The console's own streams would send a terminal codes that nothing takes back.</summary>
    private static int Invoke(ParseResult parsed)
    {
        using var help = new StringWriter { NewLine = "\n" };
        var code = parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = help,
            Error = help,
        });
        return help.GetStringBuilder().Length == 0 ? code : Math.Max(code, (int)Guard(() => Print(help.ToString())));
    }

    private static ExitCode Print(string text)
    {
        using var output = StandardOutput.OpenText();
        output.Write(text);
        return ExitCode.Done;
    }

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
