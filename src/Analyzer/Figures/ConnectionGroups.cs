using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Statistics by group, of a bounded number of groups: when there are too many, the smaller half of them is put together as
/// <see cref="Others"/>. A group that is large enough stays, or comes back without what was put there.
/// </summary>
/// <param name="by">By what connections are told apart.</param>
internal sealed class ConnectionGroups(Grouping by)
{
    /// <summary>As many groups are kept.</summary>
    public const int MaxGroups = 2048;

    private readonly Dictionary<GroupKey, ConnectionStatistics> groups = [];

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

    /// <summary>How many groups are kept.</summary>
    public int Count => groups.Count;

    /// <summary>Counts a connection.</summary>
    public void Add(in Connection connection, RecordedSpan recording)
    {
        if (!by.Has(in connection))
        {
            return;
        }

        ref var statistics = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, by.Key(in connection, recording), out _);
        statistics ??= new ConnectionStatistics();
        statistics.Add(in connection, recording);
        if (groups.Count > MaxGroups)
        {
            PutSmallOnesTogether();
        }
    }

    private void PutSmallOnesTogether()
    {
        Others ??= new ConnectionStatistics();
        foreach (var (key, statistics) in groups.OrderBy(group => group.Value.Ends).Take(MaxGroups / 2).ToArray())
        {
            Others.Add(statistics);
            groups.Remove(key);
        }
    }
}
