using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Metrics;

/// <summary>Phrases of a summary that say more than a figure.</summary>
internal static class SummaryPhrases
{
    private const int MaxClocks = 5;

    /// <summary>How long was recorded, by how many recorders, and on which hosts.</summary>
    internal static string Recorded(CaptureFigures of)
    {
        var length = of.Seconds > 0 ? DurationText.Of((ulong)(of.Seconds * 1e9)) : "for a time that is not known";
        var hosts = string.Join(", ", of.Recordings.Select(recording => recording.Host).Where(host => host.Length > 0).Distinct());
        var many = of.Recordings.Count > 1 ? $" in {of.Recordings.Count} recordings" : "";
        return Invariant($"{length}{many}{(hosts.Length > 0 ? $" on {PrintableText.Of(hosts)}" : "")}");
    }

    /// <summary>How many connections there were; how many sockets, if both ends of some are on the host.</summary>
    internal static string Connections(CaptureFigures of) => of switch
    {
        { ConnectionCount: null } => Invariant($"{CountText.Of(of.Connections.Ends, "socket")}; a filter may have left out the other side"),
        { Connections.SecondEnds: 0 } => Invariant($"{of.ConnectionCount:N0} (none of them within this host)"),
        _ => Invariant($"{of.ConnectionCount:N0} ({of.Connections.SecondEnds:N0} of them within this host, seen from both sides: {of.Connections.Ends:N0} sockets)"),
    };

    /// <summary>How many events were lost, where and when, and what that does to the figures.</summary>
    internal static string Lost(CaptureFigures of) => string.Join("; ", new[]
    {
        LossWords.Lost(of.Recordings, of.LossCounters),
        LossWords.Damaged(of.Recordings),
        LossWords.Truncated(of.Recordings),
        of.Doubts.Events is > 0 and < double.PositiveInfinity ? "any count may be off by as many" : null,
    }.OfType<string>());

    /// <summary>How far the clocks of merged hosts are apart, as far as connections between them tell.</summary>
    internal static string Clocks(CaptureFigures of)
    {
        var skews = of.Recordings.SelectMany(recording => recording.ClockSkews.Known.Select(skew => Describe(skew, recording.Hosts))).ToArray();
        return string.Join("; ", skews.Take(MaxClocks)) + (skews.Length > MaxClocks ? Invariant($"; and {skews.Length - MaxClocks:N0} more (--json)") : "");
    }

    internal static string Describe(in ClockSkew skew, IReadOnlyList<MergedHost> hosts)
    {
        var (host, other) = (NameOf(skew.Host), NameOf(skew.Of));
        return (skew.AtLeast, skew.AtMost) switch
        {
            ({ } least, { } most) when least <= most => $"that of {host} is {Signed(least + ((most - least) / 2))} beside {other}'s (between {Signed(least)} and {Signed(most)})",
            ({ } least, { } most) => $"that of {host} drifts beside {other}'s: {Signed(most)} at one time, {Signed(least)} at another",
            (null, { } most) => $"that of {host} is {Signed(most)} or less beside {other}'s (connections the other way would tell the least)",
            var (least, _) => $"that of {host} is {Signed(least!.Value)} or more beside {other}'s (connections the other way would tell the most)",
        };

        string NameOf(int number) => number < hosts.Count && hosts[number].Host is { Length: > 0 } name ? PrintableText.Of(name) : Invariant($"host {number}");
    }

    private static string Signed(long nanoseconds) => (nanoseconds < 0 ? "-" : "+") + DurationText.Of((ulong)Math.Abs(nanoseconds));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
