using TraceCap.Analyzer;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Testing;

/// <summary>The connections that a figure comes from which was expected to be another one.</summary>
internal static class BreakingConnections
{
    private const int MostShown = 5;

    /// <summary>For each comparison of the expectations that do not hold a few connections, those first that make most of the difference.</summary>
    /// <param name="capture">What was held against them.</param>
    /// <param name="report">What became of them.</param>
    /// <param name="filter">Of which connections.</param>
    /// <returns>Lines to append to a message.</returns>
    internal static string Of(Capture capture, CheckReport report, ConnectionFilter? filter) => string.Concat(report.Results
        .Where(result => result.Verdict == Verdict.Fails)
        .SelectMany(result => Expectation.Parse(result.Expectation).Terms)
        .Select(term => (Metric: term.Metric.Name, term.Selector, Kind: ConnectionKind.Of(term.Metric.Name)))
        .Where(term => term.Kind is not null)
        .DistinctBy(term => (term.Kind, term.Selector))
        .Select(term => Describe(term.Metric, term.Kind!, capture.Connections(With(filter, term.Selector)))));

    private static ConnectionFilter? With(ConnectionFilter? filter, ConnectionCondition? selector) => selector is null ? filter
        : (filter ?? new ConnectionFilter()) is var some && some.Where is null ? some with { Where = selector }
        : some with { Where = ConnectionCondition.Parse($"({some.Where}) and ({selector})") };

    private static string Describe(string metric, ConnectionKind kind, IEnumerable<TcpConnection> connections)
    {
        // As a connection comes, so that a capture of any size can be looked through.
        var shown = new List<TcpConnection>(MostShown + 1);
        var count = 0;
        foreach (var connection in connections.Where(kind.Counts))
        {
            count++;
            var place = shown.FindIndex(other => kind.Weight(connection) > kind.Weight(other));
            shown.Insert(place < 0 ? shown.Count : place, connection);
            if (shown.Count > MostShown)
            {
                shown.RemoveAt(MostShown);
            }
        }

        var lines = shown.Select(connection => $"\n  {kind.Text(connection)}{connection}");
        var more = count > shown.Count ? FormattableString.Invariant($"\n  and {count - shown.Count:N0} more") : "";
        return $"\n{metric} comes from{(count == 0 ? " no connection" : ":")}{string.Concat(lines)}{more}";
    }
}
