using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using TraceCap.Analyzer.Formatting;
using TraceCap.Charts;
using TraceCap.Cli.Files;
using TraceCap.Cli.Manual;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Launch;

namespace TraceCap.Cli.Commands;

/// <summary>Turns what a command ends with into an exit code and one line on stderr.</summary>
internal static class CommandRunner
{
    private const string Help = "help";

    /// <summary>Of every command; the name is that of GNU's.</summary>
    private static readonly Option<ColourWhen> colour = OptionFactory.Word(
        "Whether failures and changes stand out by colours in text for people; auto: on a terminal, if neither NO_COLOR nor TERM=dumb is set.",
        "WHEN",
        new Dictionary<string, ColourWhen> { ["auto"] = ColourWhen.Auto, ["always"] = ColourWhen.Always, ["never"] = ColourWhen.Never },
        "--color");

    internal static int Run(RootCommand root, string[] args)
    {
        // An argument is what it says: neither a file of more arguments (@name) nor an order to the parser ([name]).
        root.Directives.Clear();
        colour.Recursive = true;
        OptionGroups.Put(OptionGroups.Output, [colour, .. root.Options.OfType<HelpOption>()]);
        root.Add(colour);
        root.Options.OfType<HelpOption>().Single().Action = new ShowHelp();
        TellUnknownWords(root);
        return AreFiles(root, args) ? LookAt(root, args)
            // As other programs have it: 'help record' is 'record --help'.
            : RunOne(root, args is [Help, Help] ? ["--help"] : args is [Help, ..] ? [.. args[1..], "--help"] : args);
    }

    /// <summary>Files without a command: what they are, and what is in them.</summary>
    private static int LookAt(RootCommand root, string[] args)
    {
        if (MissingCommand.Explain(root, args, line => Parse(root, line) is var parsed && parsed.Errors.Count == 0 && !UnknownWords(root, parsed).Any()) is { } message)
        {
            Messages.Fail(message);
            Messages.Advise("Try `tracecap --help`.");
            return (int)ExitCode.Usage;
        }

        var info = RunOne(root, ["info", .. args]);
        if (info is (int)ExitCode.Failed or (int)ExitCode.Usage)
        {
            return info;
        }

        Guard(() => Print("\n"));
        return Math.Max(info, RunOne(root, ["summary", .. args]));
    }

    /// <summary>Whether there is no command, but a file, perhaps behind options that only a command has.</summary>
    private static bool AreFiles(RootCommand root, string[] args)
    {
        return args is [var first, ..] && !IsCommand(first)
            && (NamesFile(first) || (IsOption(first) && !root.Options.Any(option => option.Name == first || option.Aliases.Contains(first)) && args.Any(NamesFile) && !args.Any(IsCommand)));

        bool IsCommand(string word) => word == Help || root.Subcommands.Any(command => command.Name == word);
    }

    /// <summary>Whether a word can hardly be meant for a command.</summary>
    private static bool NamesFile(string word) => word == CaptureName.Pipe || (word is not ['-', ..] && (word.AsSpan().ContainsAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
        || word.EndsWith(".tcap", StringComparison.Ordinal) || File.Exists(word)));

    private static ParseResult Parse(RootCommand root, string[] args) => root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static int RunOne(RootCommand root, string[] args)
    {
        var parsed = Parse(root, args);
        var unknown = UnknownWords(root, parsed).ToArray();
        if ((parsed.Errors.Count > 0 || unknown.Length > 0) && args.Length > 0)
        {
            // Without a command, it is missing because the word that stands for it is unknown.
            foreach (var message in parsed.CommandResult.Command == root && unknown.Length > 0 ? unknown : [.. unknown, .. parsed.Errors.Select(error => error.Message)])
            {
                Messages.Fail(message);
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

        ColourChoice.Asked = parsed.GetValue(colour);
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

    /// <summary>The parser calls them unrecognized; what was meant is told here.</summary>
    private static void TellUnknownWords(RootCommand root)
    {
        foreach (var command in root.Subcommands.Prepend<Command>(root))
        {
            command.TreatUnmatchedTokensAsErrors = false;
        }
    }

    /// <summary>What is neither a command, nor an option, nor wanted, and what may have been meant.</summary>
    private static IEnumerable<string> UnknownWords(RootCommand root, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command == root)
        {
            // Each word after the unknown one is unknown too.
            return parsed.UnmatchedTokens.Take(1).Select(word => IsOption(word)
                ? Unknown("option", word, Names(root.Options))
                : Unknown("command", word, [.. root.Subcommands.Where(one => !one.Hidden).Select(one => one.Name), Help]));
        }

        // What stands behind an unknown option may be its value.
        var unmatched = parsed.UnmatchedTokens.SkipLast(LaunchOptions.WordsOf(parsed).Length).ToArray();
        var options = MisspeltOptions(parsed).Concat(unmatched.Where(IsOption)).ToArray();
        return options.Length > 0
            ? options.Select(word => Unknown("option", word, Names(command.Options.Concat(root.Options))))
            : unmatched.Select(word => $"'{word}' is one argument too many for {command.Name}{LaunchOptions.Hint(parsed)}");
    }

    private static bool IsOption(string word) => word is ['-', _, ..];

    private static string[] Names(IEnumerable<Option> options) => [.. options.SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal))];

    private static string Unknown(string what, string word, string[] known)
    {
        var begun = known.Where(name => name.StartsWith(word, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var meant = begun.Length > 0 ? string.Join(" or ", begun) : NearestWord.Find(word, known);
        return $"there is no {what} '{word}'" + (meant is null ? "" : $"; did you mean {meant}?");
    }

    /// <summary>A command that takes files would take a misspelt option for one of them. A file of such a name stands after
    /// <c>--</c>, or is given as <c>./-name</c>.</summary>
    private static IEnumerable<string> MisspeltOptions(ParseResult parsed)
    {
        var before = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Where(token => IsOption(token.Value) && before.Contains(token)).Select(token => token.Value);
    }

    private static ExitCode Print(string text)
    {
        using var output = StandardOutput.OpenText();
        output.Write(text);
        return ExitCode.Done;
    }

    /// <summary>Tells what an action fails with.</summary>
    internal static ExitCode Guard(Func<ExitCode> action)
    {
        try
        {
            return action();
        }
        catch (ClosedPipeException)
        {
            return ExitCode.Done;
        }
        catch (Exception error) when (error is not CommandException && Descriptors.AreUsedUp())
        {
            Messages.Fail("too many open files: this process may have no more; raise the limit, such as by ulimit -n 1024");
            return ExitCode.Failed;
        }
        catch (OutOfMemoryException)
        {
            // What .NET says of a thread that cannot be made, too.
            Messages.Fail("there is no more memory, or no more threads, for this process; raise the limit (ulimit -v, ulimit -u, or its cgroup's)");
            return ExitCode.Failed;
        }
        catch (CommandException error)
        {
            Messages.Fail(error.Message);
            return error.Code;
        }
        catch (LaunchException error)
        {
            Messages.Fail(error.Message);
            return (ExitCode)error.ExitCode;
        }
        catch (DllNotFoundException)
        {
            Messages.Fail("this build of tracecap reads captures and records nothing; the native executable for Linux on x86-64 or arm64 records");
            return ExitCode.Failed;
        }
        catch (Exception error) when (error is ProbeException or ChartException or CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            Messages.Fail(error.Message);
            return ExitCode.Failed;
        }
    }
}
