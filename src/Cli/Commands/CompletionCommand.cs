using System.CommandLine;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Manual;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap completion</c>, and <c>tracecap complete</c>, which the scripts that it prints ask.</summary>
internal static class CompletionCommand
{
    internal static Command Create()
    {
        var shell = new Argument<ShellScript>("SHELL")
        {
            Description = $"{string.Join("; ", ShellScript.All.Select(one => $"{one.Name}: {one.Use}"))}.",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (ShellScript.All.FirstOrDefault(one => one.Name == text) is { } found)
                {
                    return found;
                }

                result.AddError($"'{text}' is no shell that is known; expected one of {string.Join(", ", ShellScript.All.Select(one => one.Name))}");
                return null;
            },
        };
        shell.Offering(ValueSource.Words(ShellScript.All, one => one.Name, one => one.Use));
        var command = new Command("completion", "Prints a script with which a shell completes commands, options, values and files of tracecap.") { shell };
        command.Does(parsed => Print(parsed.GetValue(shell)!.Text()));
        return command;
    }

    /// <summary>Answers what may stand where the cursor is.</summary>
    /// <param name="root">The program.</param>
    internal static Command CreateAnswer(RootCommand root)
    {
        var words = new Argument<string[]>("WORD") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("complete", "What may stand where the cursor is; for the scripts of tracecap completion.") { words };
        command.Hidden = true;
        command.Does(parsed => Print(new LineCompletion(root, parsed.GetValue(words)!).Lines));
        return command;
    }

    private static ExitCode Print(string text)
    {
        using var output = StandardOutput.OpenText();
        output.Write(text);
        return ExitCode.Done;
    }
}
