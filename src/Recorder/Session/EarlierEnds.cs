using TraceCap.Format.Events;

namespace TraceCap.Recorder.Session;

/// <summary>
/// The connections from before the probes that TCP has not finished with yet. Their ends alone are seen by a program that the kernel
/// may skip: each skip may have lost the end of one of them, and no more ends can be lost than there are such connections.
/// </summary>
/// <param name="connections">Their ids.</param>
/// <param name="skipped">How often that program was skipped until now.</param>
internal sealed class EarlierEnds(IEnumerable<ulong> connections, ulong skipped)
{
    private readonly HashSet<ulong> waiting = [.. connections];
    private ulong seen = skipped;

    /// <summary>Whether any is left.</summary>
    internal bool AreLeft => waiting.Count > 0;

    /// <summary>How many ends were lost at most.</summary>
    internal ulong Missed { get; private set; }

    /// <summary>Takes note of the ends that came.</summary>
    internal void Note(ReadOnlySpan<TcpEvent> events)
    {
        if (!AreLeft)
        {
            return;
        }

        foreach (ref readonly var one in events)
        {
            // What is established now tells of its end as every other connection does.
            if (one.Type is TcpEventType.Ended or TcpEventType.Connect or TcpEventType.ConnectFailed)
            {
                waiting.Remove(one.Connection);
            }
        }
    }

    /// <summary>Counts the skips that came since; after the events of that time were noted.</summary>
    /// <param name="now">How often the program was skipped until now.</param>
    internal void Count(ulong now)
    {
        Missed += Math.Min(now - seen, (ulong)waiting.Count);
        seen = now;
    }
}
