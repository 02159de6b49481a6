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
/// <param name="isSampled">Whether it is of those that do not matter more than others.</param>
/// <param name="place">How many there were before it.</param>
internal sealed class HeldRow(in Connection connection, RecordedSpan recording, bool isSampled, long place)
{
    private readonly Connection connection = connection;

    /// <summary>The connection.</summary>
    internal ref readonly Connection Connection => ref connection;

    /// <summary>What it was recorded in.</summary>
    internal RecordedSpan Recording => recording;

    /// <summary>Whether it is of those that do not matter more than others.</summary>
    internal bool IsSampled => isSampled;

    /// <summary>How many there were before it.</summary>
    internal long Place => place;

    /// <summary>Those with the least are kept.</summary>
    internal ulong Lot { get; } = LotOf((ulong)place);

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
/// all others, in which each is as likely as any other. A quarter of the room is left for the others, so that none is without a
/// chance; if those that matter have no room in the rest, they are a sample as well. The choice is the same in each run.
/// </summary>
/// <param name="most">As many are kept.</param>
/// <param name="matters">Whether a connection is to be kept for what it is.</param>
internal sealed class RepresentativeRows(int most, RowMatters matters) : IConnectionSink
{
    private readonly Sample important = new(most);
    private readonly Sample others = new(most);

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            var isSampled = !matters(in connection, recording);
            (isSampled ? others : important).Add(in connection, recording, isSampled, important.Total + others.Total);
        }
    }

    /// <summary>The best of them, in the order in which they were given.</summary>
    /// <param name="count">As many, if there are.</param>
    internal (IReadOnlyList<HeldRow> Rows, RowStratum Important, RowStratum Sampled) Best(int count)
    {
        var first = important.Best(Math.Max(count - (count / 4), count - others.Count));
        var rest = others.Best(count - first.Count);
        return ([.. first.Concat(rest).OrderBy(one => one.Place)], new RowStratum(first.Count, important.Total), new RowStratum(rest.Count, others.Total));
    }

    /// <summary>Those with the least lots of all that were added: each set of as many is as likely.</summary>
    private sealed class Sample(int most)
    {
        /// <summary>So many more are kept before the worst are let go.</summary>
        private const int Slack = 1 << 14;

        private readonly List<HeldRow> kept = [];
        private ulong worst = ulong.MaxValue;

        /// <summary>How many there were.</summary>
        internal long Total { get; private set; }

        internal int Count => Math.Min(kept.Count, most);

        internal void Add(in Connection connection, RecordedSpan recording, bool isSampled, long place)
        {
            Total++;
            if (HeldRow.LotOf((ulong)place) > worst)
            {
                return;
            }

            kept.Add(new HeldRow(in connection, recording, isSampled, place));
            if (kept.Count >= (long)most + Slack)
            {
                Cut();
            }
        }

        internal IReadOnlyList<HeldRow> Best(int count)
        {
            Cut();
            return kept[..Math.Min(count, kept.Count)];
        }

        private void Cut()
        {
            kept.Sort((one, other) => one.Lot.CompareTo(other.Lot));
            if (kept.Count > most)
            {
                kept.RemoveRange(most, kept.Count - most);
                worst = most == 0 ? 0 : kept[^1].Lot;
            }
        }
    }
}
