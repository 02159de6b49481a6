using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Figures of connections by all that a report has tables of, but the process.</summary>
internal sealed class ReportGroups : IConnectionSink
{
    internal ConnectionGroups Services { get; } = new(GroupBy.Service);

    internal ConnectionGroups Peers { get; } = new(GroupBy.Peer);

    internal ConnectionGroups Errors { get; } = new(GroupBy.Errno);

    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            Services.Add(in connection, recording);
            Peers.Add(in connection, recording);
            Errors.Add(in connection, recording);
        }
    }
}
