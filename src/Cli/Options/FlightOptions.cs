using System.CommandLine;
using System.CommandLine.Parsing;
using TraceCap.Analyzer.Filters;
using TraceCap.Cli.Completion;
using TraceCap.Recorder.Flight;

namespace TraceCap.Cli.Options;

/// <summary>How <c>record</c> keeps the last of what happened in memory, and when it writes it.</summary>
/// <param name="files">Where to.</param>
internal sealed class FlightOptions(RotationOptions files)
{
    private readonly Option<FlightLimits?> limits = OptionFactory.Explained(
        "Keep only the last so long (30s, 10m, 1h), or so many bytes (64M), or both (10m,64M), in memory; write it on SIGUSR1 or SIGHUP, when a trigger fires, and at the end.",
        "LIMITS",
        FlightLimits.Parse,
        "--flight");

    private readonly Option<Trigger[]> triggers = OptionFactory.ExplainedList(
        "Write it when more than so many happen within a period, such as 'closed > 1000/s', 'failed[port in {80,443}] > 50/10s', or with 'ECONNREFUSED'; also several times. "
        + $"What can be counted: {TriggerParser.Expected}; in brackets of which events, as with --where.",
        "TRIGGER",
        text => TriggerParser.Parse(text, condition => EventCondition.ParseForEventsAlone(condition).HoldsAlone),
        "--trigger").Offering(ExpressionWords.Triggers);

    internal void AddTo(Command command)
    {
        files.AddSeriesMaker(limits);
        OptionGroups.Put(OptionGroups.Files, limits, triggers);
        command.Add(limits);
        command.Add(triggers);
        command.Validators.Add(Check);
    }

    /// <summary>How much is kept; null to record into files.</summary>
    internal FlightLimits? Limits(ParseResult parsed) => parsed.GetValue(limits);

    internal IReadOnlyList<Trigger> Triggers(ParseResult parsed) => parsed.GetValue(triggers) ?? [];

    private void Check(CommandResult result)
    {
        if (result.IsGiven(limits))
        {
            foreach (var option in files.WhileRunning.Where(result.IsGiven))
            {
                result.AddError($"{option.Name} is for a recording into files as it goes; --flight writes them when something happens");
            }
        }
        else if (result.IsGiven(triggers))
        {
            result.AddError("--trigger writes what --flight keeps; give --flight too, such as --flight 10m");
        }
    }
}
