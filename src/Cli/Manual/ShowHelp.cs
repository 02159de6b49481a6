using System.CommandLine;
using System.CommandLine.Invocation;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Manual;

/// <summary>What <c>--help</c> does.</summary>
internal sealed class ShowHelp : SynchronousCommandLineAction
{
    /// <summary>Who asks for help need not have all else right.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(HelpText.Of(parseResult.CommandResult.Command, StandardOutput.Columns, ColourChoice.OfOutput));
        return (int)ExitCode.Done;
    }
}
