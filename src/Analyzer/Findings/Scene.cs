using System.Globalization;
using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Findings;

/// <summary>What rules look at: who did what when, and what is missing from that.</summary>
internal sealed class Scene(TrafficWatch watch, CaptureFigures figures)
{
    private const int Named = 3;

    private readonly ILookup<WatchedService, WatchedSource> sources = watch.Sources.ToLookup(one => one.Service);

    internal TrafficWatch Watch => watch;

    internal CaptureFigures Figures => figures;

    internal Doubts Doubts => figures.Doubts;

    /// <summary>From the beginning of the first recording to the end of the last.</summary>
    internal (long From, long To) Range { get; } = figures.Recordings.Count == 0 ? default : watch.Places.Range(figures.Recordings);

    /// <summary>Those of a service.</summary>
    internal IEnumerable<WatchedSource> SourcesOf(WatchedService service) => sources[service];

    /// <summary>Whose connects to a service failed in a time, and from where.</summary>
    internal string WhoFailed(WatchedService service, long from = long.MinValue, long to = long.MaxValue) => Who(
        SourcesOf(service).Where(one => one.FailedTimes.From <= to && one.FailedTimes.To >= from).OrderByDescending(one => one.Failed));

    /// <summary>Who connects from where: <c>shop, cron in container 4f53cda18c2b from 10.0.0.1</c>.</summary>
    internal string Who(IEnumerable<WatchedSource> some)
    {
        var all = some.ToList();
        var containers = all.Select(one => one.Cgroup?.Container).OfType<string>().Select(id => id[..Math.Min(id.Length, 12)]).Distinct().ToList();
        var hosts = all.Select(watch.HostOf).Where(host => host.Length > 0).Distinct().ToList();
        var locals = all.Where(one => !one.Key.Local.Equals(default)).Select(AddressOf).Distinct().ToList();
        return List(all.Select(one => one.Process.Key.ProcessText).Distinct().ToList())
            + (containers.Count > 0 ? $" in container {List(containers)}" : "")
            + (hosts.Count > 0 && figures.Recordings.Sum(one => Math.Max(1, one.Hosts.Count)) > 1 ? $" on {List(hosts)}" : "")
            + (locals.Count > 0 ? $" from {List(locals)}" : "");
    }

    /// <summary>The first few of several, and how many more.</summary>
    internal static string List(IReadOnlyCollection<string> all) =>
        string.Join(", ", all.Take(Named)) + (all.Count > Named ? Text($" and {all.Count - Named:N0} more") : "");

    /// <summary>The finding of a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="subject">Whom it is about.</param>
    /// <param name="text">What it is.</param>
    /// <param name="time">When it was; null: all the time.</param>
    /// <param name="rows">Which connections it is about, see <see cref="FindingRows"/>; null if none are.</param>
    /// <param name="areOpenedThen">Whether these were opened, or failed, in that time, and no others are meant.</param>
    /// <param name="confidence">How sure it is.</param>
    /// <param name="affected">How many connections it is about.</param>
    /// <param name="numbers">What the rule looked at.</param>
    internal Finding Found(
        FindingRule rule, string subject, string text, (long From, long To)? time, string[]? rows, bool areOpenedThen, Confidence confidence, double affected, params (string Name, double Value)[] numbers)
    {
        var (from, to) = time is { } known && areOpenedThen ? (Option(known.From), Option(known.To + 1)) : (null, null);
        return new Finding
        {
            Rule = rule.Name,
            Severity = rule.Severity,
            Confidence = confidence.Level,
            Basis = confidence.Basis,
            Subject = subject,
            Text = text,
            Condition = rule.Condition,
            Numbers = numbers,
            Rows = rows is null ? null : new FindingRows(from, to, rows),
            Time = TimeOf(time),
            Affected = affected,
        };
    }

    /// <summary>Text that is the same in all cultures.</summary>
    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time as a text has it.</summary>
    internal static string Lasting(long nanoseconds) => nanoseconds <= 0 ? "a moment" : DurationText.Of((ulong)nanoseconds);

    /// <summary>The local address of a source.</summary>
    internal static string AddressOf(WatchedSource source) => new GroupKey { Local = source.Key.Local, IpVersion = source.Key.IpVersion }.LocalText;

    private FindingTime? TimeOf((long From, long To)? time) => time is { } known && known.From <= known.To
        ? new FindingTime(known.From, known.To, WallOf(known.From), WallOf(known.To))
        : null;

    private ulong? WallOf(long place) => watch.Places.At(place, figures.Recordings) is var (recording, monotonic) ? recording.WallClock(monotonic) : null;

    /// <summary>A time as <c>--from</c> takes it: seconds of one recording, else by the wall clock, or CLOCK_MONOTONIC.</summary>
    private string? Option(long place) => figures.Recordings.Count == 1 ? TimePoint.AfterBegin((ulong)Math.Max(0, place)).ToString()
        : watch.Places.At(place, figures.Recordings) is not var (recording, monotonic) ? null
        : recording.WallClock(monotonic) is { } wall ? WallTime.Format(wall) : Text($"{monotonic}ns");
}
