using TraceCap.Analyzer;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Testing;

/// <summary>Which connections a metric is of, and which of them matter most to it.</summary>
/// <param name="Counts">Whether it is of a connection.</param>
/// <param name="Weight">Those that weigh most are shown first; of equal ones those that ended first.</param>
/// <param name="Text">What stands before a connection, if the connection's own text does not say what it weighs.</param>
internal sealed record ConnectionKind(Func<TcpConnection, bool> Counts, Func<TcpConnection, long> Weight, Func<TcpConnection, string> Text)
{
    private static readonly ConnectionKind opened = Each(one => one is { Role: ConnectionRole.Client, Ending: not ConnectionEnding.Failed, IsPreexisting: false });
    private static readonly ConnectionKind accepted = Each(one => one is { Role: ConnectionRole.Server, IsPreexisting: false });
    private static readonly ConnectionKind failed = Each(one => one.Ending == ConnectionEnding.Failed);
    private static readonly ConnectionKind reset = Each(one => one.Ending == ConnectionEnding.Reset);
    private static readonly ConnectionKind open = Longest(one => one.Ending == ConnectionEnding.Open);
    private static readonly ConnectionKind lived = Longest(one => one is { IsPreexisting: false, Ending: not ConnectionEnding.Failed });
    private static readonly ConnectionKind connected = Slowest(one => one.Ending == ConnectionEnding.Failed ? null : one.ConnectTime, "connected in");
    private static readonly ConnectionKind waited = Slowest(one => one.AcceptTime, "accepted after");
    private static readonly ConnectionKind repeated = Most(one => one.Counters?.Retransmits, "retransmitted");

    private static readonly Dictionary<string, ConnectionKind> kinds = new()
    {
        ["sockets"] = Each(_ => true),
        ["opened"] = opened,
        ["opened.rate"] = opened,
        ["accepted"] = accepted,
        ["accepted.rate"] = accepted,
        ["preexisting"] = Each(one => one.IsPreexisting),
        ["failed"] = failed,
        ["failed.rate"] = failed,
        ["failed.share"] = failed,
        ["closed"] = Each(one => one.Ending == ConnectionEnding.Closed),
        ["reset"] = reset,
        ["reset.share"] = reset,
        ["reset.sent"] = Each(one => one is { Ending: ConnectionEnding.Reset, End: TcpEnd.ResetSent }),
        ["reset.received"] = Each(one => one is { Ending: ConnectionEnding.Reset, End: TcpEnd.ResetReceived }),
        ["reset.timeout"] = Each(one => one is { Ending: ConnectionEnding.Reset, End: TcpEnd.TimedOut }),
        ["open"] = open,
        ["active.end"] = open,
        ["held"] = Slowest(one => one is { Closed: null, Held.Ticks: > 0 } ? one.Held : null, "held for"),
        ["unfinished"] = Each(one => one.IsUnfinished),
        ["unseen"] = Each(one => one.Ending == ConnectionEnding.Unseen),
        ["uncertain"] = Each(one => one.IsUncertain),
        ["lifetime.p50"] = lived,
        ["lifetime.p90"] = lived,
        ["lifetime.p99"] = lived,
        ["lifetime.max"] = lived,
        ["connect.p50"] = connected,
        ["connect.p90"] = connected,
        ["connect.p99"] = connected,
        ["connect.max"] = connected,
        ["connect.slow"] = connected with { Counts = one => connected.Counts(one) && one.ConnectTime >= TimeSpan.FromSeconds(1) },
        ["accept.p50"] = waited,
        ["accept.p90"] = waited,
        ["accept.p99"] = waited,
        ["accept.max"] = waited,
        ["bytes.sent"] = Most(one => one.PayloadSent, "sent"),
        ["bytes.received"] = Most(one => one.PayloadReceived, "received"),
        ["segments.sent"] = Most(one => one.Counters?.SegmentsSent, "segments"),
        ["retransmits"] = repeated,
        ["retransmits.share"] = repeated,
    };

    /// <summary>Those of a metric; null if it is of the recording, or of no connections in particular.</summary>
    /// <param name="metric">What expressions call it.</param>
    internal static ConnectionKind? Of(string metric) => kinds.GetValueOrDefault(metric);

    private static ConnectionKind Each(Func<TcpConnection, bool> counts) => new(counts, _ => 0, _ => "");

    private static ConnectionKind Longest(Func<TcpConnection, bool> counts) => new(counts, one => one.Lifetime.Ticks, _ => "");

    private static ConnectionKind Slowest(Func<TcpConnection, TimeSpan?> time, string what) => new(
        one => time(one) is not null,
        one => time(one)?.Ticks ?? 0,
        one => $"{what} {DurationText.Of((ulong)(time(one)?.Ticks ?? 0) * 100)}: ");

    private static ConnectionKind Most(Func<TcpConnection, long?> number, string what) => new(
        one => number(one) > 0,
        one => number(one) ?? 0,
        one => FormattableString.Invariant($"{number(one):N0} {what}: "));
}
