using System.CommandLine;

namespace TraceCap.Cli.Manual;

/// <summary>How options are told of in help, man pages and completions.</summary>
internal static class OptionText
{
    /// <summary>The names of an option, the short ones first; none of those that are Windows's.</summary>
    internal static IReadOnlyList<string> NamesOf(Option option) =>
        [.. option.Aliases.Prepend(option.Name).Where(name => name is not ("/h" or "/?")).Distinct().OrderBy(name => name.StartsWith("--", StringComparison.Ordinal))];

    /// <summary>The options of a command that are shown, with those of all commands.</summary>
    internal static IEnumerable<Option> ShownOf(Command command) => command.Options
        .Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive)).Where(option => !option.Hidden);

    /// <summary>The first sentence of a description, up to where it goes on to details.</summary>
    internal static string? First(string? description) => description?.Split([". ", "; "], 2, StringSplitOptions.None)[0].TrimEnd('.');
}
