using System.Runtime.InteropServices;
using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary>Has SIGINT, SIGTERM and SIGHUP end a session properly, from its construction to its disposal.</summary>
internal sealed class SessionSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];

    internal SessionSignals(LiveSession session)
    {
        HangUp = session.Stop;
        On(PosixSignal.SIGINT, session.Stop);
        On(PosixSignal.SIGTERM, session.Stop);
        On(PosixSignal.SIGHUP, () => HangUp());
    }

    /// <summary>What SIGHUP does instead.</summary>
    internal Action HangUp { get; init; }

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignal signal, Action action) => registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    }));
}
