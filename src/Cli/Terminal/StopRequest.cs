using System.Runtime.InteropServices;

namespace TraceCap.Cli.Terminal;

/// <summary>Has Ctrl-C and SIGTERM end something properly; a second Ctrl-C ends the process.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly PosixSignalRegistration[] signals;

    internal StopRequest()
    {
        SessionSignals.HearInterrupts();
        var first = new FirstInterrupt();
        signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = context.Signal == PosixSignal.SIGTERM || first.Spares(context);
            stop.Cancel();
        }))];
    }

    /// <summary>Is cancelled then.</summary>
    internal CancellationToken Token => stop.Token;

    public void Dispose()
    {
        Array.ForEach(signals, signal => signal.Dispose());
        stop.Dispose();
    }
}
