using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TraceCap.Cli.Commands;

/// <summary>The help of a command, and after it what there is to know beyond its options.</summary>
internal sealed class HelpWithNotes(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (Notes.Of(parseResult.CommandResult.Command.Name) is { Length: > 0 } notes)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(notes);
        }

        return code;
    }
}
