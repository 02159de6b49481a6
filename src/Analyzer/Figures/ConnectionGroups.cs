using System.Globalization;
using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What connections of one group are counted in.</summary>
/// <param name="Statistics">Their figures; null if it is not known.</param>
/// <param name="Times">How often groups had been put together before: then it may be another.</param>
internal readonly record struct CountedGroup(ConnectionStatistics? Statistics, int Times);

/// <summary>
/// Statistics by group: exact, and with as much memory as that takes, as long as there are no more than so many groups. Of more, the
/// smaller half is put together as <see cref="Others"/>, and one of these that comes again begins anew. So a group has no less than
/// its row says, and no more than that and <see cref="ConnectionStatistics.UncountedAtMost"/>: what the largest had that was ever put
/// away. That is the bound of Space-Saving (Metwally, Agrawal and El Abbadi 2005), where the smallest makes room one by one; a group
/// with more than the part <c>2 / most</c> of all connections is always there.
/// </summary>
/// <param name="by">By what connections are told apart.</param>
/// <param name="most">As many groups are kept.</param>
internal sealed class ConnectionGroups(Grouping by, int most = ConnectionGroups.MaxGroups)
{
    /// <summary>As many groups are kept: some 500 MiB, if each has a single connection.</summary>
    public const int MaxGroups = 1_000_000;

    /// <summary>What <see cref="Others"/> are called in tables.</summary>
    public const string OthersName = "(smaller ones)";

    private readonly Dictionary<GroupKey, ConnectionStatistics> groups = [];
    private readonly ConnectionStatistics ungrouped = new();
    private long mostPutAway;
    private int timesPutTogether;

    /// <param name="by">By what connections are told apart.</param>
    public ConnectionGroups(GroupBy by)
        : this(Grouping.Of(by))
    {
    }

    /// <summary>By what connections are told apart.</summary>
    public Grouping By => by;

    /// <summary>The groups, the largest first.</summary>
    public IEnumerable<(GroupKey Key, ConnectionStatistics Statistics)> InOrder => groups
        .OrderByDescending(group => group.Value.Ends).ThenBy(group => by.Text(group.Key), StringComparer.Ordinal)
        .Select(group => (group.Key, group.Value));

    /// <summary>The groups in no order.</summary>
    internal IReadOnlyDictionary<GroupKey, ConnectionStatistics> ByKey => groups;

    /// <summary>All connections of groups that were too many; null if none were.</summary>
    public ConnectionStatistics? Others { get; private set; }

    /// <summary>What rows may lack at most; null if none lacks any.</summary>
    public string? WhatIsUncounted => Others is not null && groups.Values.Max(group => group.UncountedAtMost) is > 0 and var uncounted
        ? string.Create(CultureInfo.InvariantCulture, $"there were more than {most:N0} {by.Plural}: a row may lack up to {uncounted:N0} sockets, which are in {OthersName}")
        : null;

    /// <summary>How many groups are kept.</summary>
    public int Count => groups.Count;

    /// <summary>The figures of all connections together, those of no group included.</summary>
    internal ConnectionStatistics Total()
    {
        var total = new ConnectionStatistics();
        total.Add(ungrouped);
        foreach (var group in groups.Values)
        {
            total.Add(group);
        }

        if (Others is not null)
        {
            total.Add(Others);
        }

        return total;
    }

    /// <summary>Counts a connection.</summary>
    public void Add(in Connection connection, RecordedSpan recording) => _ = CountIn(in connection, recording);

    /// <summary>Counts a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="recording">What it was recorded in.</param>
    /// <param name="before">What one of the same group was counted in.</param>
    /// <returns>What it was counted in.</returns>
    internal CountedGroup Add(in Connection connection, RecordedSpan recording, in CountedGroup before)
    {
        if (before.Statistics is { } known && before.Times == timesPutTogether)
        {
            known.Add(in connection, recording);
            return before;
        }

        return new CountedGroup(CountIn(in connection, recording), timesPutTogether);
    }

    private ConnectionStatistics? CountIn(in Connection connection, RecordedSpan recording)
    {
        if (!by.Has(in connection))
        {
            ungrouped.Add(in connection, recording);
            return null;
        }

        ref var statistics = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, by.Key(in connection, recording), out var isKnown);
        if (isKnown)
        {
            statistics!.Add(in connection, recording);
            return statistics;
        }

        var begun = statistics = new ConnectionStatistics { UncountedAtMost = mostPutAway };
        begun.Add(in connection, recording);
        if (groups.Count <= most)
        {
            return begun;
        }

        PutSmallOnesTogether();
        return null;
    }

    private void PutSmallOnesTogether()
    {
        timesPutTogether++;
        Others ??= new ConnectionStatistics();
        // The order of keys does not depend on hashes, which are not the same in each run.
        foreach (var (key, statistics) in groups.OrderBy(group => MostOf(group.Value)).ThenByDescending(group => group.Value.UncountedAtMost)
            .ThenBy(group => by.Text(group.Key), StringComparer.Ordinal).Take((most + 1) / 2).ToArray())
        {
            mostPutAway = Math.Max(mostPutAway, MostOf(statistics));
            Others.Add(statistics);
            groups.Remove(key);
        }
    }

    private static long MostOf(ConnectionStatistics group) => group.Ends + group.UncountedAtMost;
}
