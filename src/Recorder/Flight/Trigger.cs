using TraceCap.Format.Events;

namespace TraceCap.Recorder.Flight;

/// <summary>What a trigger counts.</summary>
internal enum TriggerSubject
{
    /// <summary>Connections that this host opened.</summary>
    Connects,

    /// <summary>Connections that this host accepted.</summary>
    Accepts,

    /// <summary>Connections that were closed.</summary>
    Closes,

    /// <summary>Connects that failed.</summary>
    Fails,

    /// <summary>Connections that TCP has finished with.</summary>
    Ends,

    /// <summary>Connections that a reset ended, from either end.</summary>
    Resets,

    /// <summary>Connections that came or went: connects, accepts and closes.</summary>
    Churn,

    /// <summary>Events of all types.</summary>
    Events,

    /// <summary>Connects that failed with one error, and connections that it ended.</summary>
    Errors,
}

/// <summary>Whether an event is meant.</summary>
internal delegate bool EventPredicate(in TcpEvent e);

/// <summary>
/// Fires when more than so many events of a kind happen within a period. Then it rests until there are no more of them
/// than that, and a minute has passed: a long storm makes one file.
/// </summary>
internal sealed class Trigger
{
    private const ulong Rest = 60_000_000_000;

    private readonly TriggerSubject subject;
    private readonly ushort? error;
    private readonly EventPredicate? isMeant;
    private readonly ulong most;

    /// <summary>The period in tenths, the last of them at <see cref="newest"/>.</summary>
    private readonly uint[] counts = new uint[10];
    private readonly ulong tenth;
    private ulong newest;
    private ulong total;
    private bool armed = true;
    private ulong firedAt;

    /// <summary>Makes a trigger.</summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="subject">What is counted.</param>
    /// <param name="error">The error number that <see cref="TriggerSubject.Errors"/> counts.</param>
    /// <param name="isMeant">Only events of which this is true; null for all.</param>
    /// <param name="most">How many are still nothing special.</param>
    /// <param name="period">In what time.</param>
    internal Trigger(string text, TriggerSubject subject, ushort? error, EventPredicate? isMeant, ulong most, TimeSpan period)
    {
        Text = text;
        this.subject = subject;
        this.error = error;
        this.isMeant = isMeant;
        this.most = most;
        tenth = Math.Max(1, (ulong)period.TotalNanoseconds / (ulong)counts.Length);
    }

    /// <summary>The condition as the user wrote it.</summary>
    internal string Text { get; }

    /// <summary>Counts events; the period ends with the latest of them.</summary>
    /// <returns>Whether it fires.</returns>
    internal bool Fires(ReadOnlySpan<TcpEvent> events)
    {
        var fires = false;
        foreach (ref readonly var one in events)
        {
            if (!Counts(in one) || isMeant?.Invoke(in one) == false || !Advance(one.Timestamp / tenth))
            {
                continue;
            }

            counts[one.Timestamp / tenth % (ulong)counts.Length]++;
            total++;
            if (armed && total > most && (firedAt == 0 || one.Timestamp - firedAt >= Rest))
            {
                (armed, firedAt, fires) = (false, one.Timestamp, true);
            }
        }

        return fires;
    }

    private bool Counts(in TcpEvent one) => subject switch
    {
        TriggerSubject.Connects => one.Type == TcpEventType.Connect,
        TriggerSubject.Accepts => one.Type == TcpEventType.Accept,
        TriggerSubject.Closes => EventRows.IsClose(in one),
        TriggerSubject.Fails => one.Type == TcpEventType.ConnectFailed,
        TriggerSubject.Ends => one.Type == TcpEventType.Ended,
        TriggerSubject.Resets => TcpEnds.Of(in one) is TcpEnd.ResetSent or TcpEnd.ResetReceived,
        TriggerSubject.Churn => EventRows.IsPlain(in one),
        TriggerSubject.Errors => one.Type is TcpEventType.ConnectFailed or TcpEventType.Ended && one.Error == error,
        _ => true,
    };

    /// <summary>Forgets what is older than a period.</summary>
    /// <returns>Whether this tenth is not.</returns>
    private bool Advance(ulong now)
    {
        if (now <= newest)
        {
            return newest - now < (ulong)counts.Length;
        }

        for (var i = Math.Min(now - newest, (ulong)counts.Length); i > 0; i--)
        {
            ref var old = ref counts[(now - i + 1) % (ulong)counts.Length];
            total -= old;
            old = 0;
        }

        newest = now;
        armed |= total <= most;
        return true;
    }
}
