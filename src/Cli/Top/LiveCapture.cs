using TraceCap.Analyzer.Connections;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Cli.Top;

/// <summary>A recording of this host into a capture that is read while it is written, and kept nowhere: what is shown of it is what a file
/// would tell.</summary>
internal sealed class LiveCapture : IDisposable
{
    /// <summary>What happened is seen so soon.</summary>
    private static readonly TimeSpan flush = TimeSpan.FromMilliseconds(100);

    private readonly LiveSession session;
    private readonly SessionSignals signals;
    private readonly CaptureSeries series;
    private readonly BlockPipe pipe = new();
    private readonly Thread thread;
    private Exception? failure;

    private LiveCapture(LiveSession session, ProbeOptions options, string tool)
    {
        this.session = session;
        signals = new SessionSignals(session);
        series = new CaptureSeries("top", pipe.Input, Recording.Describe(session, options, tool, ""), Clocks.Anchor, new SeriesOptions
        {
            FlushInterval = flush,
            KeepsTime = true,
            Names = session.Names,
        });
        thread = new Thread(Record) { IsBackground = true, Name = "recording" };
    }

    /// <summary>Where events went.</summary>
    internal LossCounters Losses => series.Totals.LossCounters;

    /// <summary>Done once a signal has asked for the end.</summary>
    internal Task Stopped => signals.Stopped;

    /// <summary>Attaches the probes, gives up privileges, and records.</summary>
    /// <param name="options">What.</param>
    /// <param name="user">Whom to become; null to stay who one is.</param>
    /// <param name="tool">The program and its version.</param>
    internal static LiveCapture Begin(ProbeOptions options, UserAccount? user, string tool)
    {
        Descriptors.CheckLimit();
        SessionSignals.HearInterrupts();
        var session = LiveSession.Start(options, Messages.Warn);
        try
        {
            Privileges.Drop(user);
            foreach (var limit in session.Limits)
            {
                Messages.Warn(limit);
            }

            var capture = new LiveCapture(session, options, tool);
            capture.thread.Start();
            return capture;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads it until the recording ends.</summary>
    /// <param name="feed">Gets its connections.</param>
    /// <param name="read">Is called after each block.</param>
    internal void Read(ConnectionFeed feed, Action read)
    {
        // Nothing comes again.
        feed.Ahead = [];
        foreach (var _ in feed.Blocks(new EventStream(CaptureReader.Open(pipe))))
        {
            read();
        }

        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }

        feed.End();
    }

    /// <summary>Has the recording end; what was recorded can be read still.</summary>
    internal void Stop() => session.Stop();

    public void Dispose()
    {
        session.Stop();
        pipe.Leave();
        thread.Join();
        signals.Dispose();
        series.Dispose();
        session.Dispose();
        pipe.Dispose();
    }

    private void Record()
    {
        try
        {
            session.Run(series, duration: null);
            series.Complete("top has ended", cut: false);
        }
        catch (Exception error)
        {
            failure = error;
            pipe.Input.Dispose();
        }
    }
}
