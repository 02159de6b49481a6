using System.Runtime.InteropServices;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Has SIGINT, SIGTERM and SIGHUP end a session properly, from its construction to its disposal. SIGHUP may do something
/// else, and SIGUSR1 too.
/// </summary>
internal sealed class SessionSignals : IDisposable
{
    /// <summary>.NET has no name for it; the number on x86-64 and arm64.</summary>
    private const PosixSignal User1 = (PosixSignal)10;

    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly TaskCompletionSource stopped = new();
    private readonly LiveSession session;
    private volatile Action hangUp;

    /// <param name="session">Is ended.</param>
    /// <param name="areOthers">Whether these signals are for a command that is recorded.</param>
    internal SessionSignals(LiveSession session, bool areOthers = false)
    {
        this.session = session;
        hangUp = Stop;
        if (!areOthers)
        {
            On(PosixSignal.SIGINT, Stop);
            On(PosixSignal.SIGTERM, Stop);
            On(PosixSignal.SIGHUP, () => hangUp());
        }
    }

    /// <summary>Done once the session was asked to end.</summary>
    internal Task Stopped => stopped.Task;

    /// <summary>Has it end as a signal does.</summary>
    internal void Stop()
    {
        stopped.TrySetResult();
        session.Stop();
    }

    internal void OnHangUp(Action action) => hangUp = action;

    internal void OnUser(Action action) => On(User1, action);

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignal signal, Action action) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    }));
}
