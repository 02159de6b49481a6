using System.Globalization;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Findings;

/// <summary>A limit of a rule.</summary>
/// <param name="Name">Of the limit.</param>
/// <param name="Value">In its unit: nanoseconds for a time, 0 to 1 for a share.</param>
/// <param name="Unit">What it counts in.</param>
internal sealed record FindingLimit(string Name, double Value, MetricUnit Unit)
{
    /// <summary>The limit as a condition says it: <c>100</c>, <c>one a second</c>, <c>1 s</c>, <c>half</c>.</summary>
    public override string ToString() => (Unit, Value) switch
    {
        (MetricUnit.Time, _) => DurationText.Whole((ulong)Value),
        (MetricUnit.Share, 0.5) => "half",
        (MetricUnit.Share, 0.25) => "a quarter",
        (MetricUnit.Share, _) => string.Create(CultureInfo.InvariantCulture, $"{Value * 100:0.##} %"),
        (MetricUnit.Rate, 1) => "one a second",
        (MetricUnit.Rate, _) => string.Create(CultureInfo.InvariantCulture, $"{Value:N0} a second"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Value:N0}"),
    };
}

/// <summary>
/// A rule of what is worth a look: its limits, and what it says. <see cref="FindingRules"/> applies them; summaries, help and
/// documentation go by <see cref="All"/>.
/// </summary>
internal sealed partial class FindingRule
{
    // net.ipv4.ip_local_port_range of Linux is 32768 to 60999 unless it was changed.
    internal const int EphemeralPorts = 60_999 - 32_768 + 1;

    private readonly FindingLimit[] limits;

    private FindingRule(string name, string condition, string advice, string meaning, params FindingLimit[] limits)
    {
        this.limits = limits;
        (Name, Advice, Meaning) = (name, advice, meaning);
        Condition = Limit().Replace(condition, limit => Array.Find(limits, one => one.Name == limit.Groups[1].Value)!.ToString());
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>When it speaks, with its limits.</summary>
    public string Condition { get; }

    /// <summary>What can be done; empty if that depends.</summary>
    public string Advice { get; }

    /// <summary>Why it is worth a look.</summary>
    public string Meaning { get; }

    /// <summary>Its limits.</summary>
    public IReadOnlyList<FindingLimit> Limits => limits;

    internal static FindingRule Lost { get; } = new(
        "lost", "an event was lost", "", "all that follows is then a lower bound");

    internal static FindingRule Pool { get; } = new(
        "pool",
        "one process opened {opened} connections or more to one service, {rate} or more, with a median lifetime below {lifetime}",
        "keep connections open and use them again (a connection pool, HTTP keep-alive)",
        "each costs a handshake, a port for a minute, and latency",
        new("opened", 100, MetricUnit.Count),
        new("rate", 1, MetricUnit.Rate),
        new("lifetime", 1e9, MetricUnit.Time));

    internal static FindingRule Leak { get; } = new(
        "leak",
        "{open} connections or more of one process and service are open at the end, {share} or more of all that it began, and each half of the capture has {each} of them or more",
        "look for a close that is missing",
        "a pool is filled once; what grows all the time will meet a limit",
        new("open", 20, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share),
        new("each", 0.25, MetricUnit.Share));

    internal static FindingRule Ports { get; } = new(
        "ports",
        "the connections from one address to one service that this end closed first, within {wait}, are {ports} or more: half of the default net.ipv4.ip_local_port_range",
        "reuse connections, or have the other end close first",
        "the end that closes first keeps its port in TIME_WAIT; when all are taken, connects fail with EADDRNOTAVAIL",
        new("wait", PortUse.Wait * 1e9, MetricUnit.Time),
        new("ports", EphemeralPorts / 2, MetricUnit.Count));

    internal static FindingRule Refused { get; } = new(
        "refused",
        "{failed} connects or more to one service failed, and {share} or more of all",
        "is it listening, and is the way to it open?",
        "nothing listens there, or something on the way refuses",
        new("failed", 5, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share));

    internal static FindingRule Slow { get; } = new(
        "slow",
        "{slow} connects or more to one service took {time} or more, the kernel's first retransmission of a SYN",
        "",
        "the SYN was lost, or the accept queue was full",
        new("slow", 5, MetricUnit.Count),
        new("time", ConnectionStatistics.SlowConnect, MetricUnit.Time));

    internal static FindingRule Retransmits { get; } = new(
        "retransmits",
        "of {segments} segments or more with one service, {share} or more were retransmitted",
        "",
        "the path loses packets",
        new("segments", 1_000, MetricUnit.Count),
        new("share", 0.01, MetricUnit.Share));

    internal static FindingRule Reset { get; } = new(
        "reset",
        "{reset} connections or more with one service were reset, and {share} or more of those that ended",
        "",
        "they were over before both ends had finished them",
        new("reset", 20, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share));

    /// <summary>All rules, in the order in which they are listed. docs/analysis.md has the same list.</summary>
    public static IReadOnlyList<FindingRule> All { get; } = [Lost, Pool, Leak, Ports, Refused, Slow, Retransmits, Reset];

    /// <summary>The value of a limit.</summary>
    internal double this[string limit] => Array.Find(limits, one => one.Name == limit)!.Value;

    /// <summary>What it has found.</summary>
    internal Finding Finds(string subject, string text, params (string Name, double Value)[] numbers) => new(Name, text, Condition, subject, numbers);

    [GeneratedRegex("{([^}]*)}")]
    private static partial Regex Limit();
}
