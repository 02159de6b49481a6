using System.CommandLine;
using System.Text;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Options;

namespace TraceCap.Cli.Manual;

/// <summary>The help of the program or of a command, as it fits a terminal.</summary>
internal sealed class HelpText
{
    private const string Indent = "  ";

    // Names that are longer have their meaning below them.
    private const int LongestName = 32;

    // A terminal that is narrower has all meanings below the names.
    private const int TwoColumns = 72;

    private readonly StringBuilder text = new();
    private readonly int width;
    private readonly TextColours colours;

    private HelpText(int width, TextColours colours) => (this.width, this.colours) = (width, colours);

    /// <summary>Makes it.</summary>
    /// <param name="command">The command, or the root of all.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <param name="colours">How headings stand out.</param>
    internal static string Of(Command command, int width, TextColours colours)
    {
        var help = new HelpText(width, colours);
        help.AddHeading("Description");
        WrappedText.Append(help.text, Indent, command.Description ?? "", width);
        help.AddHeading("Usage");
        if (command is RootCommand root)
        {
            help.AddRoot(root);
        }
        else
        {
            help.AddCommand(command);
        }

        return help.text.Append('\n').ToString();
    }

    private void AddRoot(RootCommand root)
    {
        AddRows(
        [
            ("tracecap COMMAND [options]", "help COMMAND tells more of it"),
            ("tracecap FILE...", "what info and summary say of captures"),
        ]);
        var shown = root.Subcommands.Where(command => !command.Hidden).ToArray();
        var longest = shown.Max(command => command.Name.Length);
        foreach (var (title, commands) in CommandGroups.Of(shown, command => command.Name))
        {
            AddHeading(title);
            AddRows([.. commands.Select(command => (command.Name.PadRight(longest), command.Description ?? ""))]);
        }

        AddHeading("Options");
        AddRows([.. root.Options.Select(Row)]);
        AddExamples("tracecap");
    }

    private void AddCommand(Command command)
    {
        var arguments = command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{Name(argument)}]" : $" {Name(argument)}");
        var launched = LaunchOptions.Takes(command) ? " [-- COMMAND...]" : "";
        text.Append(Indent).Append("tracecap ").Append(command.Name).AppendJoin("", arguments).Append(" [options]").Append(launched).Append('\n');
        if (command.Arguments.Count > 0)
        {
            AddHeading("Arguments");
            AddRows([.. command.Arguments.Select(argument => ($"<{argument.HelpName ?? argument.Name}>", argument.Description ?? ""))]);
        }

        var options = OptionText.ShownOf(command).ToLookup(OptionGroups.Of);
        foreach (var group in OptionGroups.All.Where(options.Contains))
        {
            AddHeading(group);
            AddRows([.. options[group].Select(Row)]);
        }

        if (Notes.Of(command.Name) is { } notes)
        {
            AddHeading(notes.Title);
            AddRows(notes.Rows);
        }

        AddExamples(command.Name);
    }

    private static string Name(Argument argument) => $"<{argument.HelpName ?? argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";

    /// <summary>The short names first, then what it takes.</summary>
    private static (string, string) Row(Option option)
    {
        var names = string.Join(", ", OptionText.NamesOf(option));
        var value = option.HelpName is { } what ? $" <{what}>" : "";
        return ($"{names}{value}{(option.Required ? " (required)" : "")}", option.Description ?? "");
    }

    private void AddHeading(string title) => text.Append(text.Length > 0 ? "\n" : "").Append(colours.Of(title, Emphasis.Heading)).Append(":\n");

    private void AddRows(IReadOnlyList<(string Name, string Meaning)> rows)
    {
        var longest = rows.Select(row => row.Name.Length).Where(length => length <= LongestName).DefaultIfEmpty().Max();
        foreach (var (name, meaning) in rows)
        {
            if (width is > 0 and < TwoColumns || (width > 0 && name.Length > LongestName))
            {
                text.Append(Indent).Append(name).Append('\n');
                WrappedText.Append(text, new string(' ', width < TwoColumns ? 6 : Indent.Length + longest + Indent.Length), meaning, width);
            }
            else
            {
                WrappedText.Append(text, $"{Indent}{name.PadRight(longest)}{Indent}", meaning, width);
            }
        }
    }

    private void AddExamples(string command)
    {
        if (Examples.Of(command) is { Count: > 0 } examples)
        {
            AddHeading("Examples");
            foreach (var example in examples)
            {
                // As they are: they can be copied.
                text.Append(Indent).Append(example).Append('\n');
            }
        }
    }
}
