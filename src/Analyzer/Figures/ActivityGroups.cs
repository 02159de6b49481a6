using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What happens to connections by time, of a bounded number of groups: when there are too many, the smaller half of them is put
/// together.</summary>
/// <param name="by">By what connections are told apart.</param>
/// <param name="create">Makes a count without connections, all on one line of time.</param>
internal sealed class ActivityGroups(Grouping by, Func<Activity> create)
{
    /// <summary>As many groups are kept.</summary>
    internal const int MaxGroups = 128;

    private readonly Dictionary<GroupKey, Activity> groups = [];
    private Activity rest = create();

    /// <summary>By what connections are told apart.</summary>
    internal Grouping By => by;

    /// <summary>Counts a connection.</summary>
    internal void Add(in Connection connection, RecordedSpan recording)
    {
        if (!by.Has(in connection))
        {
            return;
        }

        var key = by.Key(in connection, recording);
        if (!groups.TryGetValue(key, out var group))
        {
            PutSmallOnesTogether();
            groups.Add(key, group = create());
        }

        group.Add(in connection, recording);
    }

    /// <summary>The largest groups, the largest first, then all others as one without a key, if there are any.</summary>
    internal IReadOnlyList<(GroupKey? Key, Activity Activity)> Largest(int most)
    {
        var sorted = groups.OrderByDescending(group => group.Value.Connections)
            .ThenBy(group => by.Text(group.Key), StringComparer.Ordinal).ToArray();
        var shown = sorted.Take(most).Select(group => ((GroupKey?)group.Key, group.Value)).ToList();
        if (sorted.Length > most || rest.Connections > 0)
        {
            shown.Add((null, Sum(sorted.Skip(most).Select(group => group.Value).Prepend(rest))));
        }

        return shown;
    }

    private void PutSmallOnesTogether()
    {
        if (groups.Count < MaxGroups)
        {
            return;
        }

        var small = groups.OrderBy(group => group.Value.Connections).Take(MaxGroups / 2).ToArray();
        rest = Sum(small.Select(group => group.Value).Prepend(rest));
        foreach (var (key, _) in small)
        {
            groups.Remove(key);
        }
    }

    private Activity Sum(IEnumerable<Activity> several)
    {
        var sum = create();
        foreach (var one in several)
        {
            sum.Add(one);
        }

        return sum;
    }
}
