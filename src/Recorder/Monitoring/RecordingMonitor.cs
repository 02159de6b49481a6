using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Monitoring;

/// <summary>
/// Tells those who watch over a recording how it goes: a file of metrics four times a minute, and the service manager that started it.
/// It does so from the recording's own loop: one that hangs is not told to be well. Neither can end the recording.
/// </summary>
internal sealed class RecordingMonitor : IEventSink, IDisposable
{
    private const ulong Interval = 15_000_000_000;

    /// <summary>How long the end waits for a file system that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IRecordingSink recording;
    private readonly IEventSink next;
    private readonly Func<RingFill> ring;
    private readonly Action<string> tell;
    private readonly ulong start;
    private readonly ulong beat;
    private Task writing = Task.CompletedTask;
    private ulong writtenAt;
    private ulong toldAt;
    private ulong lastEvent;
    private bool isStopping;
    private volatile bool hasFailed;

    /// <summary>Nothing is told yet.</summary>
    /// <param name="recording">What is watched.</param>
    /// <param name="next">Gets the events.</param>
    /// <param name="ring">Tells how full the ring buffer is.</param>
    /// <param name="service">Is told how it goes, and disposed; null for nobody.</param>
    /// <param name="tell">Gets what the user should know; from any thread.</param>
    internal RecordingMonitor(IRecordingSink recording, IEventSink next, Func<RingFill> ring, ServiceManager? service, Action<string> tell)
    {
        (this.recording, this.next, this.ring, this.tell) = (recording, next, ring, tell);
        Service = service;
        start = Clocks.Anchor().Realtime;
        // Half of what it waits for, as its page has it.
        beat = service?.Watchdog / 2 ?? Interval;
    }

    /// <summary>Where metrics are written; null for nowhere.</summary>
    internal MetricsFile? Metrics { get; init; }

    private ServiceManager? Service { get; }

    /// <summary>Says that what happens from now on is recorded.</summary>
    internal void Begin()
    {
        writtenAt = toldAt = Clocks.Monotonic();
        Service?.Tell($"READY=1\n{Status()}");
        WriteBeside(isUp: true);
    }

    /// <inheritdoc />
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        lastEvent = events.IsEmpty ? lastEvent : Math.Max(lastEvent, events[^1].Timestamp);
        var wanted = next.Take(events, state);
        if (Service is not null && state.Now - toldAt >= beat)
        {
            Service.Tell(Service.Watchdog is null ? Status() : $"WATCHDOG=1\n{Status()}");
            toldAt = state.Now;
        }

        if (state.Now - writtenAt >= Interval)
        {
            WriteBeside(isUp: true);
            writtenAt = state.Now;
        }

        return wanted;
    }

    /// <summary>Says that the recording is about to end.</summary>
    internal void Stop()
    {
        if (!isStopping)
        {
            isStopping = true;
            Service?.Tell($"STOPPING=1\n{Status()}");
        }
    }

    /// <summary>Says how it ended.</summary>
    public void Dispose()
    {
        Stop();
        Service?.Tell(Status());
        Service?.Dispose();
        // What is under way is older.
        if (writing.Wait(Patience))
        {
            WriteBeside(isUp: false);
            writing.Wait(Patience);
        }

        if (writing.IsCompleted)
        {
            Metrics?.Dispose();
        }
    }

    private string Status() => FormattableString.Invariant(
        $"STATUS={recording.Totals.Events:N0} events, {recording.Totals.LossCounters.Lost:N0} lost, {recording.Totals.Files:N0} files");

    /// <summary>The loop waits for no disk. What cannot be written now is left out.</summary>
    private void WriteBeside(bool isUp)
    {
        if (Metrics is null || !writing.IsCompleted)
        {
            return;
        }

        var clocks = Clocks.Anchor();
        ulong? last = lastEvent > 0 ? clocks.Realtime - (clocks.Monotonic - lastEvent) : null;
        var text = new RecordingMetrics(isUp, recording.Totals, ring(), start, last).ToString();
        writing = Task.Run(() =>
        {
            try
            {
                Metrics.Write(text);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                if (!hasFailed)
                {
                    tell($"no metrics: {error.Message}; recording goes on");
                }

                hasFailed = true;
            }
        });
    }
}
