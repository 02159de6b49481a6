using System.CommandLine;

namespace TraceCap.Cli.Options;

/// <summary>In which time zone times are meant that tell none, and shown: UTC, or that of this machine.</summary>
internal sealed class ZoneOption
{
    private readonly Option<bool> local = OptionFactory.Flag("Times without a time zone are those of this machine, not UTC, and so are times of day that are shown.", "--local");

    internal Option Option => local;

    /// <summary>Adds it, unless the command has it for another purpose already.</summary>
    internal void AddTo(Command command)
    {
        if (!command.Options.Contains(local))
        {
            OptionGroups.Put(OptionGroups.Time, local);
            command.Add(local);
        }
    }

    internal bool IsLocal(ParseResult parsed) => parsed.GetValue(local);

    internal bool IsLocal(System.CommandLine.Parsing.CommandResult result) => result.ValueIfRight(local);
}
