namespace TraceCap.Analyzer.Connections;

/// <summary>How far the clock of one host of a merged capture is ahead of that of another, in nanoseconds.</summary>
/// <param name="Host">The number of the host.</param>
/// <param name="Of">The number of the other, which is lower.</param>
/// <param name="AtLeast">Negative if it may be behind; null if nothing tells.</param>
/// <param name="AtMost">The same; less than <paramref name="AtLeast"/> if the two drifted apart by that much.</param>
internal readonly record struct ClockSkew(int Host, int Of, long? AtLeast, long? AtMost);

/// <summary>
/// How far the clocks of merged hosts are apart, as far as the connections between them tell, as Cristian's algorithm and NTP have
/// it: what happens on one host before something on another bounds by how much the clock of the latter can be ahead. A client is
/// established before its server's end is accepted; and who closes out of CLOSE_WAIT has the FIN of a peer that closed while it was
/// established. Connections in both directions, or such closes, bound the skew from both sides.
/// </summary>
internal sealed class ClockSkews
{
    private readonly SortedDictionary<(int Of, int Host), (long AtLeast, long AtMost)> bounds = [];

    /// <summary>What is known, in the order of the hosts.</summary>
    internal IReadOnlyList<ClockSkew> Known =>
    [
        .. bounds.Select(pair => new ClockSkew(
            pair.Key.Host,
            pair.Key.Of,
            pair.Value.AtLeast == long.MinValue ? null : pair.Value.AtLeast,
            pair.Value.AtMost == long.MaxValue ? null : pair.Value.AtMost)),
    ];

    /// <summary>Something happened on one host before something on another, each by the clock of its own.</summary>
    internal void NoteOrder(int host, ulong at, int other, ulong later)
    {
        if (host == other)
        {
            return;
        }

        var difference = unchecked((long)(later - at));
        var key = host < other ? (host, other) : (other, host);
        var (least, most) = bounds.GetValueOrDefault(key, (long.MinValue, long.MaxValue));
        bounds[key] = host < other ? (least, Math.Min(most, difference)) : (Math.Max(least, -difference), most);
    }
}
