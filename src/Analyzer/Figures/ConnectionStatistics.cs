using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Figures of a set of connections. A connection within the host counts at both its ends, as two. Memory is bounded, see
/// <see cref="LifetimeHistogram"/>; for a single connection some 400 bytes, as there may be a million sets.
/// </summary>
public sealed class ConnectionStatistics
{
    /// <summary>From here on a connect is slow, in nanoseconds: after that time the kernel sends the first SYN again.</summary>
    internal const ulong SlowConnect = 1_000_000_000;

    private static readonly LifetimeHistogram noDurations = new();

    private LifetimeHistogram? lifetimes;
    private LifetimeHistogram? connectTimes;
    private LifetimeHistogram? acceptTimes;
    private Dictionary<ushort, long>? errors;

    /// <summary>Ends of connections, failed ones included.</summary>
    public long Ends => Opened + Accepted + Preexisting + Failed;

    /// <summary>Of a group: so many more there may be at most, which were counted among the others before it was kept. 0 unless
    /// there were more groups than memory is taken for (<see cref="ConnectionGroups.MaxGroups"/>).</summary>
    public long UncountedAtMost { get; internal set; }

    /// <summary>Those that this host opened, in the time of the capture.</summary>
    public long Opened { get; private set; }

    /// <summary>Those that it accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>Those from before the capture.</summary>
    public long Preexisting { get; private set; }

    /// <summary>Those that it tried to open, and could not.</summary>
    public long Failed { get; private set; }

    /// <summary>Those that ended in an orderly way.</summary>
    public long Closed { get; private set; }

    /// <summary>Those that were over without both ends having finished them (<see cref="ConnectionEnding.Reset"/>).</summary>
    public long Reset { get; private set; }

    /// <summary>Of <see cref="Reset"/>: those that this end reset.</summary>
    public long ResetSent { get; private set; }

    /// <summary>Of <see cref="Reset"/>: those that the peer is known to have reset.</summary>
    public long ResetReceived { get; private set; }

    /// <summary>Of <see cref="Reset"/>: those that are known to have timed out.</summary>
    public long TimedOut { get; private set; }

    /// <summary>Those that had ended, and which a program had not closed when recording ended.</summary>
    public long Held { get; private set; }

    /// <summary>Those that were closed, and not seen to end, by a recorder that notes ends.</summary>
    public long Unfinished { get; private set; }

    /// <summary>Of <see cref="Reset"/>: those of which the counters do not prove it, as something was retransmitted.</summary>
    public long ResetAssumed { get; private set; }

    /// <summary>Those that were open at the end.</summary>
    public long Open { get; private set; }

    /// <summary>Those whose end nobody saw (<see cref="ConnectionEnding.Unseen"/>).</summary>
    public long Unseen => Ends - Failed - Closed - Reset - Open;

    /// <summary>Those of which it is not certain what they were: older, still open, or reset.</summary>
    public long Uncertain { get; private set; }

    /// <summary>Second ends of connections within the host (<see cref="Connection.IsSecondEnd"/>).</summary>
    public long SecondEnds { get; private set; }

    /// <summary>Bytes that the peers acknowledged, as the kernel counts them: with each SYN and FIN.</summary>
    public ulong BytesAcked { get; private set; }

    /// <summary>Bytes received, as the kernel counts them: with each FIN.</summary>
    public ulong BytesReceived { get; private set; }

    /// <summary>Payload that the peers acknowledged (<see cref="Connection.PayloadSent"/>).</summary>
    public ulong PayloadSent { get; private set; }

    /// <summary>Payload received (<see cref="Connection.PayloadReceived"/>).</summary>
    public ulong PayloadReceived { get; private set; }

    /// <summary>Segments sent, retransmissions included.</summary>
    public ulong SegmentsSent { get; private set; }

    /// <summary>Segments retransmitted.</summary>
    public ulong Retransmits { get; private set; }

    /// <summary>Connects that took <see cref="SlowConnect"/> or more.</summary>
    public long SlowConnects { get; private set; }

    /// <summary>How long connections lived that were opened in the time of the capture, those still open as censored.
    /// </summary>
    public LifetimeHistogram Lifetimes => lifetimes ?? noDurations;

    /// <summary>How long it took to connect.</summary>
    public LifetimeHistogram ConnectTimes => connectTimes ?? noDurations;

    /// <summary>How long those that were accepted had waited for that.</summary>
    public LifetimeHistogram AcceptTimes => acceptTimes ?? noDurations;

    /// <summary>Those that failed, by errno; 0: the program gave up.</summary>
    public IReadOnlyDictionary<ushort, long> Errors => errors ?? (IReadOnlyDictionary<ushort, long>)ImmutableDictionary<ushort, long>.Empty;

