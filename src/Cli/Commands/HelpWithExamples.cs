using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TraceCap.Cli.Commands;

/// <summary>The help of a command, and after it what there is to know beyond its options and how it is used.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        // Else the help would say that a command takes more words than it does.
        command.TreatUnmatchedTokensAsErrors = true;
        var code = help.Invoke(parseResult);
        var examples = Examples.Of(command.Name);
        var output = parseResult.InvocationConfiguration.Output;
        if (Notes.Of(command.Name) is { Length: > 0 } notes)
        {
            output.WriteLine(notes);
        }

        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
