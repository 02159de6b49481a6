using System.CommandLine;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Options;

/// <summary>Whether and how times of day are shown.</summary>
internal sealed class ClockOptions
{
    private static readonly Dictionary<string, int?> precisions = new() { ["s"] = 0, ["ms"] = 3, ["us"] = 6, ["ns"] = 9 };

    private readonly Option<bool> time;
    private readonly Option<bool> utc = OptionFactory.Flag("The same in UTC, which is usual.", "--utc");
    private readonly Option<bool> local = OptionFactory.Flag("The same in the time zone of this machine.", "--local");
    private readonly Option<int?> precision = OptionFactory.Word("The same with so much of a second; s if not given.", "UNIT", precisions, "--precision");

    /// <param name="what">Of what the time is.</param>
    internal ClockOptions(string what) => time = OptionFactory.Flag($"Show the time of day {what}; a new day has a line of its own.", "-T", "--time");

    /// <summary>All of them.</summary>
    internal IEnumerable<Option> All => [time, utc, local, precision];

    internal void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(utc) && result.ValueIfRight(local))
            {
                result.AddError("--utc and --local exclude each other");
            }
        });
    }

    /// <summary>How they are shown; null if not at all.</summary>
    internal ClockStyle? Style(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false })
        ? new ClockStyle(parsed.GetValue(local), parsed.GetValue(precision) ?? 0)
        : null;
}
