using TraceCap.Format.Events;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Sinks;

/// <summary>A sink that makes captures of what it takes.</summary>
internal interface IRecordingSink : IEventSink, IDisposable
{
    /// <summary>What it is called in messages: a file, a name pattern, or standard output.</summary>
    string Name { get; }

    /// <summary>What was written, in messages at the end: the first and the last of many files.</summary>
    string Written { get; }

    /// <summary>How far it is.</summary>
    RecordingTotals Totals { get; }

    /// <summary>Ends the recording; all captures are on the disk when it returns.</summary>
    /// <param name="reason">Why it ended, in a few words.</param>
    /// <param name="cut">Whether it ends before what the probes saw does: the rest is not part of it, and not lost.</param>
    /// <exception cref="IOException">Something could not be written.</exception>
    void Complete(string reason, bool cut);
}

/// <summary>How far a recording is, over all its captures.</summary>
/// <param name="Events">Events taken.</param>
/// <param name="EventsWritten">Events that are in captures and can be read.</param>
/// <param name="Length">Bytes written, or held in memory.</param>
/// <param name="LossCounters">Where events went.</param>
/// <param name="EventsByType">The events of chunks, by type.</param>
/// <param name="Files">Captures that were begun.</param>
/// <param name="Written">Bytes written into captures, those held in memory not included.</param>
internal sealed record RecordingTotals(
    ulong Events, ulong EventsWritten, long Length, LossCounters LossCounters, IReadOnlyDictionary<TcpEventType, ulong> EventsByType, long Files, long Written);

/// <summary>Passes on events until so many of them have rows in the plain table, and then no more: what was opened, accepted and closed
/// counts, what failed, was open before or is the end of TCP comes along.</summary>
/// <param name="sink">Gets them.</param>
/// <param name="most">How many.</param>
internal sealed class EventLimit(IEventSink sink, ulong most) : IEventSink
{
    private ulong left = most;

    /// <inheritdoc />
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        var wanted = 0;
        while (wanted < events.Length && left > 0)
        {
            left -= EventRows.IsPlain(in events[wanted++]) ? 1ul : 0;
        }

        return sink.Take(events[..wanted], state) && left > 0;
    }
}
