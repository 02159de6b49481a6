using System.CommandLine;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Format.Events;

namespace TraceCap.Cli.Options;

/// <summary>Which events of a capture: the filters of a recording, and those that need a file.</summary>
/// <param name="areOfEvents">Whether a condition is about events, and not about their connections, which have an option of their own.</param>
/// <param name="isToTaken">Whether <c>--to</c> is something else than the end of the time: then that is <c>--until</c> alone.</param>
internal sealed class FileFilterOptions(bool areOfEvents = true, bool isToTaken = false)
{
    private static readonly CgroupFilter anyCgroup = new(null, null, null);

    private readonly FilterOptions filters = new();
    private readonly Option<TimePoint?> from = OptionFactory.Parsed(
        $"Only from this time on, such as {TimePointText.Examples}.", "TIME", TimePoint.Parse, "--from");

    private readonly Option<TimePoint?> to = OptionFactory.Parsed(
        "Only before this time; also +5m, after --from.", "TIME", TimePoint.Parse, isToTaken ? "--until" : "--to", isToTaken ? [] : ["--until"]);

    private readonly Option<ThreadName?> comm = OptionFactory.Parsed("Only threads of this name.", "NAME", FilterText.ParseName, "--comm");
    private readonly Option<ushort[]> ports = OptionFactory.Ports("Only these ports at either end", "--port");
    private readonly Option<AddressPrefix[]> addresses = OptionFactory.ParsedList(
        "Only this address or range, such as 10.0.0.0/8, at either end; several: any of them.", "CIDR", AddressPrefix.Parse, "--addr");

    private readonly Option<string?> container = OptionFactory.Explained(
        "Only this container, by the first digits of its id.", "ID", ParseContainer, "--container").Offering(NamesOfCaptures.Containers);

    private readonly Option<string?> unit = OptionFactory.Explained(
        "Only this systemd unit, such as nginx, session-3.scope or user.slice.", "NAME", ParseUnit, "--unit").Offering(NamesOfCaptures.Units);

    private readonly Option<string?> cgroup = OptionFactory.Explained(
        "Only this cgroup and those below it, such as /system.slice.", "PATH", ParseCgroup, "--cgroup").Offering(NamesOfCaptures.Paths);

    private readonly Option<EventTypeSet?> types = OptionFactory.Parsed(
        $"Only these types: {EventTypes.Describe(EventTypes.All)}.", EventTypes.Letters, EventTypeSet.Parse, "--type").Offering(Vocabulary.EventTypeLetters);

    private readonly Option<EventCondition?> where = OptionFactory.Condition(
        "Only events of which this holds, such as 'peer in 10.0.0.0/8 and not process == curl'; tracecap fields lists the fields.", text => EventCondition.Parse(text)).Offering(ExpressionWords.Events);

    internal void AddTo(Command command)
    {
        filters.AddTo(command);
        OptionGroups.Put(OptionGroups.Filters, [.. Own]);
        OptionGroups.Put(OptionGroups.Time, [.. Times]);
        foreach (var option in Own.Where(option => !command.Options.Contains(option)))
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(from) is { } first && result.ValueIfRight(to) is { } last && !TimePoint.MayPrecede(first, last))
            {
                result.AddError($"--from and {to.Name}: expected a time to begin that is before the time to end");
            }
        });
    }

    internal bool IsOneNetns(ParseResult parsed) => filters.IsOneNetns(parsed);

    /// <summary>The types that are asked for; null if none are.</summary>
    internal EventTypeSet? Types(ParseResult parsed) => parsed.GetValue(types);

    /// <param name="parsed">The command line.</param>
    /// <param name="captures">Which captures they are for: their end may be meant.</param>
    internal CaptureFilter ToFilter(ParseResult parsed, params string[] captures)
    {
        var events = filters.ToEventFilter(parsed) with
        {
            Comm = parsed.GetValue(comm),
            Ports = [.. parsed.GetValue(ports)!],
            Addresses = [.. parsed.GetValue(addresses)!],
            Types = Types(parsed),
            Cgroup = Cgroup(parsed),
            Where = areOfEvents ? parsed.GetValue(where) : null,
        };
        var filter = new CaptureFilter(events, parsed.GetValue(from), parsed.GetValue(to)).In(ZoneOf(parsed));
        return filter.NeedsEnd && CaptureFile.EndOf(captures) is { } end ? filter.EndingAt(end) : filter;
    }

    /// <summary>Where times are meant that tell no time zone.</summary>
    internal ZoneOption Zone { get; } = new();

    /// <summary>The same.</summary>
    internal TimeZoneInfo ZoneOf(ParseResult parsed) => Zone.IsLocal(parsed) ? TimeZoneInfo.Local : TimeZoneInfo.Utc;

    /// <summary>All of them.</summary>
    internal IEnumerable<Option> All => filters.All.Concat(Own);

    /// <summary><c>--from</c>, <c>--to</c>, and how they are meant.</summary>
    internal IReadOnlyList<Option> Times => [from, to, Zone.Option];

    private IEnumerable<Option> Own => [from, to, Zone.Option, comm, ports, addresses, types, container, unit, cgroup, .. areOfEvents ? [where] : Array.Empty<Option>()];

    private CgroupFilter? Cgroup(ParseResult parsed) => new Option<string?>[] { container, unit, cgroup }.All(option => parsed.GetValue(option) is null)
        ? null
        : new CgroupFilter(parsed.GetValue(container), parsed.GetValue(unit), parsed.GetValue(cgroup));

    private static string ParseContainer(string text) => Checked(text, anyCgroup.WithContainer);

    private static string ParseUnit(string text) => Checked(text, anyCgroup.WithUnit);

    private static string ParseCgroup(string text) => Checked(text, anyCgroup.WithPath);

    /// <summary>What an option takes, the library's filter takes as well, and refuses in the same words.</summary>
    private static string Checked(string text, Func<string, CgroupFilter> with)
    {
        with(text);
        return text;
    }
}
