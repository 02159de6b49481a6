using System.Runtime.InteropServices;
using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary>Has SIGINT, SIGTERM and SIGHUP end a session properly, from its construction to its disposal.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;

    internal StopSignals(LiveSession session) => registrations =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            session.Stop();
        })),
    ];

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
    }
}
