using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Rolling;

/// <summary>
/// Counts what happens to connections by cells of time and by group, and remembers the last of them. Memory is bounded: by the cells of a
/// window, and by <see cref="MaxGroups"/>.
/// </summary>
internal sealed class RollingWindow : IConnectionSink
{
    /// <summary>As many groups of each grouping are told apart.</summary>
    internal const int MaxGroups = 2048;

    /// <summary>Of all connections together so many cells are remembered, for a line of what was.</summary>
    internal const int History = 2400;

    private readonly RollingSteps steps;
    private readonly TimeLine time;
    private readonly RollingGroup all = new();
    private readonly RollingGroups[] groups;
    private readonly int most;
    private long letGo;
    private long allLetGo;

    /// <param name="steps">The cells.</param>
    /// <param name="by">How connections are told apart, each way by itself.</param>
    /// <param name="most">As many groups of each are kept.</param>
    internal RollingWindow(RollingSteps steps, IEnumerable<Grouping> by, int most = MaxGroups)
        : this(steps, by, most, new TimeLine(), long.MinValue, long.MinValue)
    {
    }

    private RollingWindow(RollingSteps steps, IEnumerable<Grouping> by, int most, TimeLine time, long letGo, long allLetGo)
    {
        (this.steps, this.most, this.time, this.letGo, this.allLetGo) = (steps, most, time, letGo, allLetGo);
        groups = [.. by.Select(one => new RollingGroups(one, most))];
    }

    /// <summary>How time is cut.</summary>
    internal RollingSteps Steps => steps;

    /// <summary>The line of time that the cells are on; its origin is the beginning of the first.</summary>
    internal TimeLine Time => time;

    /// <summary>How many groups are remembered, of all groupings.</summary>
    internal int Remembered => groups.Sum(one => one.ByKey.Count);

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        time.Begin(recording);
        foreach (ref readonly var connection in connections)
        {
            var opened = NumberAt(connection.Opened, recording);
            // Whatever clocks a file tells of, none has fewer than no connections open.
            var ended = Math.Max(opened, EndOf(in connection, recording));
            Add(all, in connection, opened, ended, allLetGo);
            foreach (var grouping in groups)
            {
                if (grouping.Of(in connection, recording) is { } group)
                {
                    Add(group, in connection, opened, ended, letGo);
                }
            }
        }
    }

    /// <summary>An empty one of the same time and groups, for what is shown of connections that are not over.</summary>
    internal RollingWindow Beside() => new(steps, groups.Select(one => one.By), most, time, letGo, allLetGo);

    /// <summary>The number of the cell of a time.</summary>
    internal long NumberAt(ulong monotonic, RecordedSpan recording) => TimeGrid.NumberAt(time.At(monotonic, recording), steps.Cell);

    /// <summary>Forgets the cells that no window has that ends with a later cell than this.</summary>
    internal void LetGo(long number)
    {
        (letGo, allLetGo) = (Math.Max(letGo, number - steps.Window), Math.Max(allLetGo, number - Math.Max(History, steps.Window)));
        all.LetGo(allLetGo);
        foreach (var grouping in groups)
        {
            grouping.LetGo(letGo);
        }
    }

    /// <summary>All connections in the window that ends with a cell, and since the beginning.</summary>
    internal (RollingRow Row, RollingCounts SinceBegin) All(long last, RollingWindow beside)
    {
        var sum = new RollingCounts();
        all.AddAllTo(sum, last);
        beside.all.AddAllTo(sum, last);
        return (Row(null, "", last, all, beside.all), sum);
    }

    /// <summary>How many were opened or accepted in each of the last steps.</summary>
    /// <param name="last">The last cell.</param>
    /// <param name="step">The cells of a step.</param>
    /// <param name="first">The first cell that was recorded.</param>
    /// <param name="beside">What is not over.</param>
    internal long[] New(long last, int step, long first, RollingWindow beside)
    {
        var counts = new long[Math.Clamp((last - first + step) / step, 1, History / step > 0 ? History / step : 1)];
        all.AddNewTo(counts, last, step);
        beside.all.AddNewTo(counts, last, step);
        return counts;
    }

    /// <summary>The groups that have something to tell in the window that ends with a cell.</summary>
    internal IReadOnlyList<RollingRows> Rows(long last, RollingWindow beside) => [.. groups.Zip(beside.groups, (mine, others) =>
    {
        var rows = mine.ByKey.Keys.Union(others.ByKey.Keys)
            .Select(key => Row(key, mine.By.Text(key), last, mine.ByKey.GetValueOrDefault(key), others.ByKey.GetValueOrDefault(key)))
            .Where(row => !row.IsIdle).ToList();
        if (Row(null, ConnectionGroups.OthersName, last, mine.Rest, others.Rest) is { IsIdle: false } rest)
        {
            rows.Add(rest);
        }

        return new RollingRows(mine.By, rows, mine.Most);
    })];

    private RollingRow Row(GroupKey? key, string name, long last, RollingGroup? one, RollingGroup? other)
    {
        var (sum, open) = (new RollingCounts(), 0L);
        one?.AddTo(sum, ref open, last - steps.Window, last);
        other?.AddTo(sum, ref open, last - steps.Window, last);
        return new RollingRow(key, name, open, sum);
    }

    private static void Add(RollingGroup group, in Connection connection, long opened, long ended, long letGo)
    {
        if (connection.Ending == ConnectionEnding.Failed)
        {
            group.At(ended, letGo).Fail();
            return;
        }

        group.At(opened, letGo).Open(in connection);
        group.At(ended, letGo).End(in connection);
    }

    /// <summary>The cell in which a connection ends. One of which nothing more is known is open still in that of its last instant.</summary>
    private long EndOf(in Connection connection, RecordedSpan recording) => connection.Ending == ConnectionEnding.Open
        ? NumberAt(TimeLine.LastInstant(connection.Ended, recording), recording) + 1
        : NumberAt(connection.Ended, recording);
}
