using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Comparison;

/// <summary>
/// How many connections the groups of one kind have, and when they were opened. Where there are too many groups, the smaller half is
/// forgotten, and how many connections of a group may have been forgotten so (as in Misra and Gries, "Finding Repeated
/// Elements", Science of Computer Programming 2, 1982). Memory: about 700 bytes a group, so 12 MiB.
/// </summary>
/// <param name="by">By what connections are told apart.</param>
/// <param name="clock">The intervals that they are counted by.</param>
/// <param name="most">As many groups are kept.</param>
internal sealed class ComparedGroups(Grouping by, IntervalClock clock, int most = ComparedGroups.MaxGroups)
{
    /// <summary>As many groups are kept.</summary>
    internal const int MaxGroups = 1 << 14;

    private readonly Dictionary<GroupKey, Group> groups = [];

    /// <summary>By what connections are told apart.</summary>
    internal Grouping By => by;

    /// <summary>The groups, by what their connections have in common.</summary>
    internal IReadOnlyDictionary<GroupKey, Group> ByKey => groups;

    /// <summary>A group that is not there had at most so many connections.</summary>
    internal long Forgotten { get; private set; }

    /// <summary>Counts a connection.</summary>
    internal void Add(in Connection connection, RecordedSpan recording)
    {
        if (!by.Has(in connection) || IsCounted(in connection))
        {
            return;
        }

        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, by.Key(in connection, recording), out _);
        group ??= new Group(clock) { Forgotten = Forgotten };
        group.Add(in connection, recording, clock);
        if (groups.Count > most)
        {
            Forget();
        }
    }

    /// <summary>Whether the other end of the connection is in the same group, and was counted.</summary>
    private bool IsCounted(in Connection connection) =>
        connection.IsSecondEnd && (by != Grouping.Of(GroupBy.Peer) || connection.LocalAddress.Bytes.SequenceEqual(connection.PeerAddress.Bytes));

    private void Forget()
    {
        var small = groups.OrderBy(group => group.Value.Count).Take((most + 1) / 2).ToArray();
        Forgotten = Math.Max(Forgotten, small.Max(group => group.Value.Count + group.Value.Forgotten));
        foreach (var (key, _) in small)
        {
            groups.Remove(key);
        }
    }

    /// <summary>Connections that have something in common.</summary>
    internal sealed class Group(IntervalClock clock)
    {
        private readonly ByInterval<uint> all = IntervalFigures.Counts(clock);
        private ByInterval<uint>? failures;

        /// <summary>How many there are, failed ones included.</summary>
        internal long Count { get; private set; }

        /// <summary>How many failed.</summary>
        internal long Failed { get; private set; }

        /// <summary>How many there may have been that were forgotten.</summary>
        internal required long Forgotten { get; init; }

        /// <summary>All by interval.</summary>
        internal Tally All(IntervalClock clock) => IntervalFigures.InTime(clock, all);

        /// <summary>Those that failed by interval; null if none did.</summary>
        internal Tally? Failures(IntervalClock clock) => failures is null ? null : IntervalFigures.InTime(clock, failures);

        internal void Add(in Connection connection, RecordedSpan recording, IntervalClock clock)
        {
            Count++;
            var isFailure = connection.Ending == ConnectionEnding.Failed;
            var place = clock.PlaceAt(isFailure ? connection.Ended : connection.Opened, recording);
            all.At(place)++;
            if (isFailure)
            {
                Failed++;
                (failures ??= IntervalFigures.Counts(clock)).At(place)++;
            }
        }
    }
}