    /// <summary>Those that ended so.</summary>
    public long Of(ConnectionEnding ending) => ending switch
    {
        ConnectionEnding.Closed => Closed,
        ConnectionEnding.Reset => Reset,
        ConnectionEnding.Failed => Failed,
        ConnectionEnding.Open => Open,
        _ => Unseen,
    };

    /// <summary>The most important figures.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Ends:N0} sockets: {Opened:N0} opened, {Accepted:N0} accepted, {Preexisting:N0} pre-existing, {Failed:N0} failed; {Closed:N0} closed, {Reset:N0} reset, {Open:N0} open; median lifetime {Lifetimes.At(0.5)?.ToString() ?? "not known"}");

    /// <summary>Counts a connection.</summary>
    internal void Add(in Connection connection, RecordedSpan recording)
    {
        SecondEnds += connection.IsSecondEnd ? 1 : 0;
        Uncertain += connection.IsDoubtful ? 1 : 0;
        if (connection.Ending == ConnectionEnding.Failed)
        {
            Failed++;
            CollectionsMarshal.GetValueRefOrAddDefault(errors ??= [], connection.Error, out _)++;
            return;
        }

        CountBeginning(in connection);
        CountEnding(in connection);
        BytesAcked += connection.BytesAcked;
        BytesReceived += connection.BytesReceived;
        PayloadSent += connection.PayloadSent;
        PayloadReceived += connection.PayloadReceived;
        SegmentsSent += connection.SegmentsSent;
        Retransmits += connection.Retransmits;
    }

    /// <summary>Adds the figures of another set.</summary>
    internal void Add(ConnectionStatistics other)
    {
        Opened += other.Opened;
        Accepted += other.Accepted;
        Preexisting += other.Preexisting;
        Failed += other.Failed;
        Closed += other.Closed;
        Reset += other.Reset;
        ResetAssumed += other.ResetAssumed;
        ResetSent += other.ResetSent;
        ResetReceived += other.ResetReceived;
        TimedOut += other.TimedOut;
        Held += other.Held;
        Unfinished += other.Unfinished;
        Open += other.Open;
        Uncertain += other.Uncertain;
        SecondEnds += other.SecondEnds;
        BytesAcked += other.BytesAcked;
        BytesReceived += other.BytesReceived;
        PayloadSent += other.PayloadSent;
        PayloadReceived += other.PayloadReceived;
        SegmentsSent += other.SegmentsSent;
        Retransmits += other.Retransmits;
        SlowConnects += other.SlowConnects;
        Add(ref lifetimes, other.lifetimes);
        Add(ref connectTimes, other.connectTimes);
        Add(ref acceptTimes, other.acceptTimes);
        foreach (var (error, count) in other.Errors)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(errors ??= [], error, out _) += count;
        }
    }

    private static void Add(ref LifetimeHistogram? durations, LifetimeHistogram? others)
    {
        if (others is not null)
        {
            (durations ??= new LifetimeHistogram()).Add(others);
        }
    }

    private void CountBeginning(in Connection connection)
    {
        if (connection.IsPreexisting)
        {
            Preexisting++;
            return;
        }

        if (connection.Role == ConnectionRole.Server)
        {
            Accepted++;
            if (connection.AcceptTime > 0)
            {
                (acceptTimes ??= new LifetimeHistogram()).Add(connection.AcceptTime, isCensored: false);
            }

            return;
        }

        Opened++;
        if (connection.ConnectTime > 0)
        {
            (connectTimes ??= new LifetimeHistogram()).Add(connection.ConnectTime, isCensored: false);
        }

        SlowConnects += connection.ConnectTime >= SlowConnect ? 1 : 0;
    }

    private void CountEnding(in Connection connection)
    {
        Held += connection.IsHeld ? 1 : 0;
        Unfinished += connection.IsUnfinished ? 1 : 0;
        switch (connection.Ending)
        {
            case ConnectionEnding.Closed:
                Closed++;
                break;
            case ConnectionEnding.Reset:
                Reset++;
                ResetAssumed += connection.IsEndingAssumed ? 1 : 0;
                ResetSent += connection.EndedBy == TcpEnd.ResetSent ? 1 : 0;
                ResetReceived += connection.EndedBy == TcpEnd.ResetReceived ? 1 : 0;
                TimedOut += connection.EndedBy == TcpEnd.TimedOut ? 1 : 0;
                break;
            case ConnectionEnding.Open:
                Open++;
                break;
            default:
                // It ended at some time that nobody knows: to call it censored would be wrong.
                return;
        }

        if (!connection.IsPreexisting)
        {
            (lifetimes ??= new LifetimeHistogram()).Add(connection.Lifetime, isCensored: connection.Ending == ConnectionEnding.Open);
        }
    }
}
