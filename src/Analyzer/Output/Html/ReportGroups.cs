using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Figures of connections by all that a report has tables of, but the process.</summary>
internal sealed class ReportGroups : IConnectionSink
{
    private readonly List<ConnectionGroups> all;

    /// <param name="more">What there is a table of beside the usual ones; null: nothing.</param>
    internal ReportGroups(Grouping? more)
    {
        Grouping[] usual = [GroupBy.Service, GroupBy.Peer, GroupBy.Errno, GroupBy.Container, GroupBy.Unit, Grouping.Host];
        all = [.. usual.Concat(more is not null && more != Grouping.Of(GroupBy.Process) && !usual.Contains(more) ? [more] : []).Select(by => new ConnectionGroups(by))];
    }

    /// <summary>Those of which there is more to say than of all connections together.</summary>
    internal IEnumerable<ConnectionGroups> Telling => all.Where(groups => groups.By.Word switch
    {
        "service" or "peer" => true,
        "errno" => groups.Count > 0,
        "host" => groups.Count > 1,
        _ => groups.ByKey.Keys.Any(key => key.IsNamed),
    });

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (var groups in all)
        {
            foreach (ref readonly var connection in connections)
            {
                groups.Add(in connection, recording);
            }
        }
    }
}
