using System.CommandLine;
using System.CommandLine.Parsing;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Launch;

namespace TraceCap.Cli.Options;

/// <summary>The command that <c>record</c> and <c>trace</c> run and record: what stands after <c>--</c>, how long it is recorded,
/// and whom it runs as.</summary>
internal sealed class LaunchOptions
{
    private const string Waits = "--wait";
    private const int LongestText = 1000;

    private readonly Option<CommandWait?> wait = OptionFactory.Explained(
        $"With a command: record until all that it started has ended (all, the default), until it has ended itself (command), or that and so long for what it started. Expected: {CommandWait.Expected}.",
        "WHAT",
        CommandWait.Parse,
        Waits).Offering(ValueSource.Words(CommandWait.Words, word => word, _ => null));

    private readonly Option<string?> user = OptionFactory.Text(
        "With a command: run it as this user; if not given, as the one who called sudo, doas or pkexec, or else as the one who called tracecap.", "NAME", "--as").Offering(ValueSource.Users);

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Command, wait, user);
        command.Add(wait);
        command.Add(user);
    }

    /// <summary>The words after <c>--</c>, if the command line is of a command that runs them.</summary>
    internal static string[] WordsOf(ParseResult parsed) => Takes(parsed.CommandResult.Command)
        ? [.. parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Select(token => token.Value)]
        : [];

    /// <summary>Where a command would stand, if the command line is of one that runs commands.</summary>
    internal static string Hint(ParseResult parsed) => parsed.CommandResult.Command is var command && Takes(command)
        ? $"; a command to record stands after --: tracecap {command.Name} ... -- COMMAND"
        : "";

    /// <summary>Whether there is a command.</summary>
    /// <exception cref="CommandException">There is none, but what is for one.</exception>
    internal bool HasCommand(ParseResult parsed)
    {
        var words = WordsOf(parsed);
        if (words.Length == 0 && parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            throw new CommandException("there is no command after --", ExitCode.Usage);
        }

        foreach (var option in new Option[] { wait, user }.Where(option => words.Length == 0 && parsed.CommandResult.IsGiven(option)))
        {
            throw new CommandException($"{option.Name} is for a command to run, after --: tracecap {parsed.CommandResult.Command.Name} ... -- COMMAND", ExitCode.Usage);
        }

        return words.Length > 0;
    }

    internal CommandWait Wait(ParseResult parsed) => parsed.GetValue(wait) ?? CommandWait.All;

    /// <summary>Whom it runs as.</summary>
    internal CommandUser User(ParseResult parsed)
    {
        if (parsed.GetValue(user) is not { } name)
        {
            return CommandUser.Caller(Environment.GetEnvironmentVariable);
        }

        var account = UserAccount.Find(name) ?? throw new CommandException($"--as {name}: there is no such user on this host", ExitCode.Usage);
        return Environment.IsPrivilegedProcess
            ? CommandUser.Of(account)
            : throw new CommandException($"--as {name}: only root can run a command as another user; leave it out, or run tracecap with sudo");
    }

    /// <summary>Whether it runs as a user whom the command line names.</summary>
    internal bool IsOther(ParseResult parsed) => parsed.GetValue(user) is not null;

    /// <summary>It as a shell would have it, if that is not too long.</summary>
    internal static string TextOf(string[] words)
    {
        var text = string.Join(' ', words.Select(ShellText.Quote));
        return text.Length <= LongestText ? text : text[..LongestText] + "...";
    }

    /// <summary>Has it ready to begin.</summary>
    internal LaunchedCommand Prepare(ParseResult parsed)
    {
        var words = WordsOf(parsed);
        return LaunchedCommand.Prepare(words[0], CommandWords.Read(words), words.Length, User(parsed), Descriptors.Closed);
    }

    /// <summary>Whether a command runs another one.</summary>
    internal static bool Takes(Command command) => command.Options.Any(option => option.Name == Waits);
}
