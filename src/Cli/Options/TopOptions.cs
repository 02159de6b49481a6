using System.CommandLine;
using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;
using TraceCap.Cli.Top;
using TraceCap.Format.Units;

namespace TraceCap.Cli.Options;

/// <summary>What <c>top</c> shows, how often, and of which connections.</summary>
internal sealed class TopOptions
{
    private const string TimeExpected = "seconds, or a time with its unit, such as 2, 0.5, 500ms or 1m";

    private readonly Option<TimeSpan?> interval = Time("From one table to the next, in recorded time; 1s if not given.", "-d", "--interval");
    private readonly Option<TimeSpan?> window = Time("How long the time is that rates and times to connect are of; 10s if not given.", "--window");
    private readonly Option<Grouping?> by = OptionFactory.By("What rows are of at first; services if not given. Keys switch to services, processes and peers.");
    private readonly Option<RollingOrder?> sort = OptionFactory.Explained(
        $"By which column: the greatest first, or with a dash before it the least; {RollingColumn.Usual.Name} if not given.", "COLUMN", RollingOrder.Parse, "--sort").Offering(
            ValueSource.Words(RollingColumn.All, column => column.Name, column => column.Meaning).Reversible());

    private readonly Option<string?> filter = OptionFactory.Text("Only groups whose name has this in it, as / does.", "TEXT", "--filter");
    private readonly Option<bool> batch = OptionFactory.Flag(
        "Print table after table, as top -b does; without this where standard output is no terminal, or one that cannot move its cursor.", "-b", "--batch");

    private readonly Option<ulong?> tables = OptionFactory.Count("End after so many tables.", "COUNT", "-n", "--count");
    private readonly Option<ulong?> limit = OptionFactory.Count("With -b, at most so many rows in each table; all if not given.", "COUNT", "--limit");
    private readonly Option<TopSpeed?> speed = OptionFactory.Parsed(
        $"How fast the time of a FILE passes; as when it was recorded if not given, with -b and -f as fast as can be. Expected: {TopSpeed.Expected}.", "TIMES", TopSpeed.Parse, "--speed");

    private readonly Option<TimePoint?> from = OptionFactory.Parsed("Of a FILE only from this time on, such as " + TimePointText.Examples + ".", "TIME", TimePoint.Parse, "--from");
    private readonly Option<TimePoint?> to = OptionFactory.Parsed("Of a FILE only before this time.", "TIME", TimePoint.Parse, "--to");
    private readonly Option<ConnectionCondition?> where = OptionFactory.Explained(
        "Only connections of which this holds, such as 'service == 10.0.0.2:5432'; tracecap fields lists the fields.", "EXPR", text => ConnectionCondition.Parse(text), "--where").Offering(ExpressionWords.Connections);

    private readonly ZoneOption zone = new();

    /// <summary>The options that only captures have.</summary>
    internal IReadOnlyList<Option> OfFiles => [speed, from, to];

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { by, sort, filter, interval, window, batch, tables, limit, speed, where, from, to })
        {
            command.Add(option);
        }

        zone.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(from) is { } first && result.ValueIfRight(to) is { } last && !TimePoint.MayPrecede(first, last))
            {
                result.AddError("--from and --to: expected a time to begin that is before the time to end");
            }
        });
    }

    /// <summary>How time is cut.</summary>
    /// <exception cref="CommandException">There would be too many parts.</exception>
    internal RollingSteps Steps(ParseResult parsed)
    {
        try
        {
            return RollingSteps.Of(Nanoseconds(parsed.GetValue(window) ?? TimeSpan.FromSeconds(10)), Nanoseconds(parsed.GetValue(interval) ?? TimeSpan.FromSeconds(1)));
        }
        catch (FormatException error)
        {
            throw new CommandException($"-d and --window: {error.Message}", ExitCode.Usage);
        }
    }

    /// <summary>How connections are told apart, that which is asked for first.</summary>
    internal Grouping[] Groupings(ParseResult parsed) =>
        [.. new[] { parsed.GetValue(by), GroupBy.Service, GroupBy.Process, GroupBy.Peer }.OfType<Grouping>().DistinctBy(one => one.Word)];

    /// <summary>How rows are sorted.</summary>
    internal RollingOrder Order(ParseResult parsed) => parsed.GetValue(sort) ?? RollingOrder.Usual;

    /// <summary>What names have in them.</summary>
    internal string Filter(ParseResult parsed) => parsed.GetValue(filter) ?? "";

    /// <summary>Whether tables are printed one below the other.</summary>
    internal bool IsBatch(ParseResult parsed) => parsed.GetValue(batch) || !StandardOutput.CanRedraw;

    /// <summary>So many tables at most.</summary>
    internal ulong Tables(ParseResult parsed) => parsed.GetValue(tables) ?? ulong.MaxValue;

    /// <summary>So many rows at most.</summary>
    internal int Rows(ParseResult parsed) => (int)Math.Min(parsed.GetValue(limit) ?? int.MaxValue, int.MaxValue);

    /// <summary>How fast recorded time passes.</summary>
    internal TopSpeed Speed(ParseResult parsed, bool isFollowed) => parsed.GetValue(speed) ?? (isFollowed || IsBatch(parsed) ? TopSpeed.Max : new TopSpeed(1));

    /// <summary>Times of day are in it.</summary>
    internal TimeZoneInfo Zone(ParseResult parsed) => zone.IsLocal(parsed) ? TimeZoneInfo.Local : TimeZoneInfo.Utc;

    /// <summary>Which connections.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="filters">What else chooses; null if the probes do that.</param>
    /// <param name="captures">Of which captures: their end may be meant.</param>
    internal ConnectionFilter Connections(ParseResult parsed, LiveFilterOptions? filters, params string[] captures)
    {
        var asked = new ConnectionFilter
        {
            Opening = new CaptureFilter(new EventFilter(), parsed.GetValue(from), parsed.GetValue(to)),
            Where = Both(filters is null ? null : Condition(filters, parsed), parsed.GetValue(where)),
        }.In(Zone(parsed));
        return asked.NeedsEnd && CaptureFile.EndOf(captures) is { } end ? asked.EndingAt(end) : asked;
    }

    private static string? Condition(LiveFilterOptions filters, ParseResult parsed)
    {
        try
        {
            return filters.ToCondition(parsed);
        }
        catch (FormatException error)
        {
            throw new CommandException(error.Message, ExitCode.Usage);
        }
    }

    private static ConnectionCondition? Both(string? one, ConnectionCondition? other) =>
        one is null ? other : ConnectionCondition.Parse(other is null ? one : $"{one} and ({other})");

    private static long Nanoseconds(TimeSpan time) => Math.Min(time.Ticks, long.MaxValue / 100) * 100;

    /// <summary>A time; a number alone is seconds, as top(1) has it.</summary>
    private static Option<TimeSpan?> Time(string description, string name, params string[] aliases) =>
        OptionFactory.Parsed($"{description} Expected: {TimeExpected}.", "TIME", Parse, name, aliases);

    private static TimeSpan Parse(string text)
    {
        var isSeconds = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < TimeSpan.MaxValue.TotalSeconds;
        var isTime = Durations.TryParse(text, out TimeSpan time);
        var given = isSeconds ? TimeSpan.FromSeconds(seconds) : time;
        // Shorter ones are of no use to anybody, and longer than a recording.
        return (isSeconds || isTime) && given >= TimeSpan.FromMilliseconds(1) ? given
            : throw new FormatException($"'{text}' is no time of a millisecond or more; expected {TimeExpected}");
    }
}
