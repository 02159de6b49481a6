using System.CommandLine;
using System.Globalization;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;

namespace TraceCap.Cli.Manual;

/// <summary>What may stand where the cursor is on a command line that is not finished: commands, options, values. The parser itself
/// is of no help there, for it takes what is missing or half a word for an error.</summary>
internal sealed class LineCompletion
{
    private readonly RootCommand root;
    private readonly string[] words;
    private readonly List<string> arguments = [];
    private readonly HashSet<Option> given = [];
    private Command? command;

    /// <param name="root">The program.</param>
    /// <param name="words">The words behind the program's name, as they were typed; the last one up to the cursor.</param>
    internal LineCompletion(RootCommand root, IReadOnlyList<string> words)
    {
        this.root = root;
        this.words = [.. words.Select(ShellWord.Unquote)];
        Answer();
    }

    /// <summary>What may stand there. A name that would not stay on its line is left out: others may choose names.</summary>
    internal IReadOnlyList<Candidate> Candidates { get; private set => field = [.. value.Where(one => !$"{one.Text}{one.Meaning}".Any(char.IsControl))]; } = [];

    /// <summary>What the shell has to add.</summary>
    internal ShellHelp Shell { get; private set; } = ShellHelp.None;

    /// <summary>Whether no blank follows.</summary>
    internal bool GoesOn { get; private set; }

    private IEnumerable<Option> Options => OptionText.ShownOf(command ?? root);

    private IEnumerable<Command> Commands => root.Subcommands.Where(one => !one.Hidden);

    private void Answer()
    {
        var typed = words.Length > 0 ? words[^1] : "";
        var areArguments = false;
        for (var at = 0; at < words.Length - 1; at++)
        {
            var word = words[at];
            if (areArguments || word is "-" or "" || !word.StartsWith('-'))
            {
                TakeArgument(word);
            }
            else if (word == "--")
            {
                areArguments = true;
                if (command is not null && LaunchOptions.Takes(command))
                {
                    Shell = ShellHelp.CommandFrom(at + 1);
                    return;
                }
            }
            else if (Find(word.Split('=')[0]) is { } option)
            {
                given.Add(option);
                if (!TakesValue(option) || word.Contains('=', StringComparison.Ordinal))
                {
                    continue;
                }

                if (++at == words.Length - 1)
                {
                    Offer(ValueSource.Of(option), "", typed);
                    return;
                }
            }
        }

        if (!areArguments && typed.StartsWith("--", StringComparison.Ordinal) && typed.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
        {
            Offer(Find(typed[..sign]) is { } option ? ValueSource.Of(option) : null, typed[..(sign + 1)], typed[(sign + 1)..]);
        }
        else if (!areArguments && typed.StartsWith('-'))
        {
            OfferOptions(typed);
        }
        else if (command is null or RootCommand)
        {
            OfferCommands(typed);
        }
        else
        {
            Offer(NextArgument() is { } argument ? ValueSource.Of(argument) : null, "", typed);
            if (typed.Length == 0 && command.Arguments.Count == 0)
            {
                OfferOptions(typed);
            }
        }
    }

    private void TakeArgument(string word)
    {
        if (command is { } and not RootCommand)
        {
            arguments.Add(word);
        }
        else if (command is null && word == "help")
        {
            command = root;
        }
        else
        {
            // Captures without a command: what info and summary say of them.
            command = root.Subcommands.FirstOrDefault(one => one.Name == word) ?? root.Subcommands.Single(one => one.Name == "info");
            if (command.Name != word)
            {
                arguments.Add(word);
            }
        }
    }

    /// <summary>The argument that the next word is of; null if no other word is taken.</summary>
    private Argument? NextArgument()
    {
        var taken = arguments.Count;
        foreach (var argument in command!.Arguments)
        {
            if (taken < argument.Arity.MaximumNumberOfValues)
            {
                return argument;
            }

            taken -= argument.Arity.MaximumNumberOfValues;
        }

        return null;
    }

    private Option? Find(string name) => Options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private static bool TakesValue(Option option) => option.HelpName is not null;

    private static bool IsSeveral(Option option) => option.ValueType.IsArray || option.Arity.MaximumNumberOfValues > 1;

    private void Offer(ValueSource? source, string before, string typed)
    {
        if (source is null)
        {
            return;
        }

        (Shell, GoesOn) = (source.Shell, source.GoesOn);
        Candidates = [.. source.Candidates(new ValueRequest(typed, Captures()))
            .Where(one => source.AreChosen || one.Text.StartsWith(typed, StringComparison.Ordinal)).Select(one => one with { Text = before + one.Text })];
    }

    /// <summary>The captures on the line, also behind the cursor's word: all arguments that are files.</summary>
    private string[] Captures() => [.. arguments.Where(name => name != CaptureName.Pipe && File.Exists(name))];

    private void OfferCommands(string typed)
    {
        Candidates = [.. Commands.Select(one => new Candidate(one.Name, OptionText.First(one.Description)))
            .Append(new Candidate("help", "Tells more of a command.")).Where(one => one.Text.StartsWith(typed, StringComparison.Ordinal))];
        if (Candidates.Count == 0 && command is null)
        {
            Shell = ValueSource.Captures.Shell;
        }
    }

    private void OfferOptions(string typed)
    {
        // Each once: by its short name only where nothing else was typed, or there is no other.
        var names = from option in Options
                    where !given.Contains(option) || IsSeveral(option)
                    from name in OptionText.NamesOf(option)
                    where typed == "-" || name.StartsWith("--", StringComparison.Ordinal) || OptionText.NamesOf(option).All(one => !one.StartsWith("--", StringComparison.Ordinal))
                    where name.StartsWith(typed, StringComparison.Ordinal)
                    select new Candidate(name, OptionText.First(option.Description));
        Candidates = [.. names];
    }

    /// <summary>The lines that the shells' scripts read: first what the shell has to add, then a candidate each, with a tab before its meaning.</summary>
    internal string Lines => string.Create(CultureInfo.InvariantCulture, $"{Shell}{(GoesOn ? "open" : "")}\n{string.Concat(Candidates.Select(one => $"{one.Text}\t{one.Meaning}\n"))}");
}
