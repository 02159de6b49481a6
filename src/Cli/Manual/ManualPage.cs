using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Cli.Options;

namespace TraceCap.Cli.Manual;

/// <summary>The man page of the program or of a command, as a source for scdoc(1). It tells what the help tells, and what there is no room for
/// in a terminal.</summary>
internal sealed partial class ManualPage
{
    private const string Program = "tracecap";

    private readonly StringBuilder text = new();

    private ManualPage()
    {
    }

    /// <summary>Its name without section and suffix.</summary>
    internal static string NameOf(Command command) => command is RootCommand ? Program : $"{Program}-{command.Name}";

    /// <summary>Makes it.</summary>
    /// <param name="command">The command, or the root of all.</param>
    /// <param name="version">Of the program.</param>
    internal static string Of(Command command, string version)
    {
        var page = new ManualPage();
        page.text.Append($"{NameOf(command)}(1) \"{version}\" \"TraceCap\"\n\n");
        page.AddHeading("NAME");
        var description = (command.Description ?? "").TrimEnd('.');
        // What lists pages (whatis) takes dashes on this line for those behind the name, unless they are in bold.
        page.AddMarked(LongOption().Replace(Escape($"{NameOf(command)} - {char.ToLowerInvariant(description[0])}{description[1..]}"), "*$0*"));
        page.AddHeading("SYNOPSIS");
        if (command is RootCommand root)
        {
            page.AddMarked($"*{Program}* _COMMAND_ [_options_]");
            page.AddMarked($"*{Program}* _FILE_...");
            page.AddDescription(Program);
            page.AddCommands(root);
        }
        else
        {
            page.AddMarked(Synopsis(command));
            page.AddDescription(command.Name);
            page.AddArguments(command);
        }

        page.AddOptions(command);
        page.AddRows("EXIT STATUS", Surroundings.CodesOf(command));
        if (LaunchOptions.Takes(command))
        {
            page.AddParagraph("With -- COMMAND, that of the command.");
        }

        page.AddRows("ENVIRONMENT", Surroundings.VariablesOf(command));
        page.AddRows("FILES", Surroundings.FilesOf(command));
        page.AddExamples(command is RootCommand ? Program : command.Name);
        page.AddHeading("SEE ALSO");
        page.AddMarked(string.Join(", ", Others(command).Select(one => $"*{Escape(NameOf(one))}*(1)")));
        return page.text.ToString();
    }

    private static string Synopsis(Command command)
    {
        var arguments = command.Arguments.Select(argument =>
        {
            var name = $"_{Escape(argument.HelpName ?? argument.Name)}_{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
            return argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}";
        });
        return $"*{Program} {Escape(command.Name)}*{string.Concat(arguments)} [_options_]{(LaunchOptions.Takes(command) ? " [-- _COMMAND_...]" : "")}";
    }

    /// <summary>The program, and what stands beside a command in its group; of the program, all.</summary>
    private static IEnumerable<Command> Others(Command command)
    {
        var root = command as RootCommand ?? command.Parents.OfType<RootCommand>().Single();
        Command[] shown = [.. root.Subcommands.Where(one => !one.Hidden)];
        return command is RootCommand ? shown.OrderBy(one => one.Name, StringComparer.Ordinal)
            : CommandGroups.Of(shown, one => one.Name).Single(group => group.Commands.Contains(command)).Commands.Where(one => one != command).Prepend(root);
    }

    private void AddDescription(string command)
    {
        AddHeading("DESCRIPTION");
        foreach (var paragraph in Details.Of(command))
        {
            AddParagraph(paragraph);
        }
    }

    private void AddCommands(RootCommand root)
    {
        AddHeading("COMMANDS");
        foreach (var (title, commands) in CommandGroups.Of([.. root.Subcommands.Where(one => !one.Hidden)], command => command.Name))
        {
            AddSubheading(title);
            AddTerms(commands.Select(one => ($"*{Escape(NameOf(one))}*(1)", one.Description ?? "")));
        }
    }

    private void AddArguments(Command command)
    {
        if (command.Arguments.Count > 0)
        {
            AddHeading("ARGUMENTS");
            AddTerms(command.Arguments.Select(argument => ($"_{Escape(argument.HelpName ?? argument.Name)}_", argument.Description ?? "")));
        }
    }

    private void AddOptions(Command command)
    {
        AddHeading("OPTIONS");
        var options = OptionText.ShownOf(command).ToLookup(OptionGroups.Of);
        foreach (var group in OptionGroups.All.Where(options.Contains))
        {
            if (group != OptionGroups.Own)
            {
                AddSubheading(group);
            }

            AddTerms(options[group].Select(option => (
                string.Join(", ", OptionText.NamesOf(option).Select(name => $"*{Escape(name)}*"))
                    + (option.HelpName is { } value ? $" _{Escape(value)}_" : "") + (option.Required ? " (required)" : ""),
                option.Description ?? "")));
        }

        if (Notes.Of(command.Name) is { } notes)
        {
            AddHeading(notes.Title.ToUpperInvariant());
            AddTerms(notes.Rows.Select(row => ($"*{Escape(row.Name)}*", row.Meaning)));
        }
    }

    private void AddRows(string title, IEnumerable<(string Name, string Meaning)> rows)
    {
        if (rows.Any())
        {
            AddHeading(title);
            AddTerms(rows.Select(row => ($"*{Escape(row.Name)}*", row.Meaning)));
        }
    }

    private void AddExamples(string command)
    {
        AddHeading("EXAMPLES");
        text.Append("```\n").AppendJoin('\n', Manual.Examples.Of(command)).Append("\n```\n\n");
    }

    private void AddHeading(string title) => text.Append($"# {title}\n\n");

    private void AddSubheading(string title) => text.Append($"## {title}\n\n");

    private void AddParagraph(string plain) => AddMarked(Escape(plain));

    private void AddMarked(string marked) => text.Append(marked).Append("\n\n");

    private void AddTerms(IEnumerable<(string Marked, string Meaning)> terms)
    {
        foreach (var (marked, meaning) in terms)
        {
            text.Append(marked).Append("\n\t").Append(Escape(meaning)).Append("\n\n");
        }
    }

    /// <summary>Plain text, of which scdoc takes nothing for a mark.</summary>
    private static string Escape(string plain) => Marks().Replace(plain, @"\$0");

    [GeneratedRegex("(?<= )--[a-z-]*")]
    private static partial Regex LongOption();

    [GeneratedRegex(@"[\\*_`~]|^[#.\-\[|;:]")]
    private static partial Regex Marks();
}
