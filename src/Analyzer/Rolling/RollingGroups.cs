using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Rolling;

/// <summary>
/// The last cells of time by group, of a bounded number of groups: when there are too many, the half of them with the least to tell is put
/// together. All that is known of a group goes there at once, so that no sum and no row says too much; one that comes again begins anew.
/// </summary>
/// <param name="by">By what connections are told apart.</param>
/// <param name="most">As many groups are kept.</param>
internal sealed class RollingGroups(Grouping by, int most)
{
    private readonly Dictionary<GroupKey, RollingGroup> groups = [];

    /// <summary>By what connections are told apart.</summary>
    internal Grouping By => by;

    /// <summary>How many groups are kept at most.</summary>
    internal int Most => most;

    /// <summary>The groups in no order.</summary>
    internal IReadOnlyDictionary<GroupKey, RollingGroup> ByKey => groups;

    /// <summary>All connections of groups that were too many; null if none were.</summary>
    internal RollingGroup? Rest { get; private set; }

    /// <summary>The group of a connection; null if it is of none.</summary>
    internal RollingGroup? Of(in Connection connection, RecordedSpan recording)
    {
        if (!by.Has(in connection))
        {
            return null;
        }

        var key = by.Key(in connection, recording);
        if (groups.TryGetValue(key, out var group))
        {
            return group;
        }

        if (groups.Count >= most)
        {
            PutSmallOnesTogether();
        }

        groups.Add(key, group = new RollingGroup());
        return group;
    }

    /// <summary>Lets cells go up to this number, and the groups of which nothing is left.</summary>
    internal void LetGo(long number)
    {
        Rest?.LetGo(number);
        foreach (var (key, group) in groups)
        {
            group.LetGo(number);
            if (group.IsOver)
            {
                groups.Remove(key);
            }
        }

        Rest = Rest is { IsOver: true } ? null : Rest;
    }

    private void PutSmallOnesTogether()
    {
        Rest ??= new RollingGroup();
        // The order of keys does not depend on hashes, which are not the same in each run.
        foreach (var (key, group) in groups.OrderBy(group => group.Value.Weight).ThenBy(group => by.Text(group.Key), StringComparer.Ordinal)
            .Take((most + 1) / 2).ToArray())
        {
            group.MoveTo(Rest);
            groups.Remove(key);
        }
    }
}
