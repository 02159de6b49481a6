using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using TraceCap.Analyzer.Charts;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Cli.Commands;

/// <summary>Turns what a command ends with into an exit code and one line on stderr.</summary>
internal static class CommandRunner
{
    internal static int Run(RootCommand root, string[] args)
    {
        // An argument is what it says: neither a file of more arguments (@name) nor an order to the parser ([name]).
        root.Directives.Clear();
        FitHelp(root);
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var misspelt = MisspeltOptions(parsed);
        if ((parsed.Errors.Count > 0 || misspelt.Count > 0) && args.Length > 0)
        {
            misspelt.ForEach(name => Messages.Warn($"Unrecognized command or argument '{name}'."));
            // Of a word that is no command, first the command is missing, then the word is too much, and so is each after it.
            foreach (var error in parsed.CommandResult.Command == root && parsed.UnmatchedTokens.Count > 0 ? parsed.Errors.Skip(1).Take(1) : parsed.Errors)
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

    /// <summary>A command that takes files would take a misspelt option for one of them. A file of such a name stands after
    /// <c>--</c>, or is given as <c>./-name</c>.</summary>
    private static List<string> MisspeltOptions(ParseResult parsed)
    {
        var before = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Where(token => token.Value is ['-', _, ..] && before.Contains(token)).Select(token => token.Value)];
    }

    private static void FitHelp(RootCommand root) => root.Options.OfType<HelpOption>().Single().Action = new HelpWithNotes(new HelpAction
    {
        MaxWidth = Console.IsOutputRedirected ? int.MaxValue : Descriptors.Columns(Descriptors.Output),
    });

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
        catch (Exception error) when (error is ProbeException or ChartException or CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            Messages.Warn(error.Message);
            return ExitCode.Failed;
        }
    }
}
