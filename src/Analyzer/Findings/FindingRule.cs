using System.Globalization;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Episodes;
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
/// A rule of what is worth a look: its limits, and what it says. <see cref="FindingList"/> applies them; summaries, help and
/// documentation go by <see cref="All"/>.
/// </summary>
internal sealed partial class FindingRule
{
    // net.ipv4.ip_local_port_range of Linux is 32768 to 60999 unless it was changed.
    internal const int EphemeralPorts = 60_999 - 32_768 + 1;

    private readonly FindingLimit[] limits;

    private FindingRule(string name, FindingSeverity severity, string condition, string advice, string meaning, params FindingLimit[] limits)
    {
        this.limits = limits;
        (Name, Severity, Advice, Meaning) = (name, severity, advice, meaning);
        Condition = Limit().Replace(condition, limit => Array.Find(limits, one => one.Name == limit.Groups[1].Value)!.ToString());
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>How bad it is, what it finds.</summary>
    public FindingSeverity Severity { get; }

    /// <summary>When it speaks, with its limits.</summary>
    public string Condition { get; }

    /// <summary>What can be done; empty if that depends.</summary>
    public string Advice { get; }

    /// <summary>Why it is worth a look.</summary>
    public string Meaning { get; }

    /// <summary>Its limits.</summary>
    public IReadOnlyList<FindingLimit> Limits => limits;

    internal static FindingRule Lost { get; } = new(
        "lost", FindingSeverity.Warning, "an event was lost", "", "all that follows is then a lower bound");

    internal static FindingRule Outage { get; } = new(
        "outage",
        FindingSeverity.Critical,
        "from the first to the last of {failed} failed connects or more to one service, {share} or more of all failed, and {rest} or more at other times did not; by chance that is less likely than 1 in 1,000",
        "",
        "it was not there for a while, or the way to it was not",
        new("failed", 10, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share),
        new("rest", 5, MetricUnit.Count));

    internal static FindingRule Stopped { get; } = new(
        "stopped",
        FindingSeverity.Critical,
        "a service of this host accepts {accepted} connections or more, but none for {time} or more, while of {connects} connects or more to it from here {established} or more are established; or none for {silence} or more, {rhythm} times as long as ever in the 10 times as long before, and then goes on",
        "see what its process does: is it stopped, stuck, out of descriptors?",
        "the kernel establishes connections until the accept queue is full; who is in it waits",
        new("accepted", 20, MetricUnit.Count),
        new("time", 2e9, MetricUnit.Time),
        new("connects", 5, MetricUnit.Count),
        new("established", 2, MetricUnit.Count),
        new("silence", 60e9, MetricUnit.Time),
        new("rhythm", 10, MetricUnit.Count));

    internal static FindingRule Refused { get; } = new(
        "refused",
        FindingSeverity.Critical,
        "{failed} connects or more to one service failed, {share} or more of all, and it is no outage",
        "is it listening, and is the way to it open?",
        "nothing listens there, or something on the way refuses",
        new("failed", 5, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share));

    internal static FindingRule Ports { get; } = new(
        "ports",
        FindingSeverity.Warning,
        "the connections from one address to one service held {ports} ports or more at once, half of the default net.ipv4.ip_local_port_range: open ones, and for {wait} those that this end closed first, by a FIN and not on the loopback; or {without} connects or more found no port",
        "reuse connections, or have the other end close first; with net.ipv4.tcp_tw_reuse=1 the kernel takes ports in TIME_WAIT again after a second",
        "the end that closes first keeps its port in TIME_WAIT; when all are taken, connects fail with EADDRNOTAVAIL",
        new("ports", EphemeralPorts / 2, MetricUnit.Count),
        new("wait", PortOccupancy.Wait, MetricUnit.Time),
        new("without", 5, MetricUnit.Count));

    internal static FindingRule Reconnect { get; } = new(
        "reconnect",
        FindingSeverity.Warning,
        "one process connected to one service {attempts} times or more over {time} or more, half of them within {interval} of the one before, and {share} or more came to nothing: failed, reset, or closed by the service without a word",
        "wait longer each time (backoff), and see why it is turned away",
        "a crash loop, or a client that never gives up: each attempt costs both ends",
        new("attempts", 20, MetricUnit.Count),
        new("time", 2e9, MetricUnit.Time),
        new("interval", 60e9, MetricUnit.Time),
        new("share", 0.9, MetricUnit.Share));

    internal static FindingRule Slow { get; } = new(
        "slow",
        FindingSeverity.Warning,
        "{slow} connects or more to one service took {time} or more, the kernel's first retransmission of a SYN",
        "",
        "the SYN was lost, or the accept queue was full",
        new("slow", 5, MetricUnit.Count),
        new("time", ConnectionStatistics.SlowConnect, MetricUnit.Time));

    internal static FindingRule Differs { get; } = new(
        "differs",
        FindingSeverity.Warning,
        "of {members} hosts, containers or processes or more that connected to one service {tried} times or more each, or of so many peers at one port that one process connected to, one differs: {failed} of its connects or more failed, {share} or more and {times} times the share of the others; or half of them took {longer} times as long as of any other or more, {time} longer at least, where those of the others are within {alike} times of each other",
        "compare it with the others",
        "what goes wrong with one of many is not the service, nor the network that they share",
        new("members", 4, MetricUnit.Count),
        new("tried", 10, MetricUnit.Count),
        new("failed", 5, MetricUnit.Count),
        new("share", 0.2, MetricUnit.Share),
        new("times", 10, MetricUnit.Count),
        new("longer", 5, MetricUnit.Count),
        new("time", 10e6, MetricUnit.Time),
        new("alike", 4, MetricUnit.Count));

    internal static FindingRule Reset { get; } = new(
        "reset",
        FindingSeverity.Warning,
        "{reset} connections or more with one service were reset, not by this end, and {share} or more of those that ended; of those that this host accepted only the ones count that had asked for something and were sent nothing",
        "",
        "they were over before both ends had finished them",
        new("reset", 20, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share));

    internal static FindingRule Leak { get; } = new(
        "leak",
        FindingSeverity.Warning,
        "{open} connections or more of one process and service are certainly open at the end, {share} or more of all that it began, over {time} or more, and each half of the capture has {each} of them or more",
        "look for a close that is missing",
        "a pool is filled once; what grows all the time will meet a limit",
        new("open", 20, MetricUnit.Count),
        new("share", 0.5, MetricUnit.Share),
        new("time", 60e9, MetricUnit.Time),
        new("each", 0.25, MetricUnit.Share));

    internal static FindingRule Retransmits { get; } = new(
        "retransmits",
        FindingSeverity.Notice,
        "of {segments} segments or more with one service, {share} or more were retransmitted",
        "",
        "the path loses packets",
        new("segments", 1_000, MetricUnit.Count),
        new("share", 0.01, MetricUnit.Share));

    internal static FindingRule Pool { get; } = new(
        "pool",
        FindingSeverity.Notice,
        "one process opened {opened} connections or more to one service, {rate} or more, of which {share} or more lived less than {lifetime}, and sent {segments} segments or less on each on average",
        "keep connections open and use them again (a connection pool, HTTP keep-alive)",
        "each costs a handshake, a port for a minute, and latency",
        new("opened", 100, MetricUnit.Count),
        new("rate", 1, MetricUnit.Rate),
        new("share", 0.5, MetricUnit.Share),
        new("lifetime", TrafficWatch.BriefLifetime, MetricUnit.Time),
        new("segments", 100, MetricUnit.Count));

    internal static FindingRule New { get; } = new(
        "new",
        FindingSeverity.Notice,
        "in a capture of {length} or more, the first of {connects} connects or more to a service, or of so many accepts, is in the last quarter, while all others, {others} or more, were met in the first half",
        "",
        "nothing else had changed",
        new("length", 600e9, MetricUnit.Time),
        new("connects", 5, MetricUnit.Count),
        new("others", 5, MetricUnit.Count));

    /// <summary>All rules, in the order in which their findings are listed. docs/analysis.md has the same list.</summary>
    public static IReadOnlyList<FindingRule> All { get; } =
        [Lost, Outage, Stopped, Refused, Ports, Reconnect, Slow, Differs, Reset, Leak, Retransmits, Pool, New];

    /// <summary>The value of a limit.</summary>
    internal double this[string limit] => Array.Find(limits, one => one.Name == limit)!.Value;

    [GeneratedRegex("{([^}]*)}")]
    private static partial Regex Limit();
}
