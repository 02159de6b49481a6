using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Analyzer.Tests.Summary;

public sealed class ConnectionGroupsTests
{
    private const ulong Ms = 1_000_000;

    [Fact]
    public void Two_hundred_thousand_peers_are_exact_and_what_a_selector_selects()
    {
        const int Peers = 200_000;
        var groups = new ConnectionGroups(GroupBy.Peer);
        var selected = new CaptureFigures(ConnectionCondition.Parse("peer=10.1.2.3"));
        for (var i = 0; i < Peers + 1_000; i++)
        {
            // Some of them come again when all others have.
            var peer = i % Peers;
            Connection[] one = [Ends.Client("app", $"10.{peer >> 16}.{peer >> 8 & 255}.{peer & 255}", 80, 0, (ulong)i * Ms)];
            groups.Add(in one[0], Ends.Recording);
            selected.Take(one, Ends.Recording);
        }

        Assert.Equal((Peers, null, null), (groups.Count, groups.Others, groups.WhatIsUncounted));
        Assert.All(groups.ByKey.Values, group => Assert.Equal(0, group.UncountedAtMost));
        Assert.Equal(1_000, groups.ByKey.Values.Count(group => group.Ends == 2));
        var row = groups.ByKey.Single(group => groups.By.Text(group.Key) == "10.1.2.3").Value;
        Assert.Equal((selected.Connections.Ends, selected.Connections.Lifetimes.Max), (row.Ends, row.Lifetimes.Max));
    }

    [Fact]
    public void Of_too_many_groups_each_row_is_a_bound_and_nothing_is_lost() => Gen.Select(Gen.Int[1, 12], Gen.Frequency((2, Gen.Int[1, 6]), (1, Gen.Int[1, 60])).Array[1, 300]).Sample((most, ports) =>
    {
        var groups = new ConnectionGroups(Grouping.Of(GroupBy.Port), most);
        foreach (var port in ports)
        {
            groups.Add(Ends.Client("app", "10.0.0.2", (ushort)port, 0, Ms), Ends.Recording);
            Assert.InRange(groups.Count, 1, most);
        }

        var kept = groups.ByKey.ToDictionary(group => (int)group.Key.Port, group => group.Value);
        foreach (var (port, all) in ports.CountBy(port => port))
        {
            if (kept.TryGetValue(port, out var row))
            {
                Assert.InRange(all, row.Ends, row.Ends + row.UncountedAtMost);
            }
            else
            {
                Assert.True(all <= 2.0 * ports.Length / most + 1, $"{port} had {all} of {ports.Length}, and is not there");
            }
        }

        Assert.Equal(ports.Length, kept.Values.Sum(row => row.Ends) + (groups.Others?.Ends ?? 0));
        Assert.Equal(ports.Length, kept.Values.Sum(row => row.Lifetimes.Ended) + (groups.Others?.Lifetimes.Ended ?? 0));
        Assert.Equal(kept.Values.All(row => row.UncountedAtMost == 0), groups.WhatIsUncounted is null);
    });

    [Fact]
    public void Where_others_of_a_group_are_counted_may_be_remembered() => Gen.Select(Gen.Int[1, 12], Gen.Int[1, 30].Array[1, 300]).Sample((most, ports) =>
    {
        var (plain, remembering) = (new ConnectionGroups(Grouping.Of(GroupBy.Port), most), new ConnectionGroups(Grouping.Of(GroupBy.Port), most));
        var counted = new CountedGroup[31];
        foreach (var port in ports)
        {
            Connection one = Ends.Client("app", "10.0.0.2", (ushort)port, 0, Ms);
            plain.Add(in one, Ends.Recording);
            counted[port] = remembering.Add(in one, Ends.Recording, in counted[port]);
        }

        Assert.Equal(
            plain.InOrder.Select(group => (group.Key, group.Statistics.Ends, group.Statistics.UncountedAtMost)),
            remembering.InOrder.Select(group => (group.Key, group.Statistics.Ends, group.Statistics.UncountedAtMost)));
        Assert.Equal(plain.Others?.Ends, remembering.Others?.Ends);
    });

    [Fact]
    public void A_row_that_may_lack_some_says_so()
    {
        var groups = new ConnectionGroups(Grouping.Of(GroupBy.Port), 2);
        foreach (var port in (ushort[])[80, 80, 443, 443, 443, 8080, 8080, 8080])
        {
            groups.Add(Ends.Client("app", "10.0.0.2", port, 0, Ms), Ends.Recording);
        }

        Assert.Equal("there were more than 2 ports: a row may lack up to 2 sockets, which are in (smaller ones)", groups.WhatIsUncounted);
        Assert.Equal([(443, 3L, 0L), (8080, 1L, 2L)], groups.InOrder.Select(group => ((int)group.Key.Port, group.Statistics.Ends, group.Statistics.UncountedAtMost)));
    }

    [Fact]
    public void The_figures_of_a_single_connection_are_small()
    {
        Connection connection = Ends.Client("app", "10.0.0.2", 80, 0, Ms) with { Duration = 1_000, State = 8 };
        _ = Make(in connection);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var made = Make(in connection);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 400);
        GC.KeepAlive(made);

        static ConnectionStatistics Make(in Connection connection)
        {
            var statistics = new ConnectionStatistics();
            statistics.Add(in connection, Ends.Recording);
            return statistics;
        }
    }
}
