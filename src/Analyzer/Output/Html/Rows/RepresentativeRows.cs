using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Output.Html.Rows;

/// <summary>How many of the connections of one kind a page holds.</summary>
/// <param name="Held">So many are held.</param>
/// <param name="Total">Of so many.</param>
internal readonly record struct RowStratum(long Held, long Total)
{
    /// <summary>For how many each of those held stands: the estimator of Horvitz and Thompson (1952).</summary>
    internal double Weight => Held == 0 ? 0 : (double)Total / Held;
}

/// <summary>A connection that a page holds.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Recording">What it was recorded in.</param>
/// <param name="IsSampled">Whether chance chose it.</param>
internal readonly record struct HeldRow(Connection Connection, RecordedSpan Recording, bool IsSampled);

/// <summary>
/// Chooses connections for a page that has no room for all: those that matter first (whatever <c>matters</c> says), then a sample of
/// all others, in which each is as likely as any other. The choice is the same in each run.
/// </summary>
/// <param name="most">As many are kept.</param>
/// <param name="matters">Whether a connection is to be kept for what it is.</param>
internal sealed class RepresentativeRows(int most, Func<Connection, RecordedSpan, bool> matters) : IConnectionSink
{
    private readonly List<(bool IsSampled, ulong Lot, long Place, Connection Connection, RecordedSpan Recording)> kept = [];
    private long important;
    private long others;

    /// <summary>How many there were.</summary>
    internal long Total => important + others;

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            var isSampled = !matters(connection, recording);
            var place = Total;
            _ = isSampled ? others++ : important++;
            kept.Add((isSampled, LotOf((ulong)place), place, connection, recording));
            if (kept.Count >= 2L * most && kept.Count > 1024)
            {
                Cut(most);
            }
        }
    }

    /// <summary>The best of them, in the order in which they were given.</summary>
    /// <param name="count">As many, if there are.</param>
    internal (IReadOnlyList<HeldRow> Rows, RowStratum Important, RowStratum Sampled) Best(int count)
    {
        Cut(Math.Min(count, most));
        var rows = kept.OrderBy(one => one.Place).Select(one => new HeldRow(one.Connection, one.Recording, one.IsSampled)).ToArray();
        var sampled = rows.Count(row => row.IsSampled);
        return (rows, new RowStratum(rows.Length - sampled, important), new RowStratum(sampled, others));
    }

    private void Cut(int count)
    {
        if (kept.Count > count)
        {
            kept.Sort((one, other) => (one.IsSampled, one.Lot).CompareTo((other.IsSampled, other.Lot)));
            kept.RemoveRange(count, kept.Count - count);
        }
    }

    /// <summary>A number that looks like chance, and is unlike that of any other place (SplitMix64: Steele, Lea and Flood 2014).</summary>
    private static ulong LotOf(ulong place)
    {
        var lot = (place + 1) * 0x9e3779b97f4a7c15;
        lot = (lot ^ (lot >> 30)) * 0xbf58476d1ce4e5b9;
        lot = (lot ^ (lot >> 27)) * 0x94d049bb133111eb;
        return lot ^ (lot >> 31);
    }
}
