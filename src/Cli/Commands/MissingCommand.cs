using System.CommandLine;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;

namespace TraceCap.Cli.Commands;

/// <summary>Files on a command line that begins with no command, where what is usual for them, <c>info</c> and <c>summary</c>, cannot be done.</summary>
internal static class MissingCommand
{
    /// <summary>Of commands that take the same options, these are meant most.</summary>
    private static readonly string[] usual = ["summary", "lifetimes", "replay", "info"];

    /// <summary>Says why a command is needed, and what may have been meant.</summary>
    /// <param name="root">Has the commands.</param>
    /// <param name="args">The words.</param>
    /// <param name="isRight">Whether a command line with a command can be run.</param>
    /// <returns>Null if these words are right as they are, or with no command at all.</returns>
    internal static string? Explain(RootCommand root, string[] args, Func<string[], bool> isRight)
    {
        var behind = Array.FindIndex(args, word => !File.Exists(word) && root.Subcommands.Any(command => command.Name == word));
        if (behind > 0 && Right([[args[behind], .. args[..behind], .. args[(behind + 1)..]]]) is { } turned)
        {
            return $"the command comes first: {turned}";
        }

        var readsInput = args.Contains(CaptureName.Pipe);
        return (readsInput || !isRight(["info", .. args]) || !isRight(["summary", .. args]))
            && Right(usual.Union(root.Subcommands.Select(command => command.Name)).Select(name => (string[])[name, .. args])) is { } line
            ? (readsInput ? "standard input can be read once only, and is read twice without a command" : "without a command there are only the options that info and summary both have")
                + $"; name one, such as {line}"
            : null;

        string? Right(IEnumerable<string[]> lines) =>
            lines.FirstOrDefault(isRight) is { } words ? $"`tracecap {string.Join(' ', words.Select(ShellText.Quote))}`" : null;
    }
}
