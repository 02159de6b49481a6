using TraceCap.Format;

namespace TraceCap.Recorder;

/// <summary>Why a <see cref="LiveSession"/> ended.</summary>
public enum EndOfSession
{
    /// <summary>Somebody called <see cref="LiveSession.Stop"/>.</summary>
    Stopped,

    /// <summary>The time was over.</summary>
    TimeOver,

    /// <summary>The sink had all it wanted.</summary>
    SinkFull,
}

/// <summary>
/// Drains the ring buffer into a sink until told to stop; then detaches the probes and drains what they left, so that
/// every event that happened before the end is there. One thread runs it; any thread may stop it.
/// </summary>
public sealed class LiveSession : IDisposable
{
    /// <summary>How long the ring is left alone: the probes wake the recorder only when it is a quarter full.</summary>
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(10);

    private readonly Probes probes;
    private readonly TcpEvent[] events = new TcpEvent[4096];
    private ulong settled;

    private LiveSession(Probes probes) => this.probes = probes;

    /// <inheritdoc cref="Probes.ProbeSet" />
    public string ProbeSet => probes.ProbeSet;

    /// <inheritdoc cref="Probes.NotUsed" />
    public IReadOnlyDictionary<string, string> NotUsed => probes.NotUsed;

    /// <inheritdoc cref="Probes.Limits" />
    public IReadOnlyList<string> Limits => probes.Limits;

    /// <summary>Attaches the probes: from here on the ring buffer fills.</summary>
    /// <inheritdoc cref="Probes.Attach" path="/exception" />
    public static LiveSession Start(ProbeOptions options) => new(Probes.Attach(options));

    /// <summary>Runs until it is stopped, the time is over, or the sink wants no more.</summary>
    /// <param name="sink">Gets all events.</param>
    /// <param name="duration">How long; null for no limit.</param>
    public EndOfSession Run(IEventSink sink, TimeSpan? duration)
    {
        var deadline = duration is { } time ? Clocks.Monotonic() + (ulong)time.TotalNanoseconds : ulong.MaxValue;
        while (true)
        {
            if (!Drain(sink))
            {
                return EndOfSession.SinkFull;
            }

            var now = Clocks.Monotonic();
            var timeOver = now >= deadline;
            var pause = TimeSpan.FromMicroseconds(Math.Min(DrainInterval.TotalMicroseconds, (deadline - now) / 1000.0));
            if (timeOver || !probes.Ring.Wait(pause))
            {
                probes.Detach();
                return !Drain(sink) ? EndOfSession.SinkFull : timeOver ? EndOfSession.TimeOver : EndOfSession.Stopped;
            }
        }
    }

    /// <summary>Has <see cref="Run"/> end soon.</summary>
    public void Stop() => probes.Ring.Interrupt();

    /// <summary>Detaches the probes, if they still are attached, and frees all.</summary>
    public void Dispose() => probes.Dispose();

    /// <summary>Hands on all that is in the ring.</summary>
    private bool Drain(IEventSink sink)
    {
        while (true)
        {
            // An event that is not in the ring when the read begins gets its timestamp later than now.
            var now = Clocks.Monotonic();
            var count = probes.Ring.Read(events, out var caughtUp);
            settled = caughtUp ? now : settled;
            if (!sink.Take(events.AsSpan(0, count), new DrainState(now, settled, probes.Ledger.Read())))
            {
                return false;
            }

            if (count < events.Length)
            {
                return true;
            }
        }
    }
}
