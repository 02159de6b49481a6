namespace TraceCap.Vm.Tests;

/// <summary>A row of tcplife, and our session of it.</summary>
internal sealed record SessionPair(TcplifeRow Theirs, Session Ours)
{
    internal Difference Difference => new($"{Ours.Ends}", Theirs, Ours);

    internal long TimeBetween => Theirs.Lifetime - Ours.Lifetime;
}

/// <summary>What a tcplife printed beside what tracecap tells of the same run.</summary>
internal sealed class SessionMatch
{
    internal SessionMatch(RealKernel run, string probeSet, string tool)
    {
        var ours = run.Sessions(probeSet);
        var byEnds = ours.ToLookup(session => session.Ends);
        var left = ours.ToHashSet<Session>(ReferenceEqualityComparer.Instance);
        var pairs = new List<SessionPair>();
        var onlyTheirs = new List<TcplifeRow>();
        foreach (var row in TcplifeRow.Read(run.Printed(tool)))
        {
            // A listener in the memory of a connection whose end tcplife has missed: no connection has port 0.
            if (row.Ends.Peer.Port == 0)
            {
                continue;
            }

            // Ends are used again: then the likest it is.
            var session = byEnds[row.Ends].Where(left.Contains).MinBy(session => Math.Abs(session.Lifetime - row.Lifetime));
            if (session is null)
            {
                onlyTheirs.Add(row);
                continue;
            }

            left.Remove(session);
            pairs.Add(new(row, session));
        }

        // A test of nothing would hold.
        Assert.InRange(pairs.Count, 500, int.MaxValue);
        (Pairs, OnlyTheirs, OnlyOurs) = (pairs, onlyTheirs, [.. ours.Where(left.Contains)]);
    }

    internal IReadOnlyList<SessionPair> Pairs { get; }

    internal IReadOnlyList<TcplifeRow> OnlyTheirs { get; }

    internal IReadOnlyList<Session> OnlyOurs { get; }
}
