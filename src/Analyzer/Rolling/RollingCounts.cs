using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Rolling;

/// <summary>What happened to connections in a stretch of time. A connection within the host counts at both its ends. Each figure counts when
/// it became known: openings when they were, endings and their bytes at the end.</summary>
internal sealed class RollingCounts
{
    /// <summary>Established by this host.</summary>
    internal long Opened { get; private set; }

    /// <summary>Accepted by this host.</summary>
    internal long Accepted { get; private set; }

    /// <summary>Tried by this host, and not established.</summary>
    internal long Failed { get; private set; }

    /// <summary>Ended, resets included.</summary>
    internal long Closed { get; private set; }

    /// <summary>Of <see cref="Closed"/>: over without both ends having finished it.</summary>
    internal long Reset { get; private set; }

    /// <summary>How many more are open at its end than at its beginning.</summary>
    internal long Change { get; private set; }

    /// <summary>Payload that the peers acknowledged, of those that ended.</summary>
    internal ulong Sent { get; private set; }

    /// <summary>Payload received, of those that ended.</summary>
    internal ulong Received { get; private set; }

    /// <summary>How long it took to connect; null if nothing did.</summary>
    internal LifetimeHistogram? ConnectTimes { get; private set; }

    /// <summary>How much there is to tell, for what is too much to be kept.</summary>
    internal long Weight => Opened + Accepted + Failed + Closed + Math.Abs(Change);

    /// <summary>Counts a connect that failed.</summary>
    internal void Fail() => Failed++;

    /// <summary>Counts the beginning of a connection that was established.</summary>
    internal void Open(in Connection connection)
    {
        Change++;
        if (connection.IsPreexisting)
        {
            return;
        }

        if (connection.Role == ConnectionRole.Server)
        {
            Accepted++;
            return;
        }

        Opened++;
        if (connection.ConnectTime > 0)
        {
            (ConnectTimes ??= new LifetimeHistogram()).Add(connection.ConnectTime, isCensored: false);
        }
    }

    /// <summary>Counts its end.</summary>
    internal void End(in Connection connection)
    {
        Change--;
        Closed += connection.Ending is ConnectionEnding.Closed or ConnectionEnding.Reset ? 1 : 0;
        Reset += connection.Ending == ConnectionEnding.Reset ? 1 : 0;
        Sent += connection.PayloadSent;
        Received += connection.PayloadReceived;
    }

    /// <summary>Adds what happened in another stretch, or to others.</summary>
    /// <param name="other">That.</param>
    /// <param name="withTimes">Whether the times to connect are of interest.</param>
    internal void Add(RollingCounts other, bool withTimes = true)
    {
        Opened += other.Opened;
        Accepted += other.Accepted;
        Failed += other.Failed;
        Closed += other.Closed;
        Reset += other.Reset;
        Change += other.Change;
        Sent += other.Sent;
        Received += other.Received;
        if (withTimes && other.ConnectTimes is { } times)
        {
            (ConnectTimes ??= new LifetimeHistogram()).Add(times);
        }
    }
}
