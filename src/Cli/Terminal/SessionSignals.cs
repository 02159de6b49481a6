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
    private volatile Action hangUp;

    internal SessionSignals(LiveSession session)
    {
        hangUp = Stop;
        On(PosixSignal.SIGINT, Stop);
        On(PosixSignal.SIGTERM, Stop);
        On(PosixSignal.SIGHUP, () => hangUp());

        void Stop()
        {
            stopped.TrySetResult();
            session.Stop();
        }
    }

    /// <summary>Done once the session was asked to end.</summary>
    internal Task Stopped => stopped.Task;

    internal void OnHangUp(Action action) => hangUp = action;

    internal void OnUser(Action action) => On(User1, action);

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignal signal, Action action) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    }));
}
