using System.Runtime.InteropServices;
using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary>Has SIGINT, SIGTERM and SIGHUP end a session properly, from its construction to its disposal.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource stopped = new();
    private readonly PosixSignalRegistration[] registrations;

    internal StopSignals(LiveSession session) => registrations =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stopped.TrySetResult();
            session.Stop();
        })),
    ];

    /// <summary>Done once one of them came.</summary>
    internal Task Stopped => stopped.Task;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }
    }
}
