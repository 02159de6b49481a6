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
/// <param name="connection">The connection.</param>
/// <param name="recording">What it was recorded in.</param>
/// <param name="isSampled">Whether chance chose it.</param>
/// <param name="place">How many there were before it.</param>
internal sealed class HeldRow(in Connection connection, RecordedSpan recording, bool isSampled, long place)
{
    private readonly Connection connection = connection;

    /// <summary>The connection.</summary>
    internal ref readonly Connection Connection => ref connection;

    /// <summary>What it was recorded in.</summary>
    internal RecordedSpan Recording => recording;

    /// <summary>Whether chance chose it.</summary>
    internal bool IsSampled => isSampled;

    /// <summary>How many there were before it.</summary>
    internal long Place => place;

    /// <summary>The least comes first.</summary>
    internal (bool IsSampled, ulong Lot) Rank { get; } = (isSampled, LotOf((ulong)place));

    /// <summary>A number that looks like chance, and is unlike that of any other place (SplitMix64: Steele, Lea and Flood 2014).</summary>
    internal static ulong LotOf(ulong place)
    {
        var lot = (place + 1) * 0x9e3779b97f4a7c15;
        lot = (lot ^ (lot >> 30)) * 0xbf58476d1ce4e5b9;
        lot = (lot ^ (lot >> 27)) * 0x94d049bb133111eb;
        return lot ^ (lot >> 31);
    }
}

/// <summary>Whether a connection is to be held for what it is, and not by chance.</summary>
internal delegate bool RowMatters(in Connection connection, RecordedSpan recording);

/// <summary>
/// Chooses connections for a page that has no room for all: those that matter first (whatever <c>matters</c> says), then a sample of
/// all others, in which each is as likely as any other. The choice is the same in each run.
/// </summary>
/// <param name="most">As many are kept.</param>
/// <param name="matters">Whether a connection is to be kept for what it is.</param>
internal sealed class RepresentativeRows(int most, RowMatters matters) : IConnectionSink
{
    /// <summary>So many more are kept before the worst are let go.</summary>
    private const int Slack = 1 << 14;

    private readonly List<HeldRow> kept = [];
    private (bool IsSampled, ulong Lot) worst = (true, ulong.MaxValue);
    private long important;
    private long others;

    /// <summary>How many there were.</summary>
    internal long Total => important + others;

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            var isSampled = !matters(in connection, recording);
            var place = Total;
            _ = isSampled ? others++ : important++;
            if ((isSampled, HeldRow.LotOf((ulong)place)).CompareTo(worst) > 0)
            {
                continue;
            }

            kept.Add(new HeldRow(in connection, recording, isSampled, place));
            if (kept.Count >= (long)most + Slack)
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
        var rows = kept.OrderBy(one => one.Place).ToArray();
        var sampled = rows.Count(row => row.IsSampled);
        return (rows, new RowStratum(rows.Length - sampled, important), new RowStratum(sampled, others));
    }

    private void Cut(int count)
    {
        if (kept.Count > count)
        {
            kept.Sort((one, other) => one.Rank.CompareTo(other.Rank));
            kept.RemoveRange(count, kept.Count - count);
            worst = count == 0 ? default : kept[^1].Rank;
        }
    }
}
