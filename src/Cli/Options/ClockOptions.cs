using System.CommandLine;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Options;

/// <summary>Whether and how times of day are shown.</summary>
internal sealed class ClockOptions
{
    private static readonly Dictionary<string, int?> precisions = new() { ["s"] = 0, ["ms"] = 3, ["us"] = 6, ["ns"] = 9 };

    private readonly Option<bool> time;
    private readonly Option<bool> utc = OptionFactory.Flag("Show the time of day in UTC, as -T alone does; not together with --local.", "--utc");
    private readonly Option<int?> precision = OptionFactory.Word("Show the time of day, as -T does, down to seconds, milliseconds, microseconds or nanoseconds; s if not given.", "UNIT", precisions, "--precision");

    private readonly ZoneOption zone;

    /// <param name="what">Of what the time is.</param>
    /// <param name="zone">In which time zone it is shown.</param>
    internal ClockOptions(string what, ZoneOption zone)
    {
        time = OptionFactory.Flag($"Show the time of day {what}, in UTC unless --local says otherwise; a new day has a line of its own.", "-T", "--time");
        this.zone = zone;
    }

    /// <summary>Those that show it.</summary>
    internal IEnumerable<Option> All => [time, utc, precision];

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Time, [.. All]);
        foreach (var option in All)
        {
            command.Add(option);
        }

        zone.AddTo(command);

        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(utc) && zone.IsLocal(result))
            {
                result.AddError("--utc and --local exclude each other");
            }
        });
    }

    /// <summary>How they are shown; null if not at all.</summary>
    internal ClockStyle? Style(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false })
        ? new ClockStyle(zone.IsLocal(parsed), parsed.GetValue(precision) ?? 0)
        : null;
}
