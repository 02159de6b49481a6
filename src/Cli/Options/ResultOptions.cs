using System.CommandLine;
using TraceCap.Cli.Files;

namespace TraceCap.Cli.Options;

/// <summary>Where the results of a command go.</summary>
internal sealed class ResultOptions
{
    private readonly Option<string> output = OptionFactory.Output("Where to write; standard output if not given. The end of its name tells the format.");
    private readonly Option<bool> force = OptionFactory.Force();

    internal ResultOptions() => output.Required = false;

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Output, output, force);
        command.Add(output);
        command.Add(force);
    }

    /// <summary>Where.</summary>
    internal Option<string> Output => output;

    /// <summary>Whether what is there is replaced.</summary>
    internal Option<bool> Force => force;

    /// <summary>The file; null for standard output.</summary>
    internal string? Path(ParseResult parsed) => parsed.GetValue(output) is { } path && path != CaptureName.Pipe ? path : null;

    /// <summary>Says what is wrong with the name before anything is read.</summary>
    internal ResultOutput Open(ParseResult parsed, params ReadOnlySpan<string> inputs) => ResultOutput.Open(Path(parsed), parsed.GetValue(force), inputs);
}
