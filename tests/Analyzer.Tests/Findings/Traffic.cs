using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Analyzer.Tests.Findings;

/// <summary>Connections of 10.0.0.1 to 10.0.0.2:5432, and what is found in them.</summary>
internal static class Traffic
{
    internal const ulong Ms = 1_000_000;
    internal const ulong S = 1_000_000_000;

    internal static Connection[] Many(int count, Func<int, Connection> make) => [.. Enumerable.Range(0, count).Select(make)];

    /// <summary>One that is opened, and closed soon after.</summary>
    internal static Connection Done(ulong at, string comm = "app", string peer = "10.0.0.2") => Ends.Client(comm, peer, 5432, at, Ms);

    /// <summary>One that is refused at once.</summary>
    internal static Connection Refused(ulong at, string comm = "app", string peer = "10.0.0.2") => Ends.Client(comm, peer, 5432, at, 0).FailedWith(111);

    /// <summary>One that is accepted.</summary>
    internal static Connection Accepted(ulong at, ushort port = 5432) => Ends.Client("server", "10.0.0.1", 40_000, at, Ms) with
    {
        Role = ConnectionRole.Server,
        LocalAddress = new(System.Net.IPAddress.Parse("10.0.0.2")),
        LocalPort = port,
    };

    internal static IReadOnlyList<Finding> Find(params Connection[] connections) => Find(Ends.Recording, connections);

    internal static IReadOnlyList<Finding> Find(RecordedSpan recording, params Connection[] connections)
    {
        var summary = new TrafficSummary(GroupBy.Process);
        summary.Take([.. connections.OrderBy(connection => connection.Ending == ConnectionEnding.Open).ThenBy(connection => connection.Ended)], recording);
        summary.End([recording]);
        return summary.Findings;
    }

    internal static void AssertFound(string rule, bool isFound, Connection[] connections) =>
        Assert.Equal(isFound, Find(connections).Any(finding => finding.Rule == rule));
}
