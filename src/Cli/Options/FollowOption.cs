using System.CommandLine;
using TraceCap.Cli.Files;

namespace TraceCap.Cli.Options;

/// <summary>Whether a command goes on reading while a capture is being recorded.</summary>
internal sealed class FollowOption
{
    private readonly Option<bool> follow = OptionFactory.Flag(
        "Go on while FILE (the last one) is being recorded, from file to file of its series, until the recording or Ctrl-C ends it.", "-f", "--follow");

    /// <summary>The switch.</summary>
    internal Option Option => follow;

    internal void AddTo(Command command) => command.Add(follow);

    /// <summary>Another option does not go with it.</summary>
    internal void Excludes(Command command, Option other, string because) => command.Validators.Add(result =>
    {
        if (result.ValueIfRight(follow) && result.IsGiven(other))
        {
            result.AddError($"{other.Name} and --follow exclude each other: {because}");
        }
    });

    /// <summary>Begins to follow; null if that was not asked for.</summary>
    internal Following? Start(ParseResult parsed) => parsed.GetValue(follow) ? new Following() : null;
}
